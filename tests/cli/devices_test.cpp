// What `devices` and `doctor` find out about devices.
#include "framework/cli/devices.hpp"

#include "framework/compute/device.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace {

using namespace steppe::cli;
using testing::ElementsAre;
using testing::HasSubstr;

TEST(CheckDevice, FindsThatTheHostAndTheTestDeviceCompute) {
  for (const auto* name : {"cpu", "far"}) {
    const auto checked = check_device(name);
    EXPECT_TRUE(checked.works()) << checked.trouble;
    EXPECT_THAT(checked.precisions, ElementsAre("f32"));
    EXPECT_THAT(checked.description, HasSubstr("oneDNN"));
  }
}

TEST(CheckDevice, SaysWhyADeviceIsOfNoUse) {
  const auto checked = check_device("fat");
  EXPECT_FALSE(checked.works());
  EXPECT_TRUE(checked.precisions.empty());
  EXPECT_THAT(checked.trouble, HasSubstr("did you mean 'far'"));
}

TEST(CheckDevices, SaysWhyThereIsNoGpuOrTriesIt) {
  const auto json = devices_json(check_devices());
  ASSERT_EQ(json.size(), 3U);
  EXPECT_EQ(json[1]["for_tests"], true);
  EXPECT_EQ(json[2]["name"], "gpu");
  const auto why = steppe::compute::device_trouble("gpu");
  EXPECT_EQ(json[2]["there"], why.empty());
  EXPECT_EQ(json[2]["works"], why.empty());
  EXPECT_EQ(json[2]["trouble"], why);
}

}  // namespace
