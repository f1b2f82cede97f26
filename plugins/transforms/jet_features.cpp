// The inputs of a jet tagger, Table II of arXiv:2411.09296: fifteen features of each of the leading
// constituents, then the logarithms of the jet's pT and mass.
//
// Takes the raw columns that jet readers give (pT and E in GeV, absolute eta and phi) and gives
// features constituent by constituent, with zeros in empty slots.
#include <steppe/kernel.hpp>

#include "jet_inputs.hpp"
#include "tanh.hpp"

namespace {

using steppe::ColumnKind;
using steppe::Columns;
using steppe::Role;
using steppe::jets::Constituent;
using steppe::jets::Jet;
using steppe::jets::JetInputs;
using steppe::jets::wrapped;

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
constexpr std::size_t width = constituent_features.size();
constexpr std::size_t impact = 13;  ///< d0, and dz behind it

// Carried along where the input has them, beside the label and the weight.
constexpr std::array<const char*, 5> carried_sides{"jet.pt", "jet.eta", "jet.mass",
                                                   "jet.n_constituents", "jet.type"};

enum class Recipe { table2, released_code };

float log_of(float x) { return std::log(std::max(x, 1e-6F)); }

STEPPE_KERNEL void tanh_of_all(std::size_t count, float* values) {
  for (std::size_t i = 0; i < count; ++i) values[i] = steppe::jets::tanh_of(values[i]);
}

/// But for the last two, d0 and dz, which are left as they are.
void write_table2(const Constituent& c, float* to) {
  to[0] = log_of(c.pt);
  to[1] = log_of(c.relpt);
  to[2] = c.delta_eta;
  to[3] = c.delta_phi;
  to[4] = c.delta_r;
  to[5] = log_of(c.e);
  to[6] = log_of(c.rele);
  to[7] = c.charge;
  std::copy(c.flags.begin(), c.flags.end(), to + 8);
  to[impact] = c.d0;
  to[impact + 1] = c.dz;
}

/// What the released code makes of columns that hold table 2 already.
void write_released_code(const Constituent& c, const Jet& jet, float* to) {
  write_table2(c, to);
  to[2] -= jet.eta;
  to[3] = wrapped(to[3] - jet.phi);
  to[5] = log_of(to[5]);
}

struct JetFeatures {
  struct Parameters {
    int constituents = 40;
    Recipe recipe = Recipe::table2;

    static auto schema() {
      return steppe::schema(
          steppe::field<&Parameters::constituents>("leading constituents used",
                                                   steppe::between(1, 1000)),
          steppe::field<&Parameters::recipe>(
              "table2: each transformation once; released_code: some of them twice",
              steppe::choices({"table2", "released_code"})));
    }
  };
  Parameters parameters;

  Columns columns(const Columns& input) const {
    const auto inputs = find(input);
    Columns out;
    out.domain = input.domain;
    for (int slot = 0; slot < parameters.constituents; ++slot)
      for (const auto& feature : constituent_features)
        out.items.push_back({prefix(slot) + feature.name, feature.unit, Role::feature,
                             "constituent", slot, feature.kind});
    out.items.push_back({"jet.log_pt", "log GeV", Role::feature, "jet"});
    out.items.push_back({"jet.log_mass", "log GeV", Role::feature, "jet"});
    for (int slot = 0; slot < parameters.constituents; ++slot)
      out.items.push_back(
          {prefix(slot) + "filled", "", Role::mask, "constituent", slot, ColumnKind::flag});
    if (!inputs.jet_given()) {
      out.items.push_back({"jet.pt", "GeV", Role::side, "jet"});
      out.items.push_back({"jet.eta", "", Role::side, "jet"});
      out.items.push_back({"jet.mass", "GeV", Role::side, "jet"});
    }
    for (const auto place : carried(input)) out.items.push_back(input.items[place]);
    return out;
  }

  void apply(const Columns& input, const steppe::Rows& rows, const steppe::RowSink& sink) const {
    const auto inputs = find(input);
    const auto also = carried(input);
    const auto jet_columns = inputs.jet_given() ? std::size_t{0} : std::size_t{3};
    const auto row_width = slots() * (width + 1) + 2 + jet_columns + also.size();
    // Some at a time, which are still in the nearest caches when the host copies them.
    constexpr std::size_t block = 64;
    std::vector<float> values(std::min(block, rows.count) * row_width), impacts(2 * slots());
    for (std::size_t first = 0; first < rows.count; first += block) {
      const auto count = std::min(block, rows.count - first);
      const std::span some{values.data(), count * row_width};
      std::fill(some.begin(), some.end(), 0.0F);
      for (std::size_t r = 0; r < count; ++r)
        write(inputs, also, rows.row(first + r).data(), some.data() + r * row_width, impacts);
      sink.append(some, rows.event_ids.subspan(first, count));
    }
  }

 private:
  static std::string prefix(int slot) { return "constituent." + std::to_string(slot) + "."; }
  std::size_t slots() const { return static_cast<std::size_t>(parameters.constituents); }

