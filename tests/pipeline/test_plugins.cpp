// Small stages of every kind that a pipeline needs, so that the checks of pipeline files are tested
// without any real plugin.
#include <steppe/attack.hpp>
#include <steppe/metric.hpp>
#include <steppe/model.hpp>
#include <steppe/optimizer.hpp>
#include <steppe/projector.hpp>
#include <steppe/reader.hpp>
#include <steppe/sharpness.hpp>
#include <steppe/trainer.hpp>
#include <steppe/transform.hpp>

namespace {

enum class Simulation { pythia, herwig };
enum class Norm { max, l2 };

steppe::Column column(const std::string& name, steppe::Role role = steppe::Role::feature) {
  steppe::Column out;
  out.name = name;
  out.role = role;
  return out;
}

/// Events with `features` columns x0, x1, ... and a label.
struct Toy {
  struct Parameters {
    int features = 2;
    Simulation simulation = Simulation::pythia;
    bool labelled = true;
    int classes = 2;

    static auto schema() {
      return steppe::schema(
          steppe::field<&Parameters::features>("columns of an event", steppe::between(0, 100)),
          steppe::field<&Parameters::simulation>("who simulated it",
                                                 steppe::choices({"pythia", "herwig"})),
          steppe::field<&Parameters::labelled>("whether there is a label"),
          steppe::field<&Parameters::classes>("classes of the label; 0: it is a real value"));
    }
  } parameters;

  steppe::Columns columns(const steppe::Host&) const {
    steppe::Columns out;
    for (int i = 0; i < parameters.features; ++i)
      out.items.push_back(column("x" + std::to_string(i)));
    if (parameters.labelled) out.items.push_back(column("label", steppe::Role::target));
    if (parameters.labelled) out.items.back().classes = parameters.classes;
    return out;
  }
  void read(const steppe::Host&, const steppe::RowSink&) const {}
};

/// Needs to be told where its files are; `limit` is an odd thing to have no need for.
struct Files {
  struct Parameters {
    std::vector<std::filesystem::path> path;
    double limit = 1.0;

    static auto schema() {
      return steppe::schema(
          steppe::field<&Parameters::path>("files to read", steppe::required()),
          steppe::field<&Parameters::limit>("fraction of the events", steppe::above(0.0),
                                            steppe::at_most(1.0)));
    }
  } parameters;

  steppe::Columns columns(const steppe::Host&) const {
    return {{column("x0"), column("x1"), column("label", steppe::Role::target)}, ""};
  }
  void read(const steppe::Host&, const steppe::RowSink&) const {}
};

/// Leaves the first features out.
struct Drop {
  struct Parameters {
    int count = 0;

    static auto schema() {
      return steppe::schema(
          steppe::field<&Parameters::count>("features to leave out", steppe::at_least(0)));
    }
  } parameters;

  steppe::Columns columns(const steppe::Columns& input) const {
    const auto count = static_cast<std::size_t>(parameters.count);
    if (count > input.size())
      throw steppe::Error{"'count' = " + std::to_string(count) + " is more than the " +
                          std::to_string(input.size()) + " columns there are"};
    steppe::Columns out = input;
    out.items.erase(out.items.begin(), out.items.begin() + parameters.count);
    return out;
  }
  void apply(const steppe::Columns&, const steppe::Rows&, const steppe::RowSink&) const {}
};

struct Dense {
  struct Parameters {
    std::vector<int> hidden{8};
    int logits = 0;

    static auto schema() {
      return steppe::schema(
          steppe::field<&Parameters::hidden>("units of the hidden layers", steppe::at_least(1)),
          steppe::field<&Parameters::logits>("units of the last layer; 0: as many as asked for"));
    }
  } parameters;

  void build(steppe::Graph& graph) const {
    auto node = graph.input();
    for (const int units : parameters.hidden) node = graph.add("dense", node, {{"units", units}});
    const auto logits = static_cast<std::uint64_t>(parameters.logits);
    graph.output(graph.add("dense", node, {{"units", logits > 0 ? logits : graph.outputs()}}));
  }
};

struct Fgsm {
  struct Parameters {
    double epsilon = 0.05;

    static auto schema() {
      return steppe::schema(steppe::field<&Parameters::epsilon>("radius of the max-norm ball",
                                                                steppe::at_least(0.0)));
    }
  } parameters;
  static constexpr steppe::AttackTraits traits{.strength = "epsilon"};

  void perturb(steppe::Point&, const steppe::Objective&, const steppe::Moment&) const {}
};

struct Pgd {
  struct Parameters {
    double epsilon = 0.05;
    double alpha = 0.01;
    int steps = 5;
    Norm norm = Norm::max;

    static auto schema() {
      return steppe::schema(
          steppe::field<&Parameters::epsilon>("radius of the ball", steppe::at_least(0.0)),
          steppe::field<&Parameters::alpha>("length of one step", steppe::at_least(0.0)),
          steppe::field<&Parameters::steps>("number of steps", steppe::between(1, 1000)),
          steppe::field<&Parameters::norm>("norm of the ball", steppe::choices({"max", "l2"})));
    }
    void validate() const {
      if (alpha * steps < epsilon)
        throw steppe::Error{
            "'alpha' times 'steps' is less than 'epsilon': the edge of the ball is "
            "out of reach"};
    }
    void remark(const steppe::Host& host) const {
      if (alpha > epsilon) host.note("alpha is greater than epsilon: every step is cut off");
    }
  } parameters;
  static constexpr steppe::AttackTraits traits{.strength = "epsilon"};

