// The inputs of a jet tagger, Table II of arXiv:2411.09296: fifteen features of each of the leading
// constituents, then the logarithms of the jet's pT and mass.
//
// Takes the raw columns that jet readers give (pT and E in GeV, absolute eta and phi) and gives
// features constituent by constituent, with zeros in empty slots.
#include <steppe/transform.hpp>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdlib>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace {

using steppe::Column;
using steppe::ColumnKind;
using steppe::Columns;
using steppe::Role;

struct Feature {
  const char* name;
  const char* unit;
  ColumnKind kind = ColumnKind::real;
};

constexpr std::array<Feature, 15> constituent_features{{
    {"log_pt", "log GeV"},
    {"log_relpt", ""},
    {"delta_eta", ""},
    {"delta_phi", "rad"},
    {"delta_r", ""},
    {"log_e", "log GeV"},
    {"log_rele", ""},
    {"charge", "", ColumnKind::integer},
    {"is_photon", "", ColumnKind::flag},
    {"is_electron", "", ColumnKind::flag},
    {"is_muon", "", ColumnKind::flag},
    {"is_charged_hadron", "", ColumnKind::flag},
    {"is_neutral_hadron", "", ColumnKind::flag},
    {"tanh_d0", ""},
    {"tanh_dz", ""},
}};

// What is read of each slot and of the jet, by place in these lists.
constexpr std::array<const char*, 12> slot_inputs{"pt",   "relpt",  "eta",   "phi", "dr", "e",
                                                  "rele", "charge", "pdgid", "d0",  "dz", "filled"};
constexpr std::array<const char*, 4> jet_inputs{"jet.pt", "jet.eta", "jet.phi", "jet.mass"};
// Carried along where the input has them, beside the label and the weight.
constexpr std::array<const char*, 5> carried_sides{"jet.pt", "jet.eta", "jet.mass",
                                                   "jet.n_constituents", "jet.type"};

float log_of(float x) { return std::log(std::max(x, 1e-6F)); }

/// Into [-pi, pi).
float wrapped(float phi) {
  constexpr double pi = 3.14159265358979324;
  const auto wide = double{phi};
  return static_cast<float>(wide - 2 * pi * std::floor((wide + pi) / (2 * pi)));
}

float flag(bool value) { return value ? 1.0F : 0.0F; }

bool is_charged_hadron(int id) {
  return id == 211 || id == 321 || id == 2212 || id == 3112 || id == 3222 || id == 3312 ||
         id == 3334;
}

using NameIndex = std::unordered_map<std::string_view, std::size_t>;

/// Where the inputs stand in a row.
struct Places {
  std::vector<std::array<std::size_t, slot_inputs.size()>> slots;
  std::array<std::size_t, jet_inputs.size()> jet{};
  std::vector<std::size_t> carried;
};

struct JetFeatures {
  struct Parameters {
    int constituents = 40;

    static auto schema() {
      return steppe::schema(steppe::field<&Parameters::constituents>("leading constituents used",
                                                                     steppe::between(1, 1000)));
    }
  };
  Parameters parameters;

  Columns columns(const Columns& input) const {
    const auto places = find(input);
    Columns out;
    out.domain = input.domain;
    for (int slot = 0; slot < parameters.constituents; ++slot)
      for (const auto& feature : constituent_features)
        out.items.push_back({prefix(slot) + feature.name, feature.unit, Role::feature,
                             "constituent", slot, feature.kind});
    out.items.push_back({"jet.log_pt", "log GeV", Role::feature, "jet", -1, ColumnKind::real});
    out.items.push_back({"jet.log_mass", "log GeV", Role::feature, "jet", -1, ColumnKind::real});
    for (const auto& slot : places.slots) out.items.push_back(input.items[slot.back()]);
    for (const auto place : places.carried) out.items.push_back(input.items[place]);
    return out;
  }

