// A profile counts what was done, where, and how long it took; and the results stay as they are.
#include "framework/compute/profile.hpp"

#include "framework/compute/profiled_device.hpp"

#include <thread>

#include "device_fixture.hpp"

namespace steppe::compute {
namespace {

class ProfileOnDevice : public OnDevice {
 protected:
  /// What a queue of a profiled device leaves, when it ends.
  template <class Work>
  Profile::Sums sums_of(const Work& work) {
    Profile profile;
    {
      const Profile::Span span{&profile, "trainer", "fit"};
      const auto watched = profiled(device, &profile);
      const auto timed = watched->queue();
      work(*watched, *timed, profile);
    }
    return profile.sums();
  }

  static const Profile::KernelTime* find(const Profile::Sums& sums, std::string_view operation,
                                         std::string_view stage = "fit") {
    for (const auto& row : sums.kernels)
      if (row.kernel.operation == operation && row.stage.second == stage) return &row;
    return nullptr;
  }
};

TEST_P(ProfileOnDevice, TellsProductsApartByTheirShape) {
  const auto sums = sums_of([](Device& watched, Queue& timed, Profile&) {
    const Tensor x = watched.matrix(5, 7), w = watched.matrix(7, 3), y = watched.matrix(5, 3);
    for (int i = 0; i < 4; ++i) timed.matmul(x, w, y, Transpose::none);
    timed.matmul(x, y, w, Transpose::first);
    timed.matmul(y, w, x, Transpose::second, {.accumulate = true});
    timed.fill(y, 1.0F);
  });
  ASSERT_EQ(sums.kernels.size(), 4U);
  std::uint64_t flops = 0;
  for (const auto& row : sums.kernels) {
    flops += row.spent.calls * row.kernel.flops();
    if (row.kernel.operation == "fill") {
      EXPECT_EQ(row.kernel.flops(), 0U);
      continue;
    }
    const bool forward = row.kernel.transpose == Transpose::none;
    EXPECT_EQ(row.spent.calls, forward ? 4U : 1U);
    EXPECT_EQ(row.kernel.flops(), 2U * 5 * 7 * 3);
    EXPECT_EQ(row.kernel.inner, forward ? 7U : row.kernel.transpose == Transpose::first ? 5U : 3U);
  }
  EXPECT_EQ(flops, 6U * 2 * 5 * 7 * 3);
}

TEST_P(ProfileOnDevice, LeavesTheResultsAsTheyAre) {
  const auto results = [](Device& on, Queue& in) {
    const Tensor x = on.matrix(130, 21), w = on.matrix(21, 4), y = on.matrix(130, 4);
    in.normal({1, 1}, ids(130), 1.0F, x);
    in.normal({1, 2}, ids(21), 1.0F, w);
    in.matmul(x, w, y, Transpose::none);
    in.activate(Activation::silu, 0.0F, y, y);
    return in.dot(y, y);
  };
  double watched_result = 0;
  sums_of(
      [&](Device& watched, Queue& timed, Profile&) { watched_result = results(watched, timed); });
  EXPECT_EQ(watched_result, results(*device, *queue));
}

TEST_P(ProfileOnDevice, TakesTensorsOfTheDeviceItIsAround) {
  const Tensor x = device->matrix(2, 2);
  queue->fill(x, 3.0F);
  queue->wait();
  double sum = 0;
  sums_of([&](Device&, Queue& timed, Profile&) {
    EXPECT_EQ(&timed.device(), device.get());
    sum = timed.dot(x, x);
  });
  EXPECT_EQ(sum, 36.0);
}

TEST_P(ProfileOnDevice, OperationsBelongToTheInnermostStage) {
  const auto sums = sums_of([](Device& watched, Queue& timed, Profile& profile) {
    const Tensor x = watched.matrix(2, 2);
    timed.fill(x, 1.0F);
    {
      const Profile::Span attack{&profile, "attack", "pgd"};
      timed.sign(x, x);
      timed.sign(x, x);
      const Profile::Span waiting{&profile};
      timed.scale(2.0F, x);
    }
    timed.fill(x, 1.0F);
  });
  EXPECT_EQ(find(sums, "fill")->spent.calls, 2U);
  EXPECT_EQ(find(sums, "sign", "pgd")->spent.calls, 2U);
  EXPECT_EQ(find(sums, "scale", "")->spent.calls, 1U);  // of no stage
  ASSERT_EQ(sums.stages.size(), 2U);
}

TEST_P(ProfileOnDevice, TimesOfStagesLieInsideOfTheTimeThatPassed) {
  const auto begin = std::chrono::steady_clock::now();
  const auto sums = sums_of([](Device& watched, Queue& timed, Profile& profile) {
    const Tensor x = watched.matrix(64, 64), y = watched.matrix(64, 64);
    for (int i = 0; i < 10; ++i) {
      const Profile::Span attack{&profile, "attack", "pgd"};
      timed.matmul(x, x, y, Transpose::none);
    }
  });
  const std::chrono::duration<double> passed = std::chrono::steady_clock::now() - begin;
  double spent = 0;
  for (const auto& stage : sums.stages) {
    spent += stage.spent.seconds();
    EXPECT_LE(stage.in_kernels, stage.spent.seconds());
    EXPECT_EQ(stage.spent.calls, stage.stage.second == "pgd" ? 10U : 1U);
  }
  EXPECT_GT(spent, 0.0);
  EXPECT_LE(spent, passed.count());
}

TEST_P(ProfileOnDevice, AnOperationThatIsRefusedStaysRefused) {
  sums_of([](Device& watched, Queue& timed, Profile&) {
    EXPECT_THROW(timed.copy(watched.matrix(2, 2), watched.matrix(2, 3)), DeviceError);
  });
}

STEPPE_ON_EVERY_DEVICE(ProfileOnDevice);

TEST(Profile, EveryThreadHasItsOwnStage) {
  Profile profile;
  const Profile::Span span{&profile, "trainer", "fit"};
  std::thread{[&] {
    EXPECT_EQ(Profile::at_work(), nullptr);
    const Profile::Span other{&profile, "transform", "features"};
    EXPECT_EQ(Profile::at_work()->first.second, "features");
  }}.join();
  EXPECT_EQ(Profile::at_work()->first.second, "fit");
}

TEST(Profile, ThatIsNotThereCostsNoWrapper) {
  const auto device = open_device("cpu");
  EXPECT_EQ(profiled(device, nullptr), device);
  const Profile::Span nothing{nullptr, "trainer", "fit"};
  EXPECT_EQ(Profile::at_work(), nullptr);
}

}  // namespace
}  // namespace steppe::compute
