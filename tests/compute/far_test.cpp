// The test device is as strict as it says.
#include "device_fixture.hpp"

namespace steppe::compute {
namespace {

class Far : public testing::Test {
 protected:
  void SetUp() override { GTEST_FLAG_SET(death_test_style, "threadsafe"); }

  std::shared_ptr<Device> device = open_device("far");
  std::unique_ptr<Queue> queue = device->queue();
};

using FarDeathTest = Far;

TEST_F(FarDeathTest, MemoryIsUnreadableAfterUnmap) {
  const Tensor tensor = device->matrix(2, 2);
  const View view = queue->map(tensor);
  view.data[0] = 1.0F;
  queue->unmap(tensor);
  EXPECT_DEATH(std::printf("%g", static_cast<double>(*static_cast<volatile float*>(view.data))),
               "");
}

TEST_F(FarDeathTest, MemoryIsUnwritableAfterUnmap) {
  const Tensor tensor = device->matrix(2, 2);
  const View view = queue->map(tensor);
  queue->unmap(tensor);
  EXPECT_DEATH(*static_cast<volatile float*>(view.data) = 1.0F, "");
}

TEST_F(Far, CountsItsMaps) {
  const Tensor tensor = device->matrix(2, 2);
  const View view = queue->map(tensor);
  queue->map(tensor);
  queue->unmap(tensor);
  view.data[0] = 3.0F;
  queue->unmap(tensor);
  EXPECT_THROW(queue->unmap(tensor), DeviceError);
}

TEST_F(Far, PutsTensorsAtOffsets) {
  EXPECT_GT(device->matrix(2, 2).offset, 0U);
  auto table = std::make_shared<SegmentTable>();
  table->add("a", 2, 2);
  EXPECT_GT(device->flat(table).offset, 0U);
}

TEST_F(Far, RunsNothingBeforeWait) {
  // A gather shows when it runs: it reads host memory, which may change until then.
  float source[1] = {1.0F};
  const std::vector<std::uint32_t> rows{0};
  const Tensor tensor = device->matrix(1, 1);
  queue->gather({source, 1, 1, 1}, rows, tensor);
  source[0] = 2.0F;
  queue->wait();
  source[0] = 3.0F;
  EXPECT_EQ(*Mapped(*queue, tensor)->data, 2.0F);
}

TEST_F(Far, RefusesOperationsOnWhatTheHostHasMapped) {
  const Tensor x = device->matrix(2, 2), y = device->matrix(2, 2);
  queue->map(x);
  EXPECT_THROW(queue->copy(x, y), DeviceError);
  queue->unmap(x);
  queue->copy(x, y);
}

TEST_F(Far, RunsAsItSubmittedEvenIfTheTensorIsGone) {
  const Tensor kept = device->matrix(1, 4);
  {
    const Tensor passing = device->matrix(1, 4);
    queue->fill(passing, 2.0F);
    queue->copy(passing, kept);
  }
  EXPECT_EQ(*Mapped(*queue, kept)->data, 2.0F);
}

}  // namespace
}  // namespace steppe::compute
