// Jets in the layout of RS3L (arXiv:2403.07066, Zenodo 10.5281/zenodo.10633814): every row is one
// hard event, showered and hadronised several times along axis 1.
//
//   singletons        (jets, simulations, n_s)            jet type, ..., pT, eta, phi, E, ...
//   jet_pflow_cands   (jets, simulations, n_f, n_c)       features before candidates, falling pT
//
// Only the wanted simulation is read, chunk by chunk, and unpacked on all threads.
#include <steppe/reader.hpp>

#include <algorithm>
#include <array>
#include <memory>
#include <string>
#include <vector>

#include "file_patterns.hpp"
#include "rs3l_rows.hpp"

namespace {

namespace jets = steppe::jets;
using steppe::Error;
using steppe::rs3l::Chunk;
using steppe::rs3l::Encoding;
using steppe::rs3l::JetFile;
using steppe::rs3l::SingletonPlaces;

enum class Spelling { automatic, raw, relative };
enum class LabelFrom { type, file_name };
enum class LastRow { keep, drop };

constexpr std::array<const char*, 5> simulations{"pythia", "pythia_other_seed", "fsr_down",
                                                 "fsr_up", "herwig"};

/// What became of the rows so far.
struct Counts {
  std::array<std::int64_t, 2> taken{};  ///< by label
  std::uint64_t empty = 0, other_types = 0;
};

/// A row of a chunk, to be passed on.
struct Taken {
  std::size_t row;
  int label;
};

struct Rs3l {
  struct Parameters {
    std::vector<std::filesystem::path> path;
    std::string simulation = "pythia";
    std::int64_t jets_per_class = 0;
    int candidates = 40;
    Spelling columns = Spelling::automatic;
    LabelFrom label_from = LabelFrom::type;
    std::vector<int> signal{4}, background{1, 2, 3, 5, 6, 7, 8};
    LastRow last_row = LastRow::keep;
    std::int64_t chunk = 4096;

    static auto schema() {
      return steppe::schema(
          steppe::field<&Parameters::path>(
              "files; '*' and '?' stand for any characters and any one", steppe::required()),
          steppe::field<&Parameters::simulation>(
              "place on axis 1: pythia, pythia_other_seed, fsr_down, fsr_up, herwig, or 0 to 4"),
          steppe::field<&Parameters::jets_per_class>(
              "signal jets, and as many background jets, in the order of the files; 0: all",
              steppe::at_least(0)),
          steppe::field<&Parameters::candidates>("slots kept of each jet",
                                                 steppe::between(1, 1000)),
          steppe::field<&Parameters::columns>(
              "how the files spell candidates; auto: as about 1000 jets show",
              steppe::choices({"auto", "raw", "relative"})),
          steppe::field<&Parameters::label_from>(
              "what tells signal from background; file_name: 'Hbb' or 'QCD' in it",
              steppe::choices({"type", "file_name"})),
          steppe::field<&Parameters::signal>("jet types that are signal", steppe::at_least(1)),
          steppe::field<&Parameters::background>("jet types that are background",
                                                 steppe::at_least(1)),
          steppe::field<&Parameters::last_row>(
              "of each file; the authors of RS3L drop it where they read the original files",
              steppe::choices({"keep", "drop"})),
          steppe::field<&Parameters::chunk>("rows read at a time; changes no byte of what is read",
                                            steppe::between(1, 1e6)));
    }
    void validate() const {
      simulation_index();
      if (signal.empty() || background.empty())
        throw Error{"'signal' and 'background' need one jet type at least"};
      for (const int type : signal)
        if (has(background, type))
          throw Error{"jet type " + std::to_string(type) + " is in 'signal' and in 'background'"};
    }

    /// 1 signal, 0 background, -1 neither.
    int label_of_type(float type) const {
      if (!(type > 0 && type < 1e6F)) return -1;
      const int whole = static_cast<int>(type);
      return has(signal, whole) ? 1 : has(background, whole) ? 0 : -1;
    }

    static bool has(const std::vector<int>& types, int type) {
      return std::find(types.begin(), types.end(), type) != types.end();
    }

    std::size_t simulation_index() const {
      for (std::size_t i = 0; i < simulations.size(); ++i)
        if (simulation == simulations[i] || simulation == std::to_string(i)) return i;
      throw Error{"'simulation' is '" + simulation +
                  "'; it is one of 'pythia', 'pythia_other_seed', 'fsr_down', 'fsr_up', 'herwig', "
                  "or their numbers '0' to '4'"};
    }
  };
  Parameters parameters;

  steppe::Columns columns(const steppe::Host&) const {
    files();
    return jets::raw_columns(parameters.candidates, simulations[parameters.simulation_index()]);
  }