  void apply(const Columns& input, const steppe::Rows& rows, const steppe::RowSink& sink) const {
    const auto places = find(input);
    const auto slots = places.slots.size();
    const auto width = slots * (constituent_features.size() + 1) + 2 + places.carried.size();
    std::vector<float> values(rows.count * width);
    for (std::size_t r = 0; r < rows.count; ++r) {
      const float* row = rows.row(r).data();
      float* out = values.data() + r * width;
      for (const auto& slot : places.slots) {
        if (row[slot.back()] > 0) constituent(row, slot, places.jet, out);
        out += constituent_features.size();
      }
      *out++ = log_of(row[places.jet[0]]);
      *out++ = log_of(row[places.jet[3]]);
      for (const auto& slot : places.slots) *out++ = row[slot.back()];
      for (const auto place : places.carried) *out++ = row[place];
    }
    sink.append(values, rows.event_ids);
  }

 private:
  static std::string prefix(int slot) { return "constituent." + std::to_string(slot) + "."; }

  static std::size_t place(const NameIndex& index, const std::string& name) {
    const auto found = index.find(name);
    if (found == index.end())
      throw steppe::Error{"the input has no column '" + name +
                          "'; jet_features takes the raw columns of a jet reader"};
    return found->second;
  }

  Places find(const Columns& input) const {
    NameIndex index;
    for (std::size_t i = 0; i < input.size(); ++i) index.emplace(input.items[i].name, i);
    Places out;
    for (int slot = 0; slot < parameters.constituents; ++slot) {
      if (slot > 0 && !index.contains(prefix(slot) + slot_inputs[0]))
        throw steppe::Error{"'constituents' is " + std::to_string(parameters.constituents) +
                            ", and the input has " + std::to_string(slot)};
      auto& places = out.slots.emplace_back();
      for (std::size_t i = 0; i < places.size(); ++i)
        places[i] = place(index, prefix(slot) + slot_inputs[i]);
    }
    for (std::size_t i = 0; i < out.jet.size(); ++i) out.jet[i] = place(index, jet_inputs[i]);
    for (std::size_t i = 0; i < input.size(); ++i) {
      const auto& column = input.items[i];
      const bool side =
          column.role == Role::side &&
          std::find(carried_sides.begin(), carried_sides.end(), column.name) != carried_sides.end();
      if (side || column.role == Role::target || column.role == Role::weight)
        out.carried.push_back(i);
    }
    return out;
  }

  static void constituent(const float* row, const std::array<std::size_t, slot_inputs.size()>& at,
                          const std::array<std::size_t, jet_inputs.size()>& jet, float* out) {
    const int id = std::abs(static_cast<int>(row[at[8]]));
    out[0] = log_of(row[at[0]]);
    out[1] = log_of(row[at[1]]);
    out[2] = row[at[2]] - row[jet[1]];
    out[3] = wrapped(row[at[3]] - row[jet[2]]);
    out[4] = row[at[4]];
    out[5] = log_of(row[at[5]]);
    out[6] = log_of(row[at[6]]);
    out[7] = row[at[7]];
    out[8] = flag(id == 22);
    out[9] = flag(id == 11);
    out[10] = flag(id == 13);
    out[11] = flag(is_charged_hadron(id));
    out[12] = flag(id == 0 || id == 2112);
    out[13] = std::tanh(row[at[9]]);
    out[14] = std::tanh(row[at[10]]);
  }
};

}  // namespace

STEPPE_PLUGIN(steppe::transform<JetFeatures>({
    .name = "jet_features",
    .summary = "fifteen features of each leading constituent, and log pT and log mass of the jet",
    .text = "For each of the leading constituents, in this order: ln pT, ln(pT / pT_jet), eta - "
            "eta_jet, phi - phi_jet in [-pi, pi), distance to the axis, ln E, ln(E / E_jet), "
            "charge, flags for photon, electron, muon, charged hadron and neutral hadron from the "
            "PDG id (0 counts as a neutral hadron), tanh(d0 / mm), tanh(dz / mm). Empty slots are "
            "zero and their mask `filled` is 0.\n\nThen ln pT and ln mass of the jet: 40 x 15 + 2 "
            "= 602 features with the defaults. Logarithms are natural, of GeV, and of at least "
            "1e-6.",
    .source = "Table II of arXiv:2411.09296 and the code released with it",
    .example = "[transform.features]\nuse   = \"jet_features\"\ninput = [\"pythia\", \"herwig\"]",
}))
