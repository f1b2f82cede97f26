// A toy Monte Carlo of boosted H -> b bbar jets and QCD jets, in two simulations of the same hard
// events. It is no substitute for a generator: it is here so that a pipeline runs anywhere, at
// once, with a generator gap whose size is a setting.
//
// hard event (toy_hard.hpp) -> shower (toy_shower.hpp) -> hadrons, decays, detector
// (toy_hadrons.hpp) -> candidates above 1 GeV within 0.8 of the axis, sorted by falling pT; the jet
// is their sum.
#include <steppe/reader.hpp>

#include <cmath>

#include "jet_columns.hpp"
#include "toy_hadrons.hpp"

namespace {

using namespace steppe::toy;
namespace jets = steppe::jets;

enum class Simulation { pythia, herwig };

// Herwig's shower ends early and its partons give more hadrons. Hadrons of heavy quarks fall apart
// alike in both, so light jets have fewer constituents than b jets in one and as many in the other:
// what a network learns from one about counts and shares misleads it on the other.
constexpr Physics pythia{.ordering = 1, .cut_off = 0.7F, .alpha_s = 0.118F, .multiplicity = 1.1F};
constexpr Physics herwig{.ordering = 0, .cut_off = 3, .alpha_s = 0.118F, .multiplicity = 3.8F};

float wrapped(float phi) {
  constexpr float pi = 3.14159265F;
  if (phi > pi) return phi - 2 * pi;
  return phi < -pi ? phi + 2 * pi : phi;
}

/// Writes one jet as a row of the raw columns.
class RowWriter {
 public:
  explicit RowWriter(std::size_t slots) : slots_{slots} {}

  void write(const HardEvent& event, const Candidates& candidates, float* row) {
    sort(candidates);
    sum(event, candidates);
    const std::size_t filled = std::min(slots_, candidates.count);
    for (std::size_t i = 0; i < filled; ++i) {
      const auto place = order_[i] & 0xFFFFFFFFU;
      write_candidate(event, candidates.items[place], energy_[place], row + i * jets::slot_width);
    }
    std::fill(row + filled * jets::slot_width, row + slots_ * jets::slot_width, 0.0F);
    row += slots_ * jets::slot_width;
    const std::array<float, 8> jet{jet_.pt,
                                   jet_.eta,
                                   jet_.phi,
                                   jet_.energy,
                                   jet_.mass,
                                   static_cast<float>(candidates.count),
                                   static_cast<float>(event.type),
                                   static_cast<float>(jets::label_of_type(event.type))};
    std::copy(jet.begin(), jet.end(), row);
  }

 private:
  struct Jet {
    float pt, eta, phi, energy, mass;
  };

  /// Falling pT: the bits of positive floats sort like the floats. The place breaks ties.
  void sort(const Candidates& candidates) {
    for (std::size_t i = 0; i < candidates.count; ++i)
      order_[i] = (static_cast<std::uint64_t>(~std::bit_cast<std::uint32_t>(candidates.items[i].pt))
                   << 32U) |
                  i;
    std::sort(order_.begin(), order_.begin() + static_cast<std::ptrdiff_t>(candidates.count));
  }

  void sum(const HardEvent& event, const Candidates& candidates) {
    double e = 0, x = 0, y = 0, z = 0;
    for (std::size_t i = 0; i < candidates.count; ++i) {
      const auto& c = candidates.items[i];
      const float grown = exponential(event.eta + c.eta);
      const auto around = direction(c.phi * 0.159154943F);
      energy_[i] = 0.5F * c.pt * (grown + 1 / grown);
      e += double{energy_[i]};
      x += double{c.pt * around.cosine};
      y += double{c.pt * around.sine};
      z += double{0.5F * c.pt * (grown - 1 / grown)};
    }
    const double pt = std::sqrt(x * x + y * y);
    jet_ = {static_cast<float>(pt), static_cast<float>(std::asinh(z / pt)),
            wrapped(event.phi + static_cast<float>(std::atan2(y, x))), static_cast<float>(e),
            static_cast<float>(std::sqrt(std::max(e * e - pt * pt - z * z, 0.0)))};
  }

