// Any HDF5 file with an axis of events, its columns mapped by name: plain features, or jets from
// the numbers of their constituents. Layouts it was made for: the top-tagging reference (Zenodo
// 2603256, a pandas table), JetNet (Zenodo 6975118, arrays of three axes), tables of PyTables.
#include <steppe/reader.hpp>

#include <cmath>
#include <optional>
#include <string>
#include <vector>

#include "components.hpp"
#include "hdf5_map.hpp"
#include "labels.hpp"
#include "row_buffer.hpp"

namespace {

namespace jets = steppe::jets;
using steppe::Error;
using steppe::hdf5::Chunk;
using steppe::hdf5::Map;

struct Hdf5Table {
  struct Parameters {
    std::vector<std::filesystem::path> path;
    std::vector<std::string> features, side;
    std::string label, weight;
    std::vector<std::string> signal_files;
    int classes = 2;
    std::vector<std::string> constituents;
    std::vector<std::string> components{"e", "px", "py", "pz"};
    std::vector<std::string> jet;
    int candidates = 40;
    std::string domain = "data";
    std::int64_t rows = 0;
    std::int64_t chunk = 4096;

    static auto schema() {
      using P = Parameters;
      using steppe::field;
      return steppe::schema(
          field<&P::path>("files; '*' and '?' stand for any characters and any one",
                          steppe::required()),
          field<&P::features>("columns that are features"),
          field<&P::side>("columns that are carried along for transforms"),
          field<&P::label>("column of the class; empty: 'signal_files' tells"),
          field<&P::weight>("column of the event weight; empty: none"),
          field<&P::signal_files>("names of the files that are signal; all others are background"),
          field<&P::classes>("classes that the label counts from 0; 0: it is a real value",
                             steppe::between(0, 1000)),
          field<&P::constituents>("of jets: columns of the components, or one array of them all"),
          field<&P::components>(
              "what a constituent's numbers are: e px py pz [GeV] or pt eta phi or ptrel etarel "
              "phirel; pdgid charge d0 dz mask; '-' is passed over"),
          field<&P::jet>("of components relative to the jet: columns of its pT, eta and, unless it "
                         "is 0, phi"),
          field<&P::candidates>("of jets: slots kept of each", steppe::between(1, 1000)),
          field<&P::domain>("where the events come from"),
          field<&P::rows>("rows taken from the front; 0: all", steppe::at_least(0)),
          field<&P::chunk>("rows read at a time; changes no byte of what is read",
                           steppe::between(1, 1e6)));
    }
    void validate() const {
      if (label.empty() == signal_files.empty())
        throw Error{"either 'label' or 'signal_files' has to tell the class"};
      if (classes == 1) throw Error{"'classes' is 1; there are 2 at least, or 0 for a real value"};
      if (features.empty() && constituents.empty())
        throw Error{"'features' or 'constituents' has to name columns"};
      if (constituents.empty()) return;
      const bool relative = jets::Components{components}.are_relative();
      if (relative != (jet.size() == 2 || jet.size() == 3) || (!relative && !jet.empty()))
        throw Error{
            "'jet' names pT, eta and maybe phi of the jet when 'components' are relative "
            "to it, and nothing otherwise"};
      if (constituents.size() != 1 && constituents.size() != components.size())
        throw Error{"'constituents' has " + std::to_string(constituents.size()) +
                    " selectors, and 'components' has " + std::to_string(components.size()) +
                    "; there is one for each, or one for all"};
    }
    bool hold_jets() const { return !constituents.empty(); }
  };
  Parameters parameters;

  steppe::Columns columns(const steppe::Host&) const { return columns_of(map(files().front())); }

  void read(const steppe::Host& host, const steppe::RowSink& sink) const {
    const auto paths = files();
    const auto first = columns_of(map(paths.front()));
    steppe::RowBuffer rows{sink, first.size(), parameters.rows, parameters.chunk};
    std::uint64_t empty = 0;
    for (const auto& path : paths) {
      if (rows.full()) break;
      const auto columns = map(path);
      require_like(columns, first, paths.front());
      const auto [taken, all] = pass_on(host, columns, rows, empty);
      rows.flush();
      sink.file(path, taken,
                taken == all ? std::optional{static_cast<std::int64_t>(all)} : std::nullopt);
    }
    if (empty > 0) host.note(std::to_string(empty) + " jets have no constituent and were left out");
  }

