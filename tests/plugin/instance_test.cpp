#include "framework/plugin/instance.hpp"

#include "framework/plugin/host.hpp"

#include <gtest/gtest.h>

namespace steppe::plugin {
namespace {

const StageInfo& plain_c() {
  static const auto catalogue =
      Catalogue::load({{std::filesystem::path{STEPPE_TEST_LIBRARIES} / "plain", "test", true}});
  return *catalogue.find("attack", "plain_c");
}

Settings shift(double value) { return {{{"shift", Type::real, false, {value}}}}; }

/// Runs the plain C attack on a 2 x 3 matrix of zeros. @returns its values.
std::vector<float> attacked(const std::string& device_name, double by) {
  const auto device = compute::open_device(device_name);
  const auto queue = device->queue();
  const Instance instance{plain_c(), shift(by), "plain_c"};
  Surroundings surroundings;
  surroundings.queue = queue.get();
  StageHost host{"attack", "plain_c", surroundings};
  steppe_tensor values{device->matrix(2, 3)};
  const std::uint64_t ids[] = {1, 2};
  steppe_point point{};
  point.size = sizeof point;
  point.values = &values;
  point.row_ids = ids;
  const steppe_objective objective{};
  const steppe_moment moment{};
  host.finish(instance.functions<steppe_attack>().perturb(instance.get(), nullptr, host.get(),
                                                          &point, &objective, &moment));
  const compute::Mapped view{*queue, values.tensor};
  std::vector<float> out;
  for (std::size_t r = 0; r < 2; ++r) out.insert(out.end(), view->row(r), view->row(r) + 3);
  return out;
}

TEST(Instance, OfAPlainCPluginWorksOnEveryDevice) {
  const std::vector<float> expected(6, 2.5F);
  EXPECT_EQ(attacked("cpu", 2.5), expected);
  EXPECT_EQ(attacked("far", 2.5), expected);
}

TEST(Instance, RefusedSettingsAreToldInThePluginsOwnWords) {
  try {
    Instance{plain_c(), shift(7.0), "mine"};
    FAIL() << "accepted";
  } catch (const PluginError& error) {
    EXPECT_STREQ(error.what(), "attack 'mine': 'shift' is 7, and seven is out");
  }
}

TEST(StageHost, RefusesOperationsWhereThereIsNoDevice) {
  StageHost host{"metric", "it", {}};
  steppe_tensor nothing;
  const auto status = host.get()->operations->fill(host.get(), 1.0F, &nothing);
  EXPECT_NE(status, STEPPE_OK);
  EXPECT_THROW(host.finish(status), PluginError);
}

TEST(StageHost, KeysRandomStreamsByStagePurposeEpochTrialAndSeed) {
  const auto key = [](std::uint64_t seed, std::uint64_t trial, const char* name,
                      const char* purpose, std::uint64_t epoch) {
    Surroundings surroundings;
    surroundings.seed = seed;
    surroundings.trial = trial;
    return StageHost{"attack", name, surroundings}.random(purpose, epoch).key;
  };
  const auto base = key(1, 0, "a", "p", 0);
  EXPECT_EQ(base, key(1, 0, "a", "p", 0));
  EXPECT_NE(base, key(2, 0, "a", "p", 0));
  EXPECT_NE(base, key(1, 1, "a", "p", 0));
  EXPECT_NE(base, key(1, 0, "b", "p", 0));
  EXPECT_NE(base, key(1, 0, "a", "q", 0));
  EXPECT_NE(base, key(1, 0, "a", "p", 1));
}

TEST(StageHost, ReusesScratchTensorsOnceACallHasEnded) {
  const auto device = compute::open_device("cpu");
  const auto queue = device->queue();
  Surroundings surroundings;
  surroundings.queue = queue.get();
  StageHost host{"attack", "it", surroundings};
  const auto like = device->matrix(4, 4);
  auto* first = host.scratch_like(like);
  EXPECT_NE(first, host.scratch_like(like));
  host.finish(STEPPE_OK);
  auto* again = host.scratch_like(like);
  auto* more = host.scratch_like(like);
  EXPECT_TRUE(first == again || first == more);
}

}  // namespace
}  // namespace steppe::plugin
