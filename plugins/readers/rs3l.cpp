// Jets in the layout of RS3L (arXiv:2403.07066, Zenodo 10.5281/zenodo.10633814): every row is one
// hard event, showered and hadronised several times along axis 1.
//
//   singletons        (jets, simulations, n_s)            jet type, ..., pT, eta, phi, E, ...
//   jet_pflow_cands   (jets, simulations, n_f, n_c)       features before candidates, falling pT
//
// Only the wanted simulation is read, chunk by chunk.
#include <steppe/reader.hpp>

#include <algorithm>
#include <array>
#include <cmath>
#include <string>
#include <vector>

#include "file_patterns.hpp"
#include "rs3l_file.hpp"

namespace {

namespace jets = steppe::jets;
using steppe::Error;
using steppe::rs3l::Chunk;
using steppe::rs3l::JetFile;
using steppe::rs3l::SingletonPlaces;

constexpr std::array<const char*, 5> simulations{"pythia", "pythia_other_seed", "fsr_down",
                                                 "fsr_up", "herwig"};

/// Turns rows of a file into rows of raw columns.
class RowMaker {
 public:
  RowMaker(const JetFile& file, std::size_t slots)
      : places_{file.places()},
        features_{file.feature_places()},
        stem_{file.path().stem().string()},
        slots_{slots} {}

  void append(const Chunk& chunk, std::size_t row, int label, std::vector<float>& to) const {
    const float* candidate = chunk.candidate(row);
    const float* pt = candidate + features_[0] * chunk.slots;
    for (std::size_t slot = 0; slot < slots_; ++slot) {
      for (const auto feature : features_) to.push_back(candidate[feature * chunk.slots + slot]);
      to.push_back(pt[slot] > 0 ? 1.0F : 0.0F);
    }
    const float* single = chunk.singleton(row);
    const auto filled = std::count_if(pt, pt + chunk.slots, [](float x) { return x > 0; });
    for (const float value :
         {single[places_.pt], single[places_.eta], single[places_.phi], single[places_.energy],
          places_.mass == SingletonPlaces::none ? mass(single) : single[places_.mass],
          places_.constituents == SingletonPlaces::none ? static_cast<float>(filled)
                                                        : single[places_.constituents],
          single[places_.type], static_cast<float>(label)})
      to.push_back(value);
  }

  /// The same for all simulations of a row. Files number their events each for itself, so the name
  /// of the file is part of it.
  std::uint64_t event_id(const float* single, std::uint64_t row) const {
    if (places_.event_id == SingletonPlaces::none) return steppe::stream_key(stem_, row);
    const float number = single[places_.event_id];
    if (!(number >= 0 && number < 0x1p24F))
      throw Error{"row " + std::to_string(row) + " of '" + stem_ + "' has the event_id " +
                  std::to_string(number) + "; a float holds whole numbers from 0 to 2^24"};
    return steppe::stream_key(stem_, static_cast<std::uint64_t>(number));
  }

 private:
  float mass(const float* single) const {
    const double momentum = double{single[places_.pt]} * std::cosh(double{single[places_.eta]});
    const double energy = double{single[places_.energy]};
    return static_cast<float>(std::sqrt(std::max(energy * energy - momentum * momentum, 0.0)));
  }