 private:
  std::vector<std::filesystem::path> files() const {
    auto out = steppe::files_of(parameters.path);
    steppe::require_own_stems(out);
    return out;
  }

  Map map(const std::filesystem::path& path) const {
    Map out{steppe::hdf5::ColumnList{path}, {}, 0, {}, {}, {}};
    const auto add = [&](const std::vector<std::string>& selectors) {
      for (const auto& selector : selectors) {
        const auto found = out.list.find(selector);
        out.extras.insert(out.extras.end(), found.begin(), found.end());
      }
    };
    add(parameters.features);
    out.features = out.extras.size();
    add(parameters.side);
    if (!parameters.weight.empty()) out.extras.push_back(out.list.find_one(parameters.weight));
    if (!parameters.label.empty()) out.label = out.list.find_one(parameters.label);
    for (const auto& selector : parameters.jet) out.jet.push_back(out.list.find_one(selector));
    if (parameters.hold_jets()) find_constituents(out);
    return out;
  }

  void find_constituents(Map& map) const {
    const auto kinds = parameters.components.size();
    map.constituents.resize(kinds);
    if (parameters.constituents.size() == kinds) {
      for (std::size_t k = 0; k < kinds; ++k)
        map.constituents[k] = map.list.find(parameters.constituents[k]);
    } else {
      const auto all = map.list.find(parameters.constituents[0]);
      if (all.size() % kinds != 0)
        throw Error{"'constituents': '" + parameters.constituents[0] + "' means " +
                    std::to_string(all.size()) + " columns of " + map.list.name() +
                    ", which are no jets of " + std::to_string(kinds) + " 'components' a slot"};
      for (std::size_t i = 0; i < all.size(); ++i) map.constituents[i % kinds].push_back(all[i]);
    }
    for (std::size_t k = 1; k < kinds; ++k)
      if (map.constituents[k].size() != map.constituents[0].size())
        throw Error{"'constituents': " + map.list.name() + " has " +
                    std::to_string(map.constituents[0].size()) + " columns '" +
                    parameters.constituents[0] + "' and " +
                    std::to_string(map.constituents[k].size()) + " columns '" +
                    parameters.constituents[k] + "'"};
  }

  /// The label, of jets behind their raw columns, then the others.
  steppe::Columns columns_of(const Map& map) const {
    steppe::Columns out;
    out.domain = parameters.domain;
    if (parameters.hold_jets()) {
      out = jets::raw_columns(parameters.candidates, parameters.domain);
      out.items.pop_back();
    }
    out.items.push_back(steppe::label_column(map.label ? parameters.classes : 2));
    for (std::size_t i = 0; i < map.extras.size(); ++i) {
      const bool weight = !parameters.weight.empty() && i + 1 == map.extras.size();
      const auto role = weight             ? steppe::Role::weight
                        : i < map.features ? steppe::Role::feature
                                           : steppe::Role::side;
      const auto& name = map.list.column_name(map.extras[i]);
      if (out.find(name))
        throw Error{"'" + name + "' of " + map.list.name() +
                    " would be a column twice; choose fewer 'features' or 'side' columns"};
      out.items.push_back({name, "", role});
    }
    return out;
  }

  void require_like(const Map& map, const steppe::Columns& first,
                    const std::filesystem::path& first_path) const {
    const auto columns = columns_of(map);
    bool same = columns.size() == first.size();
    for (std::size_t i = 0; same && i < first.size(); ++i)
      same = columns.items[i].name == first.items[i].name;
    if (!same)
      throw Error{map.list.name() + " has other columns than '" + first_path.string() + "'"};
  }

  /// @returns the rows that were looked at, and those of the file.
  std::pair<std::uint64_t, std::uint64_t> pass_on(const steppe::Host& host, const Map& map,
                                                  steppe::RowBuffer& rows,
                                                  std::uint64_t& empty) const {
    Chunk chunk{map};
    const auto stem = steppe::stem_of(map.list.path());
    const auto slots = static_cast<std::size_t>(parameters.candidates);
    const auto base = parameters.hold_jets() ? jets::row_width(slots) : 1;
    const jets::JetWriter writer{slots};
    std::optional<jets::Components> components;
    if (parameters.hold_jets()) components.emplace(parameters.components);
    std::vector<jets::Constituent> constituents;
    const auto all = chunk.all_rows();
    for (std::uint64_t begin = 0; begin < all;) {
      host.stop_if_cancelled();
      const auto count = std::min(static_cast<std::uint64_t>(parameters.chunk), all - begin);
      chunk.read(begin, count);
      for (std::uint64_t row = begin; row < begin + count; ++row) {
        if (rows.full()) return {row, all};
        const float label = label_of(map, chunk, row);
        if (components) unpack(map, chunk, row, *components, constituents);
        if (components && constituents.empty()) {
          ++empty;
          continue;
        }
        float* to = rows.add(steppe::stream_key(stem, row));
        if (components) writer.write(constituents, label, to);
        to[base - 1] = label;
        for (std::size_t i = 0; i < map.extras.size(); ++i)
          to[base + i] = chunk.at(row, map.extras[i]);
      }
      begin += count;
      host.progress(begin, all, "rows");
    }
    return {all, all};
  }

