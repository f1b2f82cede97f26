// One file in the layout of RS3L, checked when it is opened, with its columns found by name where
// the file names them.
#pragma once

#include <array>
#include <cmath>
#include <cstdint>

#include "hdf5_file.hpp"
#include "jet_columns.hpp"

namespace steppe::rs3l {

inline constexpr std::size_t features = jets::candidate_columns.size();

/// Where the columns of `singletons` are: RS3L's own places, unless the file names them otherwise.
struct SingletonPlaces {
  static constexpr std::size_t none = static_cast<std::size_t>(-1);

  std::size_t type = 0, pt = 9, eta = 10, phi = 11, energy = 12;
  std::size_t mass = none, constituents = none, event_id = none;

  explicit SingletonPlaces(const std::vector<std::string>& names) {
    const auto place = [&](const char* name, std::size_t& to) {
      const auto found = std::find(names.begin(), names.end(), name);
      if (found != names.end()) to = static_cast<std::size_t>(found - names.begin());
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

  std::size_t last_needed() const { return std::max({type, pt, eta, phi, energy}); }
};

/// Some rows of one simulation.
struct Chunk {
  std::size_t rows = 0, singleton_width = 0, slots = 0;
  std::vector<float> singletons;  ///< rows x singleton_width
  std::vector<float> candidates;  ///< rows x features of the file x slots

  const float* singleton(std::size_t row) const {
    return singletons.data() + row * singleton_width;
  }
  const float* candidate(std::size_t row) const {
    return candidates.data() + row * (candidates.size() / rows);
  }
};

class JetFile {
 public:
  /// @throws Error when it is not such a file, saying what was found instead.
  explicit JetFile(const std::filesystem::path& path)
      : file_{path},
        singletons_{file_.data_set("singletons")},
        candidates_{file_.data_set("jet_pflow_cands")},
        places_{singletons_.text_attribute("columns")} {
    singletons_.require_rank(3, "(jets, simulations, columns)");
    candidates_.require_rank(4, "(jets, simulations, features, candidates)");
    const auto& s = singletons_.shape();
    const auto& c = candidates_.shape();
    if (s[0] != c[0] || s[1] != c[1])
      throw Error{name() + ": 'singletons' has shape " + hdf5::describe_shape(s) +
                  ", which does not go with 'jet_pflow_cands' of " + hdf5::describe_shape(c)};
    if (s[2] <= places_.last_needed())
      throw Error{name() + ": 'singletons' has " + std::to_string(s[2]) +
                  " columns, too few to hold number " + std::to_string(places_.last_needed()) +
                  ", counted from 0"};
    find_features(candidates_.text_attribute("columns"));
  }

  std::string name() const { return "'" + file_.path().string() + "'"; }
  const std::filesystem::path& path() const { return file_.path(); }
  std::uint64_t rows() const { return singletons_.shape()[0]; }
  std::uint64_t simulations() const { return singletons_.shape()[1]; }
  std::uint64_t slots() const { return candidates_.shape()[3]; }
  /// About so many rows, such that nothing is unpacked twice: what comes out of the file together
  /// is taken together, unless it is very much.
  std::uint64_t rows_at_once(std::uint64_t wanted) const {
    constexpr std::uint64_t most = 16384;
    const std::uint64_t piece = candidates_.rows_of_chunk();
    return piece > most ? wanted : std::max<std::uint64_t>(wanted / piece, 1) * piece;
  }
  const SingletonPlaces& places() const { return places_; }
  /// Row of each of `jets::candidate_columns` among the features of the file.
  const std::array<std::size_t, features>& feature_places() const { return feature_places_; }

  /// `rows` rows from `first` of one simulation, with the leading `slots` candidates.
  void read(std::uint64_t first, std::uint64_t rows, std::uint64_t simulation, std::uint64_t slots,
            Chunk& to) const {
    to.rows = rows;
    to.slots = slots;
    to.singleton_width = singletons_.shape()[2];
    singletons_.read({first, simulation, 0}, {rows, 1, to.singleton_width}, to.singletons);
    candidates_.read({first, simulation, 0, 0}, {rows, 1, candidates_.shape()[2], slots},
                     to.candidates);
  }

 private:
  void find_features(const std::vector<std::string>& names) {
    for (std::size_t f = 0; f < features; ++f) {
      const auto found = std::find(names.begin(), names.end(), jets::candidate_columns[f].name);
      if (!names.empty() && found == names.end())
        throw Error{name() + ": 'jet_pflow_cands' names its columns, and none is '" +
                    jets::candidate_columns[f].name + "'"};
      feature_places_[f] = names.empty() ? f : static_cast<std::size_t>(found - names.begin());
    }
    const auto last = *std::max_element(feature_places_.begin(), feature_places_.end());
    if (candidates_.shape()[2] <= last)
      throw Error{name() + ": 'jet_pflow_cands' has " + std::to_string(candidates_.shape()[2]) +
                  " features instead of " + std::to_string(last + 1) + "; its shape is " +
                  hdf5::describe_shape(candidates_.shape()) +
                  ", and features come before candidates"};
  }

  hdf5::File file_;
  hdf5::DataSet singletons_, candidates_;
  SingletonPlaces places_;
  std::array<std::size_t, features> feature_places_{};
};

}  // namespace steppe::rs3l
