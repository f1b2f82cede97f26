// Faults that a program for a GPU may have, each planted here, and what the rig catches it by: so
// that where all other tests pass on the rig, none of these is in the product.
#include "framework/compute/gpu/card.hpp"
#include "framework/compute/gpu/storage.hpp"

#include <csignal>
#include <cstdlib>
#include <cstring>

#include "device_fixture.hpp"
#include <gmock/gmock.h>
#include <oneapi/dnnl/dnnl_ocl.hpp>

namespace steppe::compute {
namespace {

class Fault : public testing::Test {
 protected:
  void SetUp() override { GTEST_FLAG_SET(death_test_style, "threadsafe"); }

  Tensor filled(std::size_t rows, std::size_t columns, float value) {
    const Tensor out = device->matrix(rows, columns);
    queue->fill(out, value);
    queue->wait();
    return out;
  }

  std::shared_ptr<Device> device = open_device("gpu");
  std::unique_ptr<Queue> queue = device->queue();
};

using FaultDeathTest = Fault;

/// Caught by: values that are not those of the last operation. What maps does not wait for another
/// queue, and the copy that the host gets is of what was there.
TEST_F(Fault, AMissingWaitBeforeMapGivesOldValues) {
  constexpr int steps = 100;
  const Tensor x = filled(1000, 1000, 0.0F), one = filled(1000, 1000, 1.0F);
  const auto other = gpu::Card::open(0).queue();
  for (int i = 0; i < steps; ++i) queue->axpy(1.0F, one, x);
  auto& storage = gpu::storage_of(x);
  const float early = storage.map(other.get())[x.offset];
  storage.unmap(other.get());
  EXPECT_NE(early, static_cast<float>(steps));

  queue->fill(x, 0.0F);
  for (int i = 0; i < steps; ++i) queue->axpy(1.0F, one, x);
  EXPECT_EQ(*Mapped(*queue, x)->data, static_cast<float>(steps));  // the same with the wait
}

/// Caught by: values that are not those of the tensor. A handle is an object of the driver's.
TEST_F(Fault, AHostThatReadsAHandleGetsNoneOfItsValues) {
  const Tensor x = filled(1, 16, 1.5F);
  float read[16];
  std::memcpy(read, gpu::memory_of(x), sizeof read);
  int right = 0;
  for (const float value : read) right += value == 1.5F ? 1 : 0;
  EXPECT_EQ(right, 0);
}

/// Caught by: the rig, which refuses it in a kernel of ours and in a product alike, as drivers do.
TEST_F(Fault, MemoryOfAnotherEngineIsRefused) {
  const dnnl::engine stranger{dnnl::engine::kind::gpu, 0};
  constexpr std::size_t floats = 64 * 64;
  cl_int status = CL_SUCCESS;
  gpu::Owned<cl_mem> memory{clCreateBuffer(dnnl::ocl_interop::get_context(stranger),
                                           CL_MEM_READ_WRITE, floats * sizeof(float), nullptr,
                                           &status)};
  ASSERT_EQ(status, CL_SUCCESS);
  const Tensor foreign{
      std::make_shared<gpu::GpuStorage>(device, floats, std::move(memory)), 0, 64, 64, 64, nullptr};
  const Tensor own = filled(64, 64, 1.0F);
  EXPECT_THROW(queue->copy(foreign, own), DeviceError);
  EXPECT_THROW(queue->matmul(own, foreign, own, Transpose::none), DeviceError);
}

/// Caught by: the rig, which counts at the end, and by which every test of the rig then fails.
TEST_F(FaultDeathTest, AForgottenUnmapIsCountedAtTheEnd) {
  const auto forget = [] {
    const auto owner = open_device("gpu");
    const auto on = owner->queue();
    static const Tensor x = owner->matrix(2, 2);  // or its end would be the buffer's
    on->map(x);
    std::exit(0);
  };
  EXPECT_EXIT(forget(), testing::ExitedWithCode(0), "buffers are still mapped at the end");
}

/// Caught by: the rig, which leaves nothing where memory was mapped.
TEST_F(FaultDeathTest, AUseAfterUnmapEndsTheProgram) {
  const auto use = [this] {
    const Tensor x = filled(2, 2, 1.0F);
    const float* values = queue->map(x).data;
    queue->unmap(x);
    std::exit(*static_cast<const volatile float*>(values) == 1.0F ? 0 : 1);
  };
  EXPECT_EXIT(use(), testing::KilledBySignal(SIGSEGV), "");
}

}  // namespace
}  // namespace steppe::compute