  float label_of(const Map& map, const Chunk& chunk, std::uint64_t row) const {
    if (!map.label)
      return steppe::matches(parameters.signal_files, map.list.path().filename().string()) ? 1.0F
                                                                                           : 0.0F;
    const float label = chunk.at(row, *map.label);
    steppe::require_label(label, parameters.classes, [&] { return map.row_name(row); });
    return label;
  }

  static void unpack(const Map& map, const Chunk& chunk, std::uint64_t row,
                     const jets::Components& components, std::vector<jets::Constituent>& to) {
    std::array<double, 3> axis{};
    for (std::size_t i = 0; i < map.jet.size(); ++i) axis[i] = double{chunk.at(row, map.jet[i])};
    std::vector<float> values(map.constituents.size());
    to.clear();
    for (std::size_t slot = 0; slot < map.constituents[0].size(); ++slot) {
      for (std::size_t k = 0; k < values.size(); ++k)
        values[k] = chunk.at(row, map.constituents[k][slot]);
      try {
        if (const auto constituent = components.read(values, axis)) to.push_back(*constituent);
      } catch (const Error& error) {
        throw Error{map.row_name(row) + " has a constituent " + std::to_string(slot) +
                    " that is none: " + error.what() + "; see 'components'"};
      }
    }
  }
};

}  // namespace

STEPPE_PLUGIN(steppe::reader<Hdf5Table>(
    {.name = "hdf5_table",
     .summary = "any HDF5 arrays or tables, their columns mapped by name",
     .text =
         "Every numeric data set with an axis of rows counts as an array, and so does every "
         "numeric "
         "member of a compound data set (PyTables, pandas' 'table' format). A column is called as "
         "the file calls it - the attribute `columns`, pandas' own list - or by its place: "
         "'jets.3', 'particles.7.0'. A selector is the name of an array (all its columns), or "
         "names "
         "of columns in which '*' and '?' stand for characters; '[0:4]' or '[3]' behind it takes "
         "some of them. Ranges end before their second number.\n\n"
         "Gives `label`, the `features`, the `side` columns and the `weight`. With `constituents` "
         "it gives jets as the raw columns of the reader `rs3l`: four-vectors are turned into pT, "
         "eta, phi and E, sorted by falling pT and cut to `candidates` slots; the jet is the sum "
         "of "
         "all constituents. What a file does not hold is 0: charge, PDG id (which jet_features "
         "counts as a neutral hadron), d0, dz. Constituents without an energy are massless. Slots "
         "with a `mask` or a pT of 0 are padding; jets without a constituent are left out and "
         "counted. Where NaN is among features it is handed on; a constituent with one is an "
         "error.\n\n"
         "Event ids are made of the file's name and the row. Files packed with Blosc need Debian's "
         "hdf5-filter-plugin-blosc-serial.\n\n"
         "JetNet, tops against gluons: `path = [\"t.hdf5\", \"g.hdf5\"]`, `signal_files = "
         "[\"t.hdf5\"]`, `constituents = [\"particle_features\"]`, `components = [\"etarel\", "
         "\"phirel\", \"ptrel\", \"mask\"]`, `jet = [\"jet_features.0\", \"jet_features.1\"]`.",
     .source = "Zenodo 2603256 (arXiv:1902.09914), Zenodo 6975118 (arXiv:2106.11535)",
     .example = "[reader.tops]\nuse          = \"hdf5_table\"\npath         = [\"data/train.h5\"]\n"
                "label        = \"is_signal_new\"\n"
                "constituents = [\"E_*\", \"PX_*\", \"PY_*\", \"PZ_*\"]"}))