  void read(const steppe::Host& host, const steppe::RowSink& sink) const {
    const auto all = files();
    const auto encoding = encoding_of(all, host);
    std::uint64_t total = 0;
    for (const auto& file : all) total += usable_rows(file);
    Counts counts;
    Chunk chunk;
    std::uint64_t done = 0;
    for (const auto& file : all) {
      const auto usable = usable_rows(file);
      const auto at_once = file.rows_at_once(static_cast<std::uint64_t>(parameters.chunk));
      std::uint64_t first = 0;
      while (first < usable && !complete(counts)) {
        host.stop_if_cancelled();
        file.read(first, std::min(at_once, usable - first), parameters.simulation_index(),
                  slots_read(file), chunk);
        first += pass_on(file, encoding, first, chunk, sink, counts);
        host.progress(done + first, total, "jets");
      }
      if (first == usable)
        sink.file(file.path(), first, static_cast<std::int64_t>(first));
      else
        sink.file(file.path(), first);
      done += first;
    }
    report(host, counts);
  }

 private:
  /// All files, opened and checked against the settings.
  std::vector<JetFile> files() const {
    const auto paths = steppe::files_of(parameters.path);
    steppe::require_own_stems(paths);
    std::vector<JetFile> out;
    for (const auto& path : paths) check(out.emplace_back(path));
    return out;
  }

  Encoding encoding_of(const std::vector<JetFile>& all, const steppe::Host& host) const {
    if (parameters.columns == Spelling::raw) return {};
    if (parameters.columns == Spelling::relative) return Encoding::relative();
    return steppe::rs3l::find_encoding(all, parameters.simulation_index(),
                                       static_cast<std::uint64_t>(parameters.candidates), host);
  }

  std::uint64_t usable_rows(const JetFile& file) const {
    const bool drop = parameters.last_row == LastRow::drop && file.rows() > 0;
    return file.rows() - (drop ? 1 : 0);
  }

  void check(const JetFile& file) const {
    const auto index = parameters.simulation_index();
    if (index >= file.simulations())
      throw Error{"'simulation': " + file.name() + " holds " + std::to_string(file.simulations()) +
                  " simulations, so it has no number " + std::to_string(index) + " ('" +
                  simulations[index] + "'), counted from 0"};
    if (static_cast<std::uint64_t>(parameters.candidates) > file.slots())
      throw Error{"'candidates' is " + std::to_string(parameters.candidates) + ", and " +
                  file.name() + " holds " + std::to_string(file.slots()) + " a jet"};
    if (parameters.label_from == LabelFrom::file_name) label_of_name(file);
  }

  /// The label of all jets of a file. @throws Error when the name does not tell it.
  static int label_of_name(const JetFile& file) {
    const auto name = file.path().filename().string();
    const bool signal = name.find("Hbb") != std::string::npos;
    if (signal == (name.find("QCD") != std::string::npos))
      throw Error{"'label_from': the name of " + file.name() +
                  " has to have either 'Hbb' or 'QCD' in it"};
    return signal ? 1 : 0;
  }

  bool complete(const Counts& counts) const {
    const auto wanted = parameters.jets_per_class;
    return wanted > 0 && counts.taken[0] == wanted && counts.taken[1] == wanted;
  }

  /// Where the file does not count a jet's constituents, all of them are read and counted.
  std::uint64_t slots_read(const JetFile& file) const {
    const bool counted = file.places().constituents != SingletonPlaces::none;
    return counted ? static_cast<std::uint64_t>(parameters.candidates) : file.slots();
  }

  /// `first`: the first row of the chunk. @returns the rows that were looked at: no more than it
  /// takes to be complete.
  std::uint64_t pass_on(const JetFile& file, const Encoding& encoding, std::uint64_t first,
                        const Chunk& chunk, const steppe::RowSink& sink, Counts& counts) const {
    std::vector<Taken> taken;
    taken.reserve(chunk.rows);
    std::size_t row = 0;
    for (; row < chunk.rows && !complete(counts); ++row) {
      const int label = label_of(file, chunk.singleton(row), counts);
      if (label >= 0) taken.push_back({row, label});
    }
    const steppe::rs3l::RowMaker maker{file, encoding,
                                       static_cast<std::size_t>(parameters.candidates)};
    // Some for each thread at a time, which are in a near cache when the host copies them.
    constexpr std::size_t piece = 128;
    const auto at_once = piece * static_cast<std::size_t>(tbb::this_task_arena::max_concurrency());
    const auto most = std::min(at_once, taken.size());
    const auto values = std::make_unique_for_overwrite<float[]>(most * maker.width());
    std::vector<std::uint64_t> ids(most);
    for (std::size_t begin = 0; begin < taken.size(); begin += at_once) {
      const std::span some{taken.data() + begin, std::min(at_once, taken.size() - begin)};
      steppe::in_parallel((some.size() + piece - 1) / piece, [&](std::size_t number) {
        const auto last = std::min((number + 1) * piece, some.size());
        for (auto i = number * piece; i < last; ++i) {
          const auto place = first + some[i].row;
          maker.write(chunk, some[i].row, place, some[i].label, values.get() + i * maker.width());
          ids[i] = maker.event_id(chunk.singleton(some[i].row), place);
        }
      });
      sink.append({values.get(), some.size() * maker.width()}, {ids.data(), some.size()});
    }
    return row;
  }

