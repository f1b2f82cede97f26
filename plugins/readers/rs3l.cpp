// Jets in the layout of RS3L (arXiv:2403.07066, Zenodo 10.5281/zenodo.10633814): every row is one
// hard event, showered and hadronised several times along axis 1.
//
//   singletons        (jets, simulations, n_s)            jet type, ..., pT, eta, phi, E, ...
//   jet_pflow_cands   (jets, simulations, n_f, n_c)       features before candidates, falling pT
//
// This version reads raw columns (pT and E in GeV, absolute eta and phi) from every row; it knows
// no rule about the last row of a file.
#include <steppe/reader.hpp>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdlib>
#include <string>
#include <vector>

#include "file_patterns.hpp"
#include "hdf5_file.hpp"
#include "jet_columns.hpp"

namespace {

namespace hdf5 = steppe::hdf5;
namespace jets = steppe::jets;
using steppe::Error;

constexpr std::array<const char*, 5> simulations{"pythia", "pythia_other_seed", "fsr_down",
                                                 "fsr_up", "herwig"};

/// Where RS3L keeps a jet's numbers among the singletons; files that name their columns are asked.
struct SingletonPlaces {
  hsize_t type = 0, pt = 9, eta = 10, phi = 11, energy = 12;
  hsize_t mass = none, constituents = none, event_id = none;

  static constexpr hsize_t none = static_cast<hsize_t>(-1);

  explicit SingletonPlaces(const std::vector<std::string>& names) {
    const auto place = [&](const char* name, hsize_t& to) {
      const auto found = std::find(names.begin(), names.end(), name);
      if (found != names.end()) to = static_cast<hsize_t>(found - names.begin());
    };
    place("jettype", type);
    place("jet_pt", pt);
    place("jet_eta", eta);
    place("jet_phi", phi);
    place("jet_energy", energy);
    place("jet_mass", mass);
    place("n_constituents", constituents);
    place("event_id", event_id);
  }

  hsize_t last_needed() const { return std::max({type, pt, eta, phi, energy}); }
};

/// One file, checked.
struct JetFile {
  hdf5::File file;
  hdf5::DataSet singletons, candidates;
  SingletonPlaces places;

  explicit JetFile(const std::filesystem::path& path)
      : file{path},
        singletons{file.data_set("singletons")},
        candidates{file.data_set("jet_pflow_cands")},
        places{singletons.text_attribute("columns")} {
    singletons.require_rank(3, "(jets, simulations, columns)");
    candidates.require_rank(4, "(jets, simulations, features, candidates)");
    const auto& s = singletons.shape();
    const auto& c = candidates.shape();
    const auto named = "'" + path.string() + "'";
    if (s[0] != c[0] || s[1] != c[1])
      throw Error{named + ": 'singletons' has shape " + hdf5::describe_shape(s) +
                  ", which does not go with 'jet_pflow_cands' of " + hdf5::describe_shape(c)};
    if (c[2] != jets::candidate_columns.size())
      throw Error{named + ": 'jet_pflow_cands' has " + std::to_string(c[2]) +
                  " features instead of " + std::to_string(jets::candidate_columns.size())};
    if (s[2] <= places.last_needed())
      throw Error{named + ": 'singletons' has " + std::to_string(s[2]) +
                  " columns, and the jet's energy would be number " +
                  std::to_string(places.last_needed())};
  }

