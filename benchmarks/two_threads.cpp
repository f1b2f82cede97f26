// What a second thread gains where one node has the machine to itself: a training in large batches,
// scores of many events, an attack on them, and measures of sharpness.
//
//   two_threads [ROUNDS]
//
// Each on one thread and on two, in turns; ratios of time on the wall, which other work on the
// machine spoils, so the best of the rounds are given beside their median.
#include "framework/run/measure/scoring.hpp"
#include "framework/run/measure/sharpness.hpp"
#include "framework/run/train/training.hpp"
#include "framework/verify/bench.hpp"

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <string>

#include "timing.hpp"
#include <oneapi/tbb/task_arena.h>

namespace {

using namespace steppe;

const std::string sections = R"(
[attack.pgd]
epsilon = 0.01
move    = ["constituent.*"]
hold    = ["padding", "flags"]
[sharpness.ascent_weights]
use    = "gradient_ascent"
of     = "fit"
on     = "features"
[sharpness.ascent_inputs]
use    = "gradient_ascent"
of     = "fit"
on     = "features"
space  = "inputs"
classes = "each"
[sharpness.lanczos_weights]
use    = "hessian"
of     = "fit"
on     = "features"
steps  = 20
[sharpness.hessian_inputs]
use     = "hessian"
of      = "fit"
on      = "features"
space   = "inputs"
classes = "each"
events  = 512
move    = ["constituent.0.*"]
)";

class Study {
 public:
  Study()
      : plan_{verify::tiny_plan(
            catalogue(), sections,
            {"values.jets=20000", "trainer.fit.batch=4096", "trainer.fit.epochs=3",
             "evaluate.attack=pgd", "evaluate.metrics=[\"auc\"]"})},
        data_{verify::load_first(plan_)} {
    train();
  }

  void train() {
    trained_ = run::train(plan_.trainings.front(), *data_, plan_.splits, device_, {});
  }
  void score(bool attacked) const {
    auto node = plan_.scores.front();
    if (!attacked) {
      node.attack.reset();
      node.again.clear();
    }
    run::score(node, trained_, *data_, *data_, plan_.splits, {});
  }
  void measure(std::size_t which) const {
    run::measure_sharpness(plan_.sharpness[which], trained_, *data_, plan_.splits, {});
  }
  const pipeline::Plan& plan() const { return plan_; }

 private:
  static const plugin::Catalogue& catalogue() {
    static const auto all = plugin::Catalogue::load({{STEPPE_PLUGINS_DIR, "build", true}});
    return all;
  }

  pipeline::Plan plan_;
  std::shared_ptr<const data::Dataset> data_;
  std::shared_ptr<compute::Device> device_ = compute::open_device("cpu");
  run::TrainedNetwork trained_;
};

void compare(const std::string& name, std::size_t rounds, const std::function<void()>& work) {
  tbb::task_arena one{1}, two{2};
  const auto times = benchmarks::in_turns(CLOCK_MONOTONIC, rounds,
                                          {[&] { one.execute(work); }, [&] { two.execute(work); }});
  const auto best = [](const std::vector<double>& of) { return *std::ranges::min_element(of); };
  std::printf("%-28s %9.1f ms %9.1f ms  %6.2f  %6.2f\n", name.c_str(),
              1e3 * benchmarks::median(times[0]), 1e3 * benchmarks::median(times[1]),
              benchmarks::ratio(times[0], times[1]), best(times[0]) / best(times[1]));
  std::fflush(stdout);
}

}  // namespace

int main(int count, char** arguments) {
  const auto rounds = count > 1 ? static_cast<std::size_t>(std::atoi(arguments[1])) : 9;
  Study study;
  std::printf("%-28s %12s %12s  %6s  %6s\n", "", "one", "two", "ratio", "best");
  compare("training, batch 4096", rounds, [&] { study.train(); });
  compare("scores", rounds, [&] { study.score(false); });
  compare("scores, and under PGD", rounds, [&] { study.score(true); });
  for (std::size_t i = 0; i < study.plan().sharpness.size(); ++i)
    compare(study.plan().sharpness[i].stage.name, rounds, [&] { study.measure(i); });
}
