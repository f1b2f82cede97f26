// Stages that do not keep what their kinds promise, each in one way.
#include <steppe/attack.hpp>
#include <steppe/layer.hpp>
#include <steppe/metric.hpp>
#include <steppe/optimizer.hpp>
#include <steppe/projector.hpp>
#include <steppe/trainer.hpp>
#include <steppe/transform.hpp>

#include <cstdlib>
#include <limits>

/// Visible from outside: this library is built without the SDK's function.
extern "C" STEPPE_EXPORT int broken_helper() { return 1; }

namespace {

/// Twice as far as it declares, and a little at strength 0; holds nothing back.
struct Far {
  struct Parameters {
    double epsilon = 0.01;
    static auto schema() {
      return steppe::schema(steppe::field<&Parameters::epsilon>("radius", steppe::at_least(0.0)));
    }
  } parameters;
  static constexpr steppe::AttackTraits traits{
      .strength = "epsilon", .radius = "epsilon", .ball = steppe::Ball::max_norm};
  void perturb(steppe::Point& point, const steppe::Objective&, const steppe::Moment&) const {
    static float more = 0;
    more += 0.0625F;
    const auto view = point.values().host();
    for (std::size_t r = 0; r < view.rows(); ++r)
      for (float& x : view.row(r)) x += 2 * static_cast<float>(parameters.epsilon) + more;
  }
};

struct Crash {
  template <class S>
  void forward(const steppe::LayerRow<S>&) const {
    std::abort();
  }
  template <class S>
  void backward(const steppe::LayerGradient<S>&) const {}
};

/// y = x^2 with the slope of 2 x^2.
struct Slope {
  template <class S>
  void forward(const steppe::LayerRow<S>& row) const {
    for (std::size_t i = 0; i < row.x.size(); ++i) row.y[i] = row.x[i] * row.x[i];
  }
  template <class S>
  void backward(const steppe::LayerGradient<S>& row) const {
    for (std::size_t i = 0; i < row.x.size(); ++i) row.dx[i] += row.dy[i] * row.x[i] * S(4);
  }
};

struct Hang {
  void measure(const steppe::Scores&, const steppe::Results&) const {
    for (volatile bool on = true; on;) {
    }
  }
};

struct NoNumber {
  void measure(const steppe::Scores&, const steppe::Results& results) const {
    results.value("no_number", std::numeric_limits<double>::quiet_NaN());
  }
};

struct Leave {
  static constexpr std::array<const char*, 0> state{};
  void step(const steppe::OptimizerStep&) const { std::_Exit(7); }
};

/// Not idempotent, with a default that its schema refuses and a setting without a word.
struct Drift {
  struct Parameters {
    double by = -1;
    static auto schema() {
      return steppe::schema(steppe::field<&Parameters::by>("", steppe::at_least(0.0)));
    }
  } parameters;
  void project(const steppe::Columns&, const steppe::Tensor&, const steppe::Tensor& after) const {
    after.scale(0.5F);
  }
};

/// Halves its steps from epoch to epoch, and keeps to itself how often it has.
struct Forget {
  double factor = 1;
  void begin(steppe::Session& session) { session.plan(64, 4); }
  bool epoch(steppe::Session& session, std::uint64_t epoch) {
    while (session.next_batch() > 0) {
      session.gradient();
      session.step(factor);
    }
    factor /= 2;
    return epoch + 1 == 4;
  }
};

/// Numbers rows from 0 in every chunk.
struct ByChunk {
  steppe::Columns columns(const steppe::Columns&) const { return {{{.name = "place"}}, ""}; }
  void apply(const steppe::Columns&, const steppe::Rows& rows, const steppe::RowSink& sink) const {
    std::vector<float> values;
    for (std::size_t r = 0; r < rows.count; ++r) values.push_back(static_cast<float>(r));
    sink.append(values, rows.event_ids);
  }
};

}  // namespace

STEPPE_PLUGIN(steppe::attack<Far>({.name = "too_far", .summary = "outside its ball"}),
              steppe::layer<Crash>({.name = "crash", .summary = "ends in a signal"}),
              steppe::layer<Slope>({.name = "slope", .summary = "another function's slope"}),
              steppe::metric<Hang>({.name = "hang", .summary = "does not end"}),
              steppe::metric<NoNumber>({.name = "no_number", .summary = "not a number"}),
              steppe::optimizer<Leave>({.name = "leave", .summary = "ends the program"}),
              steppe::projector<Drift>({.name = "drift"}),
              steppe::trainer<Forget>({.name = "forget", .summary = "keeps nothing"}),
              steppe::transform<ByChunk>({.name = "by_chunk", .summary = "sees chunks"}))