  /// The label of a jet that is taken, which is counted; else -1.
  int label_of(const JetFile& file, const float* single, Counts& counts) const {
    const auto& places = file.places();
    const bool by_type = parameters.label_from == LabelFrom::type;
    const float type = single[places.type];
    if ((by_type && type == 0) || single[places.pt] == 0) {
      ++counts.empty;
      return -1;
    }
    const int label = by_type ? parameters.label_of_type(type) : label_of_name(file);
    if (label < 0) {
      ++counts.other_types;
      return -1;
    }
    auto& taken = counts.taken[static_cast<std::size_t>(label)];
    if (parameters.jets_per_class > 0 && taken == parameters.jets_per_class) return -1;
    ++taken;
    return label;
  }

  void report(const steppe::Host& host, const Counts& counts) const {
    if (parameters.jets_per_class > 0 && !complete(counts))
      throw Error{"'jets_per_class' is " + std::to_string(parameters.jets_per_class) +
                  ", and the files hold " + std::to_string(counts.taken[1]) + " signal and " +
                  std::to_string(counts.taken[0]) + " background jets; 0 takes all there are"};
    if (counts.taken[0] + counts.taken[1] == 0)
      throw Error{"simulation '" + parameters.simulation + "' has no jet in these files, in " +
                  std::to_string(counts.empty + counts.other_types) + " rows"};
    if (counts.empty > 0)
      host.note(std::to_string(counts.empty) + " rows have no jet in simulation '" +
                parameters.simulation + "' and were left out");
    if (counts.other_types > 0)
      host.note(std::to_string(counts.other_types) +
                " jets are of a type that is neither signal nor background and were left out");
  }
};

}  // namespace

STEPPE_PLUGIN(steppe::reader<Rs3l>(
    {.name = "rs3l",
     .summary = "jets in RS3L's HDF5 layout, one of several simulations of the same hard events",
     .text =
         "Reads `singletons` (jets, simulations, columns) and `jet_pflow_cands` (jets, "
         "simulations, features, candidates). A data set's attribute `columns`, where it is there, "
         "says which column is which; otherwise column 0 of the singletons is the jet type and 9 "
         "to 12 are pT, eta, phi and E, and the features are pt, relpt, eta, phi, dr, e, rele, "
         "charge, pdgid, d0 and dz.\n\n"
         "Jet type 4 is signal (H->bb); 1, 2, 3 and 5 to 8 are background (QCD), unless `signal` "
         "and `background` say otherwise. Jets of other types, and rows without a jet in this "
         "simulation (type or pT 0), are left out and counted. The split files of "
         "arXiv:2411.09296 (FR_RS3L_Hbb_train.h5, ...) hold one class each: `label_from = "
         "\"file_name\"` takes it from there and looks at no type. `last_row = \"drop\"` leaves "
         "out the last row of each file, as the authors do with the original files and not with "
         "the split ones.\n\n"
         "Gives, for each slot i, `constituent.i.pt` [GeV], `.relpt`, `.eta`, `.phi` [rad], `.dr`, "
         "`.e` [GeV], `.rele`, `.charge`, `.pdgid`, `.d0` [mm], `.dz` [mm] and the mask "
         "`.filled`; then `jet.pt`, `jet.eta`, `jet.phi`, `jet.energy`, `jet.mass`, "
         "`jet.n_constituents`, `jet.type` and `label`. A mass that the file does not name is "
         "sqrt(E^2 - (pT cosh eta)^2). Numbers that belong to no jet - NaN, a pT that is not "
         "between 0 and 100 TeV, |eta| above 20 - are an error that names the row.\n\n"
         "Files may spell candidates raw (GeV, mm, absolute eta and phi) or relative: ln pT, "
         "ln(pT / pT_jet), eta - eta_jet, phi - phi_jet, dR, ln E, ln(E / E_jet), tanh d0, tanh "
         "dz. `columns = \"auto\"` tells by about 1000 jets: dr is the length of (eta, phi) or of "
         "its distance to the jet's axis, pt and e are relpt and rele times those of the jet or "
         "logarithms of it, and impact parameters beside relative angles are tanh when none is "
         "above 1. A note says what was found; where nine candidates in ten do not agree it is an "
         "error. Relative columns are computed back, so what is given is always raw; d0 and dz "
         "beyond 8.7 mm, which tanh rounds to 1, come back as 8.7 mm.\n\n"
         "Event ids are made of the file's name and of its column `event_id`, or of the row where "
         "there is none, so they are the same for all simulations. The domain is the name of the "
         "simulation.",
     .source = "arXiv:2403.07066; Zenodo 10.5281/zenodo.10633814",
     .example = "[reader.herwig]\nuse        = \"rs3l\"\npath       = [\"data/*.h5\"]\n"
                "simulation = \"herwig\""}))