  void perturb(steppe::Point&, const steppe::Objective&, const steppe::Moment&) const {}
};

/// An attack that is meant for weights.
struct Sam {
  static constexpr steppe::AttackTraits traits{.space = steppe::Space::weights};

  void perturb(steppe::Point&, const steppe::Objective&, const steppe::Moment&) const {}
};

struct Clip {
  struct Parameters {
    double high = 1.0;

    static auto schema() {
      return steppe::schema(
          steppe::field<&Parameters::high>("no value is above it", steppe::above(0.0)));
    }
  } parameters;

  void project(const steppe::Columns&, const steppe::Tensor&, const steppe::Tensor&) const {}
};

struct Sgd {
  struct Parameters {
    double learning_rate = 0.1;

    static auto schema() {
      return steppe::schema(
          steppe::field<&Parameters::learning_rate>("length of a step", steppe::above(0.0)));
    }
  } parameters;
  static constexpr std::array state{"velocity"};

  void step(const steppe::OptimizerStep&) const {}
};

struct Plain {
  struct Parameters {
    int batch = 128;
    int epochs = 10;

    static auto schema() {
      return steppe::schema(
          steppe::field<&Parameters::batch>("events a batch", steppe::at_least(1)),
          steppe::field<&Parameters::epochs>("passes over the events", steppe::at_least(1)));
    }
  } parameters;

  void begin(steppe::Session&) {}
  bool epoch(steppe::Session&, std::uint64_t) { return true; }
};

struct Auc {
  void measure(const steppe::Scores&, const steppe::Results& results) const {
    results.value("auc", 0.5);
  }
};

/// Compares clean with attacked scores.
struct Fooled {
  void measure(const steppe::Scores& scores, const steppe::Results& results) const {
    if (scores.attacked_logits.empty())
      throw steppe::Error{"there are no attacked scores; name an attack in [evaluate]"};
    results.value("fooled", 0.1);
    results.value("fooled.signal", 0.2);
  }
};

/// Is about classes.
struct Purity {
  void measure(const steppe::Scores& scores, const steppe::Results& results) const {
    if (scores.classes == 0)
      throw steppe::Error{"it needs a target with classes, and this one is a real value"};
    results.value("purity", 0.9);
  }
};

/// Takes no scores that are made up.
struct Proud {
  void measure(const steppe::Scores&, const steppe::Results&) const {
    throw steppe::Error{"there are less than a million events"};
  }
};

/// Gives nothing that could be known before it has seen the events.
struct Silent {
  void measure(const steppe::Scores&, const steppe::Results&) const {}
};

struct Rejection {
  struct Parameters {
    double signal_efficiency = 0.5;

    static auto schema() {
      return steppe::schema(steppe::field<&Parameters::signal_efficiency>(
          "working point", steppe::between(0.0, 1.0)));
    }
  } parameters;

  void measure(const steppe::Scores&, const steppe::Results& results) const {
    results.value(parameters.signal_efficiency == 0.85 ? "rejection_0.85" : "rejection", 10);
  }
};

/// Looks at the whole study.
struct Gap {
  struct Parameters {
    double least = 0;

    static auto schema() {
      return steppe::schema(steppe::field<&Parameters::least>("gaps below it do not count"));
    }
  } parameters;

  void compare(const steppe::Study& study, const steppe::Results& results) const {
    if (parameters.least > 1) return results.undefined("widest", "no gap is as wide as that");
    results.value("widest", study.value(0, "auc")->value);
  }
};

struct Slope {
  void measure(steppe::Landscape&, const steppe::Results&) const {}
};

}  // namespace

STEPPE_PLUGIN(steppe::reader<Toy>({.name = "toy", .summary = "events from nothing"}),
              steppe::reader<Files>({.name = "files", .summary = "events from files"}),
              steppe::transform<Drop>({.name = "drop", .summary = "fewer features"}),
              steppe::model<Dense>({.name = "dense", .summary = "dense layers"}),
              steppe::attack<Fgsm>({.name = "fgsm", .summary = "one step"}),
              steppe::attack<Pgd>({.name = "pgd", .summary = "several steps"}),
              steppe::attack<Sam>({.name = "sam", .summary = "one step of the weights"}),
              steppe::projector<Clip>({.name = "clip", .summary = "nothing too large"}),
              steppe::optimizer<Sgd>({.name = "sgd", .summary = "gradient descent"}),
              steppe::trainer<Plain>({.name = "plain", .summary = "epoch after epoch"}),
              steppe::sharpness<Slope>({.name = "slope",
                                        .summary = "length of the gradient",
                                        .text = "For every batch.\n\nGives `length` and "
                                                "`turn`, `turn_2`, ... of the `next` step.\n\n"
                                                "`rho` is a setting."}),
              steppe::metric<Auc>({.name = "auc", .summary = "area under the curve"}),
              steppe::metric<Rejection>({.name = "rejection", .summary = "background rejection"}),
              steppe::metric<Fooled>({.name = "fooled", .summary = "what an attack turns"}),
              steppe::metric<Purity>({.name = "purity", .summary = "signal in what is selected"}),
              steppe::metric<Proud>({.name = "proud", .summary = "wants many events"}),
              steppe::metric<Silent>({.name = "silent", .summary = "says nothing"}),
              steppe::metric<Gap>({.name = "gap", .summary = "what is lost on other data"}))