  std::uint64_t rows() const { return singletons.shape()[0]; }
  std::uint64_t simulations() const { return singletons.shape()[1]; }
  std::uint64_t slots() const { return candidates.shape()[3]; }
};

/// Rows that were left out, for the record.
struct Skipped {
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
          steppe::field<&Parameters::path>("files; '*' and '?' stand for any characters and any one",
                                           steppe::required()),
          steppe::field<&Parameters::simulation>(
              "place on axis 1: pythia, pythia_other_seed, fsr_down, fsr_up, herwig, or its number"),
          steppe::field<&Parameters::jets_per_class>(
              "signal jets, and as many background jets, in the order of the files; 0: all",
              steppe::at_least(0)),
          steppe::field<&Parameters::candidates>("slots kept of each jet",
                                                 steppe::between(1, 1000)));
    }
  } parameters;

  steppe::Columns columns(const steppe::Host&) const {
    for (const auto& path : steppe::files_of(parameters.path)) check(JetFile{path});
    const auto index = simulation_index();
    const auto name =
        index < simulations.size() ? simulations[index] : "simulation_" + std::to_string(index);
    return jets::raw_columns(parameters.candidates, name);
  }

  void read(const steppe::Host& host, const steppe::RowSink& sink) const {
    std::array<std::int64_t, 2> taken{};
    Skipped skipped;
    const auto paths = steppe::files_of(parameters.path);
    std::uint64_t done = 0;
    for (const auto& path : paths) {
      const JetFile file{path};
      check(file);
      std::uint64_t rows = 0;
      for (std::uint64_t first = 0; first < file.rows(); first += chunk_rows) {
        host.stop_if_cancelled();
        const auto count = std::min<std::uint64_t>(chunk_rows, file.rows() - first);
        rows += chunk(file, first, count, sink, taken, skipped);
        done += count;
        host.progress(done, 0, "jets");
      }
      sink.file(path, rows);
    }
    if (skipped.empty > 0)
      host.note(std::to_string(skipped.empty) + " rows have no jet in simulation '" +
                parameters.simulation + "' and were left out");
    if (skipped.other_types > 0)
      host.note(std::to_string(skipped.other_types) +
                " jets are neither H->bb nor QCD and were left out");
  }

 private:
  // A multiple of what such files are packed in, so that nothing is unpacked twice.
  static constexpr std::uint64_t chunk_rows = 2048;

  std::uint64_t simulation_index() const {
    const auto& wanted = parameters.simulation;
    const auto found = std::find(simulations.begin(), simulations.end(), wanted);
    if (found != simulations.end()) return static_cast<std::uint64_t>(found - simulations.begin());
    if (!wanted.empty() && wanted.find_first_not_of("0123456789") == std::string::npos)
      return std::strtoull(wanted.c_str(), nullptr, 10);
    throw Error{"'simulation' is '" + wanted +
                "'; it is one of 'pythia', 'pythia_other_seed', 'fsr_down', 'fsr_up', 'herwig', or "
                "a number"};
  }

  void check(const JetFile& file) const {
    const auto named = "'" + file.file.path().string() + "'";
    if (simulation_index() >= file.simulations())
      throw Error{"'simulation': " + named + " holds " + std::to_string(file.simulations()) +
                  " simulations, and number " + std::to_string(simulation_index()) +
                  " is asked for (they count from 0)"};
    if (static_cast<std::uint64_t>(parameters.candidates) > file.slots())
      throw Error{"'candidates': " + named + " holds " + std::to_string(file.slots()) +
                  " candidates a jet, and " + std::to_string(parameters.candidates) +
                  " are asked for"};
  }

  /// Reads and hands on one chunk. @returns the rows handed on.
  std::uint64_t chunk(const JetFile& file, std::uint64_t first, std::uint64_t count,
                      const steppe::RowSink& sink, std::array<std::int64_t, 2>& taken,
                      Skipped& skipped) const {
    const auto slots = static_cast<hsize_t>(parameters.candidates);
    const auto simulation = simulation_index();
    const auto width = file.singletons.shape()[2];
    const auto features = jets::candidate_columns.size();
    std::vector<float> singles, candidates;
    file.singletons.read({first, simulation, 0}, {count, 1, width}, singles);
    file.candidates.read({first, simulation, 0, 0}, {count, 1, features, slots}, candidates);

    std::vector<float> values;
    std::vector<std::uint64_t> ids;
    values.reserve(count * jets::row_width(slots));
    for (std::uint64_t r = 0; r < count; ++r) {
      const float* single = singles.data() + r * width;
      const int type = static_cast<int>(single[file.places.type]);
      const int label = jets::label_of_type(type);
      if (type == 0 || single[file.places.pt] == 0) {
        ++skipped.empty;
      } else if (label < 0) {
        ++skipped.other_types;
      } else if (parameters.jets_per_class == 0 ||
                 taken[static_cast<std::size_t>(label)]++ < parameters.jets_per_class) {
        append(candidates.data() + r * features * slots, slots, values);
        append(single, file.places, label, values);
        ids.push_back(event_id(file, single, first + r, label));
      }
    }
    sink.append(values, ids);
    return ids.size();
  }

  /// The candidates of a jet, turned from features-first to slot by slot.
  static void append(const float* features, std::size_t slots, std::vector<float>& to) {
    for (std::size_t slot = 0; slot < slots; ++slot) {
      for (std::size_t f = 0; f < jets::candidate_columns.size(); ++f)
        to.push_back(features[f * slots + slot]);
      to.push_back(features[slot] > 0 ? 1.0F : 0.0F);
    }
  }

  /// The jet columns and the label.
  static void append(const float* single, const SingletonPlaces& places, int label,
                     std::vector<float>& to) {
    const double pt = single[places.pt], eta = single[places.eta], energy = single[places.energy];
    const double momentum = pt * std::cosh(eta);
    const double mass = std::sqrt(std::max(energy * energy - momentum * momentum, 0.0));
    for (const float value :
         {single[places.pt], single[places.eta], single[places.phi], single[places.energy],
          places.mass == SingletonPlaces::none ? static_cast<float>(mass) : single[places.mass],
          places.constituents == SingletonPlaces::none ? 0.0F : single[places.constituents],
          single[places.type], static_cast<float>(label)})
      to.push_back(value);
  }

  /// The same for all simulations of a row, and another for every row of the data: files count the
  /// events of signal and background separately. Files without ids of their own are told apart by
  /// their names.
  static std::uint64_t event_id(const JetFile& file, const float* single, std::uint64_t row,
                                int label) {
    if (file.places.event_id != SingletonPlaces::none)
      return 2 * static_cast<std::uint64_t>(single[file.places.event_id]) +
             static_cast<std::uint64_t>(label);
    return steppe::stream_key(file.file.path().stem().string(), row);
  }
};

}  // namespace

STEPPE_PLUGIN(steppe::reader<Rs3l>({
    .name = "rs3l",
    .summary = "jets in RS3L's HDF5 layout, one of several simulations of the same hard events",
    .text =
        "Reads `singletons` (jets, simulations, columns) and `jet_pflow_cands` (jets, simulations, "
        "11 features, candidates). A data set's attribute `columns`, where it is there, says which "
        "column is which; otherwise column 0 is the jet type and 9 to 12 are pT, eta, phi and "
        "E.\n\nJet type 4 is signal (H->bb); 1, 2, 3 and 5 to 8 are background (QCD); others are "
        "left out and counted, and so are rows without a jet in the simulation asked "
        "for.\n\nGives, for each slot, pt [GeV], relpt, eta, phi, dr, e [GeV], rele, charge, "
        "pdgid, d0 [mm], dz [mm] and the mask `filled`; for the jet pT, eta, phi, energy, mass, "
        "number of constituents and type. The columns have to be raw: GeV, and absolute eta and "
        "phi.",
    .source = "arXiv:2403.07066; Zenodo 10.5281/zenodo.10633814",
    .example = "[reader.herwig]\nuse        = \"rs3l\"\npath       = [\"data/*.h5\"]\nsimulation = "
               "\"herwig\"",
}))
