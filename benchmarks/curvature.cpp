// What second derivatives cost, on one thread: products with Hessians against gradients, and
// reduced Hessians in closed form against power iteration.
//
//   curvature [ROUNDS]
//
// The network of arXiv:2411.09296 (602-128-64-32-1, batch normalisation with running statistics).
// Time is that of the thread on its core, medians over rounds (21 by default) that take turns;
// ratios are medians of each round's own.
#include "framework/run/measure/sharpness.hpp"
#include "framework/run/train/training.hpp"
#include "framework/verify/bench.hpp"

#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <string>

#include "timing.hpp"
#include <oneapi/tbb/task_arena.h>

namespace {

using namespace steppe;
using benchmarks::median;
using benchmarks::ratio;

pipeline::Plan plan(const std::string& more, const std::vector<std::string>& sets = {}) {
  static const auto catalogue = plugin::Catalogue::load({{STEPPE_PLUGINS_DIR, "build", true}});
  return verify::tiny_plan(catalogue, more, sets);
}

/// A gradient, a product at a place where nobody was, and one more at the same place.
void products(std::size_t events, bool in_weights, std::size_t rounds) {
  verify::Bench bench{plan("", {"values.jets=1000", "model.tagger.activation=silu"}), "cpu",
                      events};
  auto& queue = *bench.queue;
  const auto features = bench.batch.features(), weights = bench.batch.weights();
  const auto like = [&] {
    return in_weights ? bench.device->flat(bench.network.weights())
                      : bench.device->matrix(events, features.columns);
  };
  const auto direction = like(), result = like();
  const std::vector<std::uint64_t> ids(in_weights ? 1 : events, 0);
  queue.normal({1, 2}, ids, 1.0F, direction);
  const auto forward = [&] {
    bench.loss.forward(bench.at, features, bench.batch.labels(), STEPPE_LOSS,
                       network::Mode::inference);
  };
  const auto gradient = [&] {
    forward();
    in_weights ? bench.loss.weight_gradient(weights, result) : bench.loss.input_gradient(result);
  };
  const auto product = [&] {
    in_weights ? bench.loss.weight_hessian(weights, direction, result)
               : bench.loss.input_hessian(direction, result);
  };
  const std::size_t repeats = 20'000 / events;
  const auto often = [repeats](const auto& work) {
    return [repeats, work] {
      for (std::size_t i = 0; i < repeats; ++i) work();
    };
  };
  const auto times = benchmarks::in_turns(CLOCK_THREAD_CPUTIME_ID, rounds,
                                          {often(gradient), often([&] {
                                             forward();
                                             product();
                                           }),
                                           [&] {
                                             forward();
                                             product();
                                           },
                                           often(product)});
  std::printf("%-8s %6zu  %10.1f us  %10.2f  %10.2f\n", in_weights ? "weights" : "inputs", events,
              1e6 * median(times[0]) / static_cast<double>(repeats), ratio(times[1], times[0]),
              ratio(times[3], times[0]));
}

/// The Hessian of 2,048 jets in the 75 columns of their five hardest constituents, as a measure.
class Reduced {
 public:
  explicit Reduced(const std::string& settings)
      : plan_{plan("[sharpness.it]\nuse = \"hessian\"\nof = \"fit\"\non = \"features\"\n"
                   "split = \"all\"\nevents = 1024\nspace = \"inputs\"\n"
                   "move = [\"constituent.0.*\", \"constituent.1.*\", \"constituent.2.*\", "
                   "\"constituent.3.*\", \"constituent.4.*\"]\n" +
                       settings,
                   {"values.jets=2048", "model.tagger.activation=relu"})},
        data_{verify::load_first(plan_)},
        trained_{run::train(plan_.trainings.front(), *data_, {}, compute::open_device("cpu"), {})} {
  }

  void measure() {
    result_ = run::measure_sharpness(plan_.sharpness.front(), trained_, *data_, {}, {});
  }
  double dominant() const { return result_.quantities.front().value; }

 private:
  pipeline::Plan plan_;
  std::shared_ptr<const data::Dataset> data_;
  run::TrainedNetwork trained_;
  pipeline::MeasuredSharpness result_;
};

void reduced(std::size_t rounds) {
  Reduced closed{"method = \"closed_form\"\n"}, written{"method = \"written_out\"\n"},
      power{"method = \"power\"\nbatch = 2048\niterations = 50\ntolerance = 0\n"};
  const auto times = benchmarks::in_turns(
      CLOCK_THREAD_CPUTIME_ID, rounds,
      {[&] { closed.measure(); }, [&] { written.measure(); }, [&] { power.measure(); }});
  std::printf("\nHessian of 2,048 jets in 75 columns   time      of the closed form   dominant\n");
  const auto line = [&](const char* name, std::size_t way, const Reduced& of) {
    std::printf("%-32s %9.2f ms  %14.1f   %18.9g\n", name, 1e3 * median(times[way]),
                ratio(times[way], times[0]), of.dominant());
  };
  line("closed_form", 0, closed);
  line("written_out", 1, written);
  line("power, 50 iterations", 2, power);
}

}  // namespace

int main(int count, char** arguments) {
  const auto rounds = count > 1 ? static_cast<std::size_t>(std::atoi(arguments[1])) : 21;
  tbb::task_arena{1}.execute([&] {
    std::printf("space    events      gradient   new place   same place   (of a gradient)\n");
    for (const std::size_t events : {128, 1024})
      for (const bool in_weights : {true, false}) products(events, in_weights, rounds);
    reduced(std::max<std::size_t>(rounds / 3, 3));
  });
}
