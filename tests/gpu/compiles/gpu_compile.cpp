// Compiles for the first GPU what Steppe runs on it, in a process of its own: compilers of drivers
// end the process now and then. It tells what it is at (tasks.hpp).
//
//   gpu_compile product|kernels|planted|unused <first task>
#include "framework/compute/gpu/launch.hpp"
#include "framework/run/events/dataset.hpp"
#include "framework/run/study.hpp"
#include "framework/run/train/training.hpp"

#include <cstdlib>
#include <set>
#include <string_view>
#include <tuple>

#include "known_bugs.hpp"
#include "tiny_study.hpp"
#include <fmt/format.h>
#include <oneapi/dnnl/dnnl_ocl.hpp>

namespace {

using namespace steppe;
using compute::Transpose;
using testing::Tasks;

/// One program a file, and all its kernels, which have to take the groups they are started in.
void compile(Tasks& tasks, compute::gpu::Programs& programs, std::string_view file) {
  tasks.run(fmt::format("{}.cl", file), [&] {
    const auto device = dnnl::ocl_interop::get_device(compute::gpu::Card::open(0).engine());
    for (const auto& name : programs.kernels_of(file)) {
      const auto kernel = programs.kernel(name);
      std::size_t most = 0;
      compute::gpu::require(
          clGetKernelWorkGroupInfo(kernel.get(), device, CL_KERNEL_WORK_GROUP_SIZE, sizeof most,
                                   &most, nullptr),
          "tell the size of a group");
      if (most < compute::gpu::group)
        throw compute::DeviceError{fmt::format("'{}' runs in groups of {} at most", name, most)};
      Tasks::tell("kernel", name);
    }
  });
}

void compile_kernels(Tasks& tasks) {
  for (const auto& source : compute::gpu::kernel_sources())
    if (std::ranges::count(compute::gpu::shared_parts, source.name) == 0)
      compile(tasks, compute::gpu::Card::open(0).programs(), source.name);
}

/// The paper's study in small, on the network of the quickstart, which is the paper's: five
/// trainings, scores, and four measures of sharpness. There are test jets for whole batches of 128,
/// so that most products have a size that other studies meet too.
pipeline::Plan study() {
  return testing::plan_of(
      "extends = '" STEPPE_PIPELINES
      "/toy_study.toml'\n"
      "[pipeline]\nsplits = { train = 0.4, validation = 0.2, test = 0.4 }\n",
      {"values.jets=400", "values.epochs=1", "matrix.trial=1", "matrix.train=[\"pythia\"]",
       "sharpness.ascent_weights.events=128", "sharpness.ascent_inputs.events=128",
       "sharpness.hessian_inputs.events=128", "sharpness.hessian_weights.events=128"});
}

using Products = std::set<std::tuple<std::size_t, std::size_t, std::size_t, Transpose>>;

/// All products of the study, from the processor's run of it.
Products products_of(const pipeline::Plan& plan) {
  compute::Profile profile;
  run::Observer nobody;
  run::StudyOptions options;
  options.profile = &profile;
  const auto outcome = run::run_study(plan, options, nobody);
  if (!outcome.failures.empty()) throw std::runtime_error{outcome.failures.front().sentence};
  Products out;
  const auto sums = profile.sums();
  for (const auto& [stage, kernel, spent] : sums.kernels)
    if (kernel.operation == "matmul")
      out.emplace(kernel.rows, kernel.inner, kernel.columns, kernel.transpose);
  return out;
}

void make_products(Tasks& tasks, const pipeline::Plan& plan) {
  const auto device = compute::open_device("gpu");
  const auto queue = device->queue();
  for (const auto& [rows, inner, columns, transpose] : products_of(plan)) {
    const bool first = transpose == Transpose::first, second = transpose == Transpose::second;
    const auto a = first ? device->matrix(inner, rows) : device->matrix(rows, inner);
    const auto b = second ? device->matrix(columns, inner) : device->matrix(inner, columns);
    const auto c = device->matrix(rows, columns);
    // As oneDNN spells it.
    tasks.run(fmt::format("product {0}x{1}:{1}x{2}:{0}x{2}{3}", rows, inner, columns,
                          first    ? " of the first transposed"
                          : second ? " of the second transposed"
                                   : ""),
              [&, how = transpose] {
                queue->matmul(a, b, c, how);
                queue->wait();
              });
  }
}

/// Submits everything a training does. Nothing is executed, so what a training reads back is what
/// memory held before; all that may be wrong with it is a loss that is no number.
void take_steps(Tasks& tasks, const pipeline::Plan& plan) {
  const auto data = run::load_dataset(plan.data[plan.trainings.front().data], {});
  for (const auto& training : plan.trainings) {
    const auto name = training.attacks.empty() ? "clean" : training.attacks.front().name;
    tasks.run(fmt::format("training {}", name), [&] {
      plugin::Surroundings surroundings;
      surroundings.seed = plan.seed;
      try {
        run::train(training, *data, plan.splits, compute::open_device("gpu"), surroundings);
      } catch (const std::exception& error) {
        if (std::string_view{error.what()}.find("loss is") == std::string_view::npos) throw;
      }
    });
  }
}

/// What has to be found out: a kernel that is wrong beside one that is right, and a process that
/// ends.
void planted(Tasks& tasks) {
  const auto& engine = compute::gpu::Card::open(0).engine();
  std::vector<compute::gpu::Source> sources;
  const auto all = compute::gpu::kernel_sources();
  sources.assign(all.begin(), all.end());
  sources.push_back({"broken", "KERNEL(no_such_type)(global flaot *x) { x[0] = 0.0f; }\n"});
  sources.push_back({"right", "KERNEL(zero)(global float *x) { x[0] = 0.0f; }\n"});
  compute::gpu::Programs programs{
      dnnl::ocl_interop::get_context(engine), dnnl::ocl_interop::get_device(engine), {}, sources};
  compile(tasks, programs, "broken");
  tasks.run("end of the process", [] { std::abort(); });
  compile(tasks, programs, "right");
}

}  // namespace

int main(int count, char** arguments) {
  if (count != 3) return 2;
  const std::string_view what = arguments[1];
  Tasks tasks{std::strtoul(arguments[2], nullptr, 10)};
  try {
    Tasks::tell("device", compute::open_device("gpu")->description());
    if (what == "planted") planted(tasks);
    if (what == "unused")
      testing::make_unused_primitives(tasks, compute::gpu::Card::open(0).engine());
    if (what == "kernels" || what == "product") compile_kernels(tasks);
    if (what == "product") {
      const auto plan = study();
      make_products(tasks, plan);
      take_steps(tasks, plan);
    }
  } catch (const std::exception& error) {
    Tasks::tell("failed", error.what());
    return 1;
  }
  return 0;
}