  const SingletonPlaces& places_;
  const std::array<std::size_t, steppe::rs3l::features>& features_;
  std::string stem_;
  std::size_t slots_;
};

/// What became of the rows so far.
struct Counts {
  std::array<std::int64_t, 2> taken{};  ///< by label
  std::uint64_t empty = 0, other_types = 0;
};

struct Rs3l {
  struct Parameters {
    std::vector<std::filesystem::path> path;
    std::string simulation = "pythia";
    std::int64_t jets_per_class = 0;
    int candidates = 40;

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
                                                 steppe::between(1, 1000)));
    }
    void validate() const { simulation_index(); }

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
    std::uint64_t total = 0;
    for (const auto& file : all) total += file.rows();
    Counts counts;
    std::uint64_t done = 0;
    for (const auto& file : all) {
      std::uint64_t first = 0;
      while (first < file.rows() && !complete(counts)) {
        host.stop_if_cancelled();
        const auto rows = std::min(chunk_rows, file.rows() - first);
        pass_on(file, first, rows, sink, counts);
        first += rows;
        host.progress(done + first, total, "jets");
      }
      if (first == file.rows())
        sink.file(file.path(), first, static_cast<std::int64_t>(first));
      else
        sink.file(file.path(), first);
      done += first;
    }
    report(host, counts);
  }

 private:
  // A multiple of the rows that such files are packed in, so that nothing is unpacked twice.
  static constexpr std::uint64_t chunk_rows = 4096;

  /// All files, opened and checked against the settings.
  std::vector<JetFile> files() const {
    std::vector<JetFile> out;
    for (const auto& path : steppe::files_of(parameters.path)) {
      for (const auto& other : out)
        if (other.path().stem() == path.stem())
          throw Error{"'path': " + other.name() + " and '" + path.string() +
                      "' have the same name, and would have the same event ids; rename one"};
      check(out.emplace_back(path));
    }
    return out;
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
  }

  bool complete(const Counts& counts) const {
    const auto wanted = parameters.jets_per_class;
    return wanted > 0 && counts.taken[0] == wanted && counts.taken[1] == wanted;
  }

  void pass_on(const JetFile& file, std::uint64_t first, std::uint64_t rows,
               const steppe::RowSink& sink, Counts& counts) const {
    const auto slots = static_cast<std::size_t>(parameters.candidates);
    const auto& places = file.places();
    const RowMaker maker{file, slots};
    Chunk chunk;
    // Where the file does not count a jet's constituents, all of them are read and counted.
    const bool counted = places.constituents != SingletonPlaces::none;
    file.read(first, rows, parameters.simulation_index(), counted ? slots : file.slots(), chunk);
    std::vector<float> values;
    std::vector<std::uint64_t> ids;
    values.reserve(rows * jets::row_width(slots));
    for (std::size_t row = 0; row < rows; ++row) {
      const float* single = chunk.singleton(row);
      const float type = single[places.type];
      if (type == 0 || single[places.pt] == 0) {
        ++counts.empty;
        continue;
      }
      const int label = type > 0 && type < 100 ? jets::label_of_type(static_cast<int>(type)) : -1;
      if (label < 0) {
        ++counts.other_types;
        continue;
      }
      auto& taken = counts.taken[static_cast<std::size_t>(label)];
      if (parameters.jets_per_class > 0 && taken == parameters.jets_per_class) continue;
      ++taken;
      maker.append(chunk, row, label, values);
      ids.push_back(maker.event_id(single, first + row));
    }
    sink.append(values, ids);
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
                " jets are neither H->bb nor QCD and were left out");
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
         "Jet type 4 is signal (H->bb); 1, 2, 3 and 5 to 8 are background (QCD); jets of other "
         "types, and rows without a jet in this simulation (type or pT 0), are left out and "
         "counted. Every row is read: the last row of an original RS3L file, which its authors "
         "drop, is not.\n\n"
         "Gives, for each slot i, `constituent.i.pt` [GeV], `.relpt`, `.eta`, `.phi` [rad], `.dr`, "
         "`.e` [GeV], `.rele`, `.charge`, `.pdgid`, `.d0` [mm], `.dz` [mm] and the mask "
         "`.filled`; then `jet.pt`, `jet.eta`, `jet.phi`, `jet.energy`, `jet.mass`, "
         "`jet.n_constituents`, `jet.type` and `label`. Columns are handed on as the file has "
         "them; they have to be raw: GeV, and absolute eta and phi. A mass that the file does not "
         "name is sqrt(E^2 - (pT cosh eta)^2).\n\n"
         "Event ids are made of the file's name and of its column `event_id`, or of the row where "
         "there is none, so they are the same for all simulations. The domain is the name of the "
         "simulation.",
     .source = "arXiv:2403.07066; Zenodo 10.5281/zenodo.10633814",
     .example = "[reader.herwig]\nuse        = \"rs3l\"\npath       = [\"data/*.h5\"]\n"
                "simulation = \"herwig\""}))
