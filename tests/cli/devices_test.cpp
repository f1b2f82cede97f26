// What `devices` and `doctor` find out about devices.
#include "framework/cli/devices.hpp"

#include "framework/compute/device.hpp"

#include "bf16.hpp"
#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace {

using namespace steppe::cli;
using testing::HasSubstr;
using testing::Not;

TEST(CheckDevice, FindsThatTheHostAndTheTestDeviceCompute) {
  for (const auto* name : {"cpu", "far"}) {
    const auto checked = check_device(name);
    EXPECT_TRUE(checked.works()) << checked.trouble;
    const bool fast = steppe::compute::why_no_bf16().empty();
    EXPECT_EQ(checked.precisions,
              fast ? steppe::compute::precision_names() : std::vector<std::string>{"f32"});
    EXPECT_EQ(checked.precisions.size() + checked.idle.size(), 4U);
    EXPECT_THAT(checked.description, HasSubstr("oneDNN"));
  }
}

TEST(CheckDevice, TriesEveryPrecisionThatIsLetThrough) {
  if (const auto reason = steppe::support::without_bf16(); !reason.empty()) GTEST_SKIP() << reason;
  const steppe::support::Bf16Variable variable{"always"};
  const auto checked = check_device("cpu");
  EXPECT_TRUE(checked.works()) << checked.trouble;
  EXPECT_EQ(checked.precisions, steppe::compute::precision_names());
  EXPECT_THAT(devices_text({checked}), Not(HasSubstr("AMX")));
}

TEST(CheckDevice, SaysWhichPrecisionsItDoesInF32) {
  const steppe::support::Bf16Variable variable{nullptr};
  if (steppe::compute::why_no_bf16().empty()) GTEST_SKIP() << "bfloat16 products are fast here";
  EXPECT_THAT(devices_text({check_device("cpu")}),
              HasSubstr("precision bf16x6 or bf16x3 or bf16 needs a processor with AMX"));
}

TEST(CheckDevice, SaysWhyADeviceIsOfNoUse) {
  const auto checked = check_device("fat");
  EXPECT_FALSE(checked.works());
  EXPECT_TRUE(checked.precisions.empty());
  EXPECT_THAT(checked.trouble, HasSubstr("did you mean 'far'"));
}

TEST(CheckDevices, SaysWhyThereIsNoGpuOrTriesIt) {
  const auto json = devices_json(check_devices());
  ASSERT_GE(json.size(), 3U);
  EXPECT_EQ(json[1]["for_tests"], true);
  EXPECT_EQ(json[2]["name"], "gpu");
  const auto why = steppe::compute::device_trouble("gpu");
  EXPECT_EQ(json[2]["there"], why.empty());
  EXPECT_EQ(json[2]["works"], why.empty());
  EXPECT_EQ(json[2]["trouble"], why);
}

}  // namespace
