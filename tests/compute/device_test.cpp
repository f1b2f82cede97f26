// Opening devices, and what they refuse.
#include "device_fixture.hpp"

namespace steppe::compute {
namespace {

TEST(OpenDevice, NamesTheDevicesThereAre) {
  try {
    open_device("cpuu");
    FAIL() << "opened";
  } catch (const DeviceError& error) {
    EXPECT_STREQ(
        error.what(),
        "there is no device 'cpuu' here; did you mean 'cpu'?; there are 'cpu', 'gpu', 'auto' "
        "and 'far'");
  }
}

class Devices : public OnDevice {};

TEST_P(Devices, KnowTheirNameAndWhatShapesTheirNumbers) {
  EXPECT_EQ(device->name(), GetParam());
  EXPECT_NE(device->description().find("oneDNN"), std::string::npos);
}

TEST_P(Devices, GiveZeros) {
  for (const float value : bits(device->matrix(7, 33))) EXPECT_EQ(value, 0.0F);
}

TEST_P(Devices, GiveZerosForAQueueAlsoWhereSomethingLay) {
  const auto fresh = device->queue();
  for (int time = 0; time < 3; ++time) {
    const Tensor matrix = fresh->matrix(7, 33);
    for (const float value : bits(matrix)) EXPECT_EQ(value, 0.0F);
    fresh->fill(matrix, 1.0F);
    fresh->wait();
  }
}

TEST_P(Devices, KeepTensorsOfAQueueThatIsGone) {
  auto fresh = device->queue();
  const Tensor matrix = fresh->matrix(3, 20), other = fresh->matrix(2, 2);
  fresh->fill(matrix, 2.5F);
  fresh->wait();
  fresh.reset();
  for (const float value : bits(matrix)) EXPECT_EQ(value, 2.5F);
}

TEST_P(Devices, StartLongRowsOnCacheLines) {
  EXPECT_EQ(device->matrix(2, 602).stride, 608U);
  EXPECT_EQ(device->matrix(2, 17).stride, 32U);
  EXPECT_EQ(device->matrix(2, 16).stride, 16U);
  EXPECT_EQ(device->matrix(2, 1).stride, 1U);
}

TEST_P(Devices, RefuseTensorsOfAnotherDevice) {
  const auto other = open_device(GetParam());
  const Tensor mine = device->matrix(2, 2), theirs = other->matrix(2, 2);
  EXPECT_THROW(queue->copy(theirs, mine), DeviceError);
  EXPECT_THROW(queue->map(theirs), DeviceError);
}

TEST_P(Devices, RefuseShapesThatDiffer) {
  try {
    queue->axpy(1.0F, device->matrix(2, 3), device->matrix(2, 4));
    FAIL() << "accepted";
  } catch (const DeviceError& error) {
    EXPECT_STREQ(error.what(), "'axpy' was given a tensor of 2 x 3 where it needs 2 x 4");
  }
}

TEST_P(Devices, RefuseRowsThatAreNotThere) {
  const float table[4] = {};
  const std::vector<std::uint32_t> rows{1, 2};
  EXPECT_THROW(queue->gather({table, 2, 2, 2}, rows, device->matrix(2, 2)), DeviceError);
}

TEST_P(Devices, LiveAsLongAsTheirTensors) {
  Tensor tensor = open_device(GetParam())->matrix(2, 2);
  EXPECT_EQ(tensor.storage->device()->name(), GetParam());
}

STEPPE_ON_EVERY_DEVICE(Devices);

}  // namespace
}  // namespace steppe::compute
