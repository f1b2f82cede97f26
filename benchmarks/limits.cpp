// What this machine can do at most: arithmetic in f32 and in bf16, and bytes to and from each level
// of memory, with one core and with two. Each figure is the best of many short moments, so that
// what else runs hardly counts.
//
//   limits
#include "framework/compute/device.hpp"
#include "framework/compute/onednn.hpp"
#include "framework/compute/peak.hpp"
#include "framework/compute/worker_setup.hpp"

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdio>
#include <exception>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "bandwidth.hpp"
#include "build_information.hpp"
#include <sys/mman.h>

namespace {

using namespace steppe;
using Clock = std::chrono::steady_clock;
using Type = dnnl::memory::data_type;

constexpr double megabyte = 1e6;

/// The product of two square matrices by oneDNN, as a rate and by its own name.
struct Product {
  double gflops = 0;
  std::string implementation;
};

Product product(Type type, dnnl::memory::dim n) {
  const dnnl::engine engine{dnnl::engine::kind::cpu, 0};
  dnnl::stream stream{engine};
  const dnnl::memory::desc shape{{n, n}, type, {n, 1}};
  const auto description = compute::onednn::matmul(engine, shape, shape, shape, {});
  const dnnl::memory a{shape, engine}, b{shape, engine}, c{shape, engine};
  for (const auto& operand : {a, b})
    std::fill_n(static_cast<unsigned char*>(operand.get_data_handle()), shape.get_size(),
                static_cast<unsigned char>(0x3c));  // small and positive in both types
  const dnnl::matmul matmul{description};
  double best = 0;
  for (int moment = 0; moment < 50; ++moment) {
    const auto begin = Clock::now();
    matmul.execute(stream, {{DNNL_ARG_SRC, a}, {DNNL_ARG_WEIGHTS, b}, {DNNL_ARG_DST, c}});
    stream.wait();
    const std::chrono::duration<double, std::nano> took = Clock::now() - begin;
    best = std::max(best, 2.0 * static_cast<double>(n * n * n) / took.count());
  }
  return {best, description.impl_info_str()};
}

void show_product(const char* name, Type type) {
  constexpr dnnl::memory::dim n = 512;
  try {
    const auto found = product(type, n);
    fmt::print("  {:<28} {:8.1f} Gflop/s   {}\n", name, found.gflops, found.implementation);
  } catch (const std::exception& error) {
    fmt::print("  {:<28} {:>8}           oneDNN refuses: {}\n", name, "-", error.what());
  }
}

void show_arithmetic() {
  compute::prepare_thread();
  fmt::print("arithmetic, one core\n");
  fmt::print("  {:<28} {:8.1f} Gflop/s   multiplications and additions in registers\n",
             "f32, chains", compute::peak_gflops());
  show_product("f32, product 512", Type::f32);
  show_product("bf16, product 512", Type::bf16);
  // A product in bf16 also comes out where units for it are missing: only slower than in f32.
  const auto flags = fmt::format(" {} {} ", benchmarks::line_of("/proc/cpuinfo", "flags"),
                                 benchmarks::line_of("/proc/cpuinfo", "Features"));
  for (const auto& [flag, what] :
       {std::pair{"avx512_bf16", "AVX-512 products of bf16"},
        std::pair{"amx_bf16", "AMX tiles of bf16"}, std::pair{"bf16", "Arm's products of bf16"}})
    fmt::print("  {:<28} {}\n", what,
               flags.find(fmt::format(" {} ", flag)) != std::string::npos ? "the processor has them"
                                                                          : "missing here");
}

struct Level {
  const char* name;
  std::size_t bytes;  ///< of what is read or written, in all
};

/// As the system tells it; what sysconf knows of the last one may be that of the whole host.
std::size_t cache_bytes(int index, std::size_t otherwise) {
  std::ifstream file{fmt::format("/sys/devices/system/cpu/cpu0/cache/index{}/size", index)};
  std::size_t kilobytes = 0;
  return file >> kilobytes ? kilobytes * 1024 : otherwise;
}

/// Half of a cache, so that nothing else has to leave it; of the last one a quarter.
std::vector<Level> levels() {
  return {{"L1", cache_bytes(0, 32U << 10U) / 2},
          {"L2", cache_bytes(2, 1U << 20U) / 2},
          {"L3", cache_bytes(3, 32U << 20U) / 4},
          {"DRAM", std::size_t{256} << 20U}};
}

void show_bandwidths() {
  fmt::print("\nbytes, GB/s; a copy counts what it reads and what it writes\n");
  fmt::print("  {:<6}{:>12}{:>10}{:>10}{:>10}{:>14}{:>10}{:>10}\n", "", "bytes", "read", "write",
             "copy", "2 cores: read", "write", "copy");
  for (const auto& level : levels()) {
    fmt::print("  {:<6}{:>12}", level.name, level.bytes);
    for (const unsigned cores : {1U, 2U})
      for (const auto traffic :
           {benchmarks::Traffic::read, benchmarks::Traffic::write, benchmarks::Traffic::copy})
        fmt::print("{:>{}.1f}", benchmarks::gigabytes_per_second(traffic, level.bytes, cores),
                   cores == 2 && traffic == benchmarks::Traffic::read ? 14 : 10);
    fmt::print("\n");
    std::fflush(stdout);
  }
}

/// Of this process, in bytes.
std::size_t huge_pages() {
  const auto kilobytes = benchmarks::line_of("/proc/self/smaps_rollup", "AnonHugePages:");
  return kilobytes.empty() ? 0 : std::strtoull(kilobytes.c_str(), nullptr, 10) * 1024;
}

void show_huge_pages() {
  constexpr std::size_t bytes = std::size_t{128} << 20U;
  std::ifstream file{"/sys/kernel/mm/transparent_hugepage/enabled"};
  std::string setting;
  std::getline(file, setting);
  fmt::print("\nhuge pages ({})\n", setting.empty() ? "the system does not say" : setting);
  const auto show = [&](const char* what, std::size_t before) {
    const auto now = huge_pages();
    fmt::print("  {:<28} {:.0f} of {:.0f} MB\n", what,
               static_cast<double>(now - std::min(before, now)) / megabyte,
               static_cast<double>(bytes) / megabyte);
  };
  {
    const auto before = huge_pages();
    const auto device = compute::open_device("cpu");
    const auto tensor = device->matrix(bytes / sizeof(float) / 1024, 1024);
    show("a tensor of the device", before);
  }
  {
    const auto before = huge_pages();
    const std::vector<float> values(bytes / sizeof(float), 1.0F);
    show("a vector, as data sets have", before);
  }
  void* pages = ::mmap(nullptr, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (pages == MAP_FAILED) return;
  const auto before = huge_pages();
  ::madvise(pages, bytes, MADV_HUGEPAGE);
  std::fill_n(static_cast<char*>(pages), bytes, '\1');
  show("asked for (madvise)", before);
  ::munmap(pages, bytes);
}

}  // namespace

int main() {
  fmt::print("{}\n", benchmarks::build_information(STEPPE_BUILT));
  show_arithmetic();
  show_bandwidths();
  show_huge_pages();
}
