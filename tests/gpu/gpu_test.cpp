// The room of GPUs itself: what it refuses, what it keeps, and where its products begin. Everything
// it computes is tested with the other devices (tests/compute).
#include "framework/compute/gpu/card.hpp"

#include <fstream>

#include "device_fixture.hpp"
#include <gmock/gmock.h>
#include <oneapi/dnnl/dnnl_ocl.hpp>

namespace steppe::compute {
namespace {

using testing::HasSubstr;

class Gpu : public testing::Test {
 protected:
  std::shared_ptr<Device> device = open_device("gpu");
  std::unique_ptr<Queue> queue = device->queue();
};

template <class Work>
std::string refusal(const Work& work) {
  try {
    work();
  } catch (const DeviceError& error) {
    return error.what();
  }
  return "accepted";
}

TEST_F(Gpu, IsCountedFromZeroAndTakenByAuto) {
  EXPECT_EQ(open_device("gpu:0")->name(), "gpu");
  EXPECT_EQ(open_device("auto")->name(), "gpu");
  EXPECT_EQ(device_trouble("gpu"), "");
  EXPECT_THAT(device_trouble("gpu:7"), HasSubstr("one GPU, 'gpu'"));
  EXPECT_THAT(refusal([] { open_device("gpu:7"); }), HasSubstr("'gpu:7' is not there"));
  EXPECT_THAT(refusal([] { open_device("gpu:x"); }), HasSubstr("there is no device 'gpu:x'"));
}

TEST_F(Gpu, TellsModelAndDriver) {
  EXPECT_THAT(device->description(), HasSubstr("OpenCL"));
  EXPECT_EQ(device_numerics("gpu"), device_numerics("gpu:0"));
  EXPECT_NE(device_numerics("gpu"), "gpu");
  EXPECT_EQ(device_numerics("cpu"), "cpu");
}

TEST_F(Gpu, SaysThatATensorIsTooLarge) {
  EXPECT_THAT(refusal([&] { device->allocate(std::size_t{1} << 33U); }), HasSubstr("32 bits"));
  EXPECT_THAT(refusal([&] { gpu::Card::open(0).room(std::size_t{1} << 50U); }),
              HasSubstr("use a smaller batch"));
}

TEST_F(Gpu, ShowsTensorsOfOneBufferAtATime) {
  const Tensor whole = device->matrix(4, 4), part = whole.slice_rows(1, 2);
  {
    const Mapped all{*queue, whole}, some{*queue, part};
    all->row(2)[3] = 5.0F;
    EXPECT_EQ(some->row(1)[3], 5.0F);
    some->row(0)[0] = 6.0F;
  }
  const Mapped again{*queue, whole};
  EXPECT_EQ(again->row(1)[0], 6.0F);
  EXPECT_EQ(again->row(2)[3], 5.0F);
}

TEST_F(Gpu, RefusesWhatTheHostHasMapped) {
  const Tensor x = device->matrix(2, 2), y = device->matrix(2, 2);
  queue->map(x);
  EXPECT_THROW(queue->copy(x, y), DeviceError);
  EXPECT_THROW(queue->matmul(x, x, y, Transpose::none), DeviceError);
  queue->unmap(x);
  queue->copy(x, y);
  EXPECT_THROW(queue->unmap(x), DeviceError);
}

TEST_F(Gpu, MultipliesWhateverAnOperandStartsAt) {
  const auto cpu = open_device("cpu");
  const auto on_cpu = cpu->queue();
  for (const Transpose transpose : {Transpose::none, Transpose::first, Transpose::second}) {
    for (std::size_t first = 0; first < 4; ++first) {
      const auto products = [&](Device& where, Queue& with) {
        const Tensor a = where.matrix(40, 33), b = where.matrix(40, 33), c = where.matrix(40, 33);
        with.normal({1, 1}, ids(40), 1.0F, a);
        with.normal({1, 2}, ids(40), 1.0F, b);
        const bool inner = transpose == Transpose::first;
        const Tensor left = a.slice_rows(first, 33), right = b.slice_rows(first, 33),
                     to = c.slice_rows(first, 33);
        with.matmul(left, right, to, transpose);
        if (inner) with.matmul(left, right, to, transpose, {.accumulate = true});
        std::vector<float> values;
        const Mapped view{with, c};
        for (std::size_t r = 0; r < c.rows; ++r)
          values.insert(values.end(), view->row(r), view->row(r) + c.columns);
        return values;
      };
      const auto wanted = products(*cpu, *on_cpu), got = products(*device, *queue);
      for (std::size_t i = 0; i < wanted.size(); ++i) ASSERT_NEAR(got[i], wanted[i], 1e-4) << i;
    }
  }
}

TEST_F(Gpu, KeepsCompiledKernelsAndMendsBrokenOnes) {
  const auto folder = std::filesystem::path{testing::TempDir()} / "steppe_kept_kernels";
  std::filesystem::remove_all(folder);
  const auto& engine = gpu::Card::open(0).engine();
  const auto files = [&] {
    std::vector<std::filesystem::path> found;
    for (const auto& entry : std::filesystem::directory_iterator{folder})
      found.push_back(entry.path());
    return found;
  };
  const auto kernel = [&] {
    gpu::Programs programs{dnnl::ocl_interop::get_context(engine),
                           dnnl::ocl_interop::get_device(engine), folder};
    return programs.kernel("matmul.matmul");
  };
  EXPECT_TRUE(kernel());
  ASSERT_EQ(files().size(), 1U);
  const auto path = files().front();
  const auto size = std::filesystem::file_size(path);
  EXPECT_TRUE(kernel());
  EXPECT_EQ(files(), std::vector{path});
  std::ofstream{path} << "no program";
  EXPECT_TRUE(kernel());
  EXPECT_EQ(std::filesystem::file_size(path), size);
}

TEST_F(Gpu, NamesTheLineAtWhichAKernelDoesNotCompile) {
  const auto& engine = gpu::Card::open(0).engine();
  const auto all = gpu::kernel_sources();
  std::vector<gpu::Source> sources{all.begin(), all.end()};
  sources.push_back({"broken", "\nKERNEL(wrong)(global flaot *x) { x[0] = 0.0f; }\n"});
  gpu::Programs programs{
      dnnl::ocl_interop::get_context(engine), dnnl::ocl_interop::get_device(engine), {}, sources};
  EXPECT_THAT(refusal([&] { programs.kernel("broken.wrong"); }),
              testing::AllOf(HasSubstr("cannot compile its kernels 'broken.cl' with the driver"),
                             HasSubstr("try another version of the driver, or use 'cpu'"),
                             HasSubstr("broken.cl:2"), HasSubstr("flaot")));
  EXPECT_THAT(refusal([&] { programs.kernel("nothing.at_all"); }), HasSubstr("'nothing.cl'"));
  EXPECT_THAT(refusal([&] { programs.kernel("matmul.no"); }), HasSubstr("'matmul.no'"));
}

}  // namespace
}  // namespace steppe::compute