  JetInputs find(const Columns& input) const {
    JetInputs out{input};
    if (out.slots() < slots())
      throw steppe::Error{"'constituents' is " + std::to_string(parameters.constituents) +
                          ", and the input has " + std::to_string(out.slots())};
    return out;
  }

  static std::vector<std::size_t> carried(const Columns& input) {
    std::vector<std::size_t> out;
    for (std::size_t i = 0; i < input.size(); ++i) {
      const auto& column = input.items[i];
      const bool side =
          column.role == Role::side &&
          std::find(carried_sides.begin(), carried_sides.end(), column.name) != carried_sides.end();
      if (side || column.role == Role::target || column.role == Role::weight) out.push_back(i);
    }
    return out;
  }

  /// `to`: zeros, as many as a row has values. `impacts`: room for two values a slot.
  void write(const JetInputs& inputs, const std::vector<std::size_t>& also, const float* row,
             float* to, std::vector<float>& impacts) const {
    const auto jet = inputs.jet(row);
    float* of_jet = to + slots() * width;
    float* masks = of_jet + 2;
    for (std::size_t slot = 0; slot < slots(); ++slot)
      if (inputs.filled(row, slot) &&
          write(inputs.constituent(row, slot, jet), jet, to + slot * width))
        masks[slot] = 1;
    bend_impacts(to, impacts);
    of_jet[0] = log_of(jet.pt);
    of_jet[1] = log_of(jet.mass);
    float* rest = masks + slots();
    if (!inputs.jet_given())
      for (const float value : {jet.pt, jet.eta, jet.mass}) *rest++ = value;
    for (const auto place : also) *rest++ = row[place];
  }

  /// tanh of d0 and dz of all slots at once, the empty ones' zeros too.
  void bend_impacts(float* to, std::vector<float>& impacts) const {
    for (std::size_t slot = 0; slot < slots(); ++slot)
      std::copy_n(to + slot * width + impact, 2, impacts.data() + 2 * slot);
    tanh_of_all(impacts.size(), impacts.data());
    if (parameters.recipe == Recipe::released_code) tanh_of_all(impacts.size(), impacts.data());
    for (std::size_t slot = 0; slot < slots(); ++slot)
      std::copy_n(impacts.data() + 2 * slot, 2, to + slot * width + impact);
  }

  /// @returns whether the slot counts as filled; else nothing is written.
  bool write(const Constituent& constituent, const Jet& jet, float* to) const {
    if (parameters.recipe == Recipe::table2) {
      write_table2(constituent, to);
      return true;
    }
    // The released code takes log pT > 0 for the sign of a filled slot.
    if (!(constituent.pt > 1)) return false;
    write_released_code(constituent, jet, to);
    return true;
  }
};

}  // namespace

STEPPE_PLUGIN(steppe::transform<JetFeatures>({
    .name = "jet_features",
    .summary = "fifteen features of each leading constituent, and log pT and log mass of the jet",
    .text = "For each of the leading constituents, in this order: ln pT, ln(pT / pT_jet), eta - "
            "eta_jet, phi - phi_jet in [-pi, pi), distance to the axis, ln E, ln(E / E_jet), "
            "charge, flags for photon, electron, muon, charged hadron and neutral hadron from the "
            "PDG id (0 and 130 count as neutral hadrons), tanh(d0 / mm), tanh(dz / mm). Empty "
            "slots are zero and their mask `filled` is 0.\n\nThen ln pT and ln mass of the jet: 40 "
            "x 15 + 2 = 602 features with the defaults. Logarithms are natural, of GeV, and of at "
            "least 1e-6.\n\nrecipe = \"released_code\" is what the code released with the paper "
            "gives where its input columns are transformed already, as those of RS3L seem to be: "
            "four of the transformations are made twice. Feature 3 is (eta - eta_jet) - eta_jet, 4 "
            "is (phi - phi_jet) - phi_jet in [-pi, pi), 6 is ln(ln E), 14 and 15 are tanh(tanh(d0 "
            "/ mm)) and tanh(tanh(dz / mm)); a constituent of pT <= 1 GeV counts as an empty slot. "
            "All else is as in table2.\n\nThe input is raw: `constituent.N.pt` [GeV], `.eta` and "
            "`.phi` [rad], slot by slot. What else there is of it is taken as it is, what is not "
            "is computed: `.filled` is pT > 0; `.e` = pT cosh(eta), massless; `.relpt` = pT / "
            "pT_jet; `.rele` = E / E_jet; `.dr` from eta and phi; `.charge` and the flags from "
            "`.pdgid`. Without `.pdgid` the flags are taken from columns of their own names "
            "(`.is_photon` and so on), and what is in neither is 0, as are `.d0` and `.dz`. "
            "`jet.pt`, `jet.eta`, `jet.phi` and `jet.mass` are all there, or are computed as the "
            "sum of all filled slots of the input; `jet.energy` is sqrt(m^2 + (pT cosh eta)^2) "
            "where it is missing.",
    .source = "Table II of arXiv:2411.09296 and the code released with it",
    .example = "[transform.features]\nuse   = \"jet_features\"\ninput = [\"pythia\", \"herwig\"]",
}))