  void write_candidate(const HardEvent& event, const Candidate& c, float energy, float* out) const {
    const float eta = event.eta + c.eta;
    const float phi = wrapped(event.phi + c.phi);
    const float delta_eta = eta - jet_.eta;
    const float delta_phi = wrapped(phi - jet_.phi);
    const std::array<float, jets::slot_width> values{
        c.pt,
        c.pt / jet_.pt,
        eta,
        phi,
        std::sqrt(delta_eta * delta_eta + delta_phi * delta_phi),
        energy,
        energy / jet_.energy,
        static_cast<float>(c.charge),
        static_cast<float>(c.pdgid),
        c.d0,
        c.dz,
        1.0F};
    std::copy(values.begin(), values.end(), out);
  }

  std::size_t slots_;
  std::array<std::uint64_t, Candidates::room> order_{};
  std::array<float, Candidates::room> energy_{};
  Jet jet_{};
};

struct ToyJets {
  struct Parameters {
    std::int64_t jets_per_class = 10000;
    Simulation simulation = Simulation::pythia;
    int candidates = 40;
    std::int64_t seed = 1;
    double gap = 1;
    double ordering = -1;
    double cut_off = -1;
    double alpha_s = -1;
    double multiplicity = -1;

    static auto schema() {
      using P = Parameters;
      using steppe::field;
      return steppe::schema(
          field<&P::jets_per_class>("signal jets, and as many background jets",
                                    steppe::between(1, 1e9)),
          field<&P::simulation>("shower and hadrons of the same hard events",
                                steppe::choices({"pythia", "herwig"})),
          field<&P::candidates>("slots a jet; softer candidates are left out of the columns",
                                steppe::between(1, 100)),
          field<&P::seed>("which hard events; readers with the same seed share them",
                          steppe::between(0, 1e6)),
          field<&P::gap>("how far herwig's physics is from pythia's; 0: the same",
                         steppe::between(0, 2)),
          field<&P::ordering>("emissions fall in z^ordering theta p; -1: the simulation's own",
                              steppe::between(-1, 1)),
          field<&P::cut_off>("smallest kT of the shower; -1: the simulation's own",
                             steppe::between(-1, 20), steppe::unit("GeV")),
          field<&P::alpha_s>("coupling at the mass of the Z; -1: the simulation's own",
                             steppe::between(-1, 0.2)),
          field<&P::multiplicity>("hadrons a unit of log momentum; -1: the simulation's own",
                                  steppe::between(-1, 8)));
    }

    Physics physics() const {
      const float reach = simulation == Simulation::herwig ? static_cast<float>(gap) : 0.0F;
      const auto choose = [reach](double given, float near, float far) {
        return given >= 0 ? static_cast<float>(given) : near + reach * (far - near);
      };
      return {.ordering = std::max(choose(ordering, pythia.ordering, herwig.ordering), 0.0F),
              .cut_off = choose(cut_off, pythia.cut_off, herwig.cut_off),
              .alpha_s = choose(alpha_s, pythia.alpha_s, herwig.alpha_s),
              .multiplicity = choose(multiplicity, pythia.multiplicity, herwig.multiplicity)};
    }

    void validate() const {
      const Physics chosen = physics();
      if (!(chosen.cut_off > 0 && chosen.multiplicity > 0))
        throw steppe::Error{"'cut_off' and 'multiplicity' must be above 0, or -1"};
      if (!chosen.coupling_is_finite())
        throw steppe::Error{"'alpha_s' = " + std::to_string(chosen.alpha_s) +
                            " grows beyond 1 before 'cut_off' = " + std::to_string(chosen.cut_off) +
                            " GeV is reached; lower the one or raise the other"};
    }
  };
  Parameters parameters;

  std::string domain() const {
    return parameters.simulation == Simulation::herwig ? "herwig" : "pythia";
  }

  steppe::Columns columns(const steppe::Host&) const {
    return jets::raw_columns(parameters.candidates, domain());
  }

  void read(const steppe::Host& host, const steppe::RowSink& sink) const {
    constexpr std::uint64_t chunk = 2048;
    const auto slots = static_cast<std::size_t>(parameters.candidates);
    const std::size_t width = jets::row_width(slots);
    const auto total = 2 * static_cast<std::uint64_t>(parameters.jets_per_class);
    const std::uint64_t key = steppe::stream_key("steppe toy jets, shower", domain());
    const Physics physics = parameters.physics();
    const Shower shower{physics};
    RowWriter writer{slots};
    Candidates candidates;
    std::vector<float> values(chunk * width);
    std::vector<std::uint64_t> ids(chunk);
    for (std::uint64_t begin = 0; begin < total; begin += chunk) {
      host.stop_if_cancelled();
      const std::size_t count = std::min(chunk, total - begin);
      for (std::size_t i = 0; i < count; ++i) {
        // Signal and background alternate, so the first rows hold as many of each.
        const std::uint64_t n = begin + i;
        const auto event =
            hard_event(static_cast<std::uint64_t>(parameters.seed), n % 2 == 0, n / 2);
        steppe::Stream stream{key, 0, event.id};
        Hadrons hadrons{physics, event, stream, candidates};
        candidates.count = 0;
        // A jet of which nothing is seen, hardly ever, is showered again.
        while (candidates.count == 0)
          shower.run(event, stream, [&](const Parton& parton) { hadrons.from_parton(parton); });
        writer.write(event, candidates, values.data() + i * width);
        ids[i] = event.id;
      }
      sink.append({values.data(), count * width}, {ids.data(), count});
      host.progress(begin + count, total, "jets");
    }
  }
};

}  // namespace

STEPPE_PLUGIN(steppe::reader<ToyJets>(
    {.name = "toy_jets",
     .summary = "a fast toy Monte Carlo of H->bb and QCD jets with a generator gap to set",
     .text =
         "A toy, to try pipelines on without any files; it is tuned to no data. Signal and "
         "background alternate, so any first rows hold as many of each.\n\n"
         "The hard event is the same in both simulations: pT from a spectrum pT^-5 between 400 and "
         "1000 GeV, |eta| < 2.5, and two partons: H->bb of 125 GeV for signal, and for background "
         "a quark or a gluon that has split with a mass m ~ 1/m from 25 GeV on. Jet types are "
         "RS3L's: 1 q, 2 c, 3 b, 4 H->bb, 5 g->qq, 6 g->cc, 7 g->bb, 8 g->gg.\n\n"
         "The shower emits gluons with the density 2 C alpha_s(kT) / pi K(z) dlog(theta) dlog(z) "
         "for kT = z theta p above `cut_off`, in falling order of z^ordering theta p: ordering 1 "
         "is transverse momentum, 0 is angle. Each parton that is left gives about `multiplicity` "
         "hadrons a unit of log p. Hadrons of b and c quarks fly and give displaced tracks.\n\n"
         "The simulations share the work differently. pythia: ordering 1, cut_off 0.7 GeV, "
         "multiplicity 1.1, many partons with few hadrons each. herwig: ordering 0, cut_off 3 GeV, "
         "multiplicity 3.8, few partons with many hadrons each. alpha_s is 0.118 in both. `gap` "
         "scales the way from pythia to herwig. What that does to a "
         "tagger is what pipelines/quickstart.toml measures.\n\n"
         "Gives, for each slot i in falling pT, `constituent.i.pt` [GeV], `.relpt`, `.eta`, "
         "`.phi` [rad], `.dr`, `.e` [GeV], `.rele`, `.charge`, `.pdgid`, `.d0` [mm], `.dz` [mm] "
         "and the mask `.filled`; then `jet.pt`, `jet.eta`, `jet.phi`, `jet.energy`, `jet.mass`, "
         "`jet.n_constituents`, `jet.type` and `label`. Candidates have pT > 1 GeV and are "
         "massless; the jet is the sum of all of them, also of those beyond the slots. The event "
         "id is 2 i + label for jet i of a class, with `seed` above bit 40.",
     .source = "the shower's densities: Lund plane, arXiv:1807.04758; the study it stands in for: "
               "arXiv:2411.09296",
     .example = "[reader.herwig]\nuse            = \"toy_jets\"\nsimulation     = \"herwig\"\n"
                "jets_per_class = 20000"}))
