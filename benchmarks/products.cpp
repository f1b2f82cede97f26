// How long products of the network of arXiv:2411.09296 take in each precision, and what of that is
// making terms:
//
//   products [<rounds>]
//
// A round goes through all products in all precisions, so that what else the machine does meets
// them alike; figures are medians over rounds, of time on the core. Where oneDNN has no bfloat16
// products it says so and ends with 77.
#include "framework/compute/bf16_terms.hpp"
#include "framework/compute/device.hpp"

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <functional>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "build_information.hpp"

namespace {

using namespace steppe::compute;

constexpr std::size_t batch = 128;

double now() {
  std::timespec time{};
  ::clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
  return static_cast<double>(time.tv_sec) + 1e-9 * static_cast<double>(time.tv_nsec);
}

/// Microseconds of one call, over about a millisecond of them.
double microseconds(const std::function<void()>& work) {
  std::size_t calls = 0;
  const double begin = now();
  double took = 0;
  while (took < 1e-3) {
    work();
    ++calls;
    took = now() - begin;
  }
  return 1e6 * took / static_cast<double>(calls);
}

struct Case {
  std::string name;
  std::function<void()> work;
  std::vector<double> times = {};
};

class Cases {
 public:
  void add_layer(std::size_t in, std::size_t out) {
    const auto layer = std::to_string(in) + " -> " + std::to_string(out);
    const Tensor x = random(batch, in), w = random(in, out), y = random(batch, out);
    const Tensor dx = device_->matrix(batch, in), dw = device_->matrix(in, out);
    for (const auto precision : precisions) {
      const MatmulOptions how{.precision = precision};
      const auto add = [&](const char* what, Tensor a, Tensor b, Tensor c, Transpose transpose) {
        cases_.push_back(
            {layer + ", " + what + ", " + std::string{name_of(precision)},
             [this, a, b, c, transpose, how] { queue_->matmul(a, b, c, transpose, how); }});
      };
      add("forward", x, w, y, Transpose::none);
      add("events", y, w, dx, Transpose::second);
      add("weights", x, y, dw, Transpose::first);
      if (precision != Precision::f32) add_terms(layer, w, precision);
    }
  }

  void run(int rounds) {
    for (int round = 0; round <= rounds; ++round)  // the first one compiles
      for (auto& one : cases_) {
        const double took = microseconds(one.work);
        if (round > 0) one.times.push_back(took);
      }
  }

  void print() {
    std::map<std::string, double> in_f32;
    for (auto& one : cases_) {
      std::ranges::sort(one.times);
      const double median = one.times[one.times.size() / 2];
      const auto what = one.name.substr(0, one.name.rfind(','));
      in_f32.try_emplace(what, median);
      std::printf("%-34s %8.2f us", one.name.c_str(), median);
      if (what.ends_with("terms of W"))
        std::printf("\n");
      else
        std::printf("   %5.2f of f32\n", median / in_f32.at(what));
    }
  }

 private:
  static constexpr Precision precisions[] = {Precision::f32, Precision::bf16x6, Precision::bf16x3,
                                             Precision::bf16};

  Tensor random(std::size_t rows, std::size_t columns) {
    const Tensor out = device_->matrix(rows, columns);
    std::vector<std::uint64_t> ids(rows);
    for (std::size_t i = 0; i < rows; ++i) ids[i] = i;
    queue_->normal({1, rows + columns}, ids, 1.0F, out);
    return out;
  }

  void add_terms(const std::string& layer, const Tensor& w, Precision precision) {
    cases_.push_back(
        {layer + ", terms of W, " + std::string{name_of(precision)}, [this, w, precision] {
           const Mapped mapped{*queue_, w};
           bf16::lay(*mapped, bf16::second_operand(precision), bf16::Along::rows, memory_);
         }});
  }

  std::shared_ptr<Device> device_ = open_device("cpu");
  std::unique_ptr<Queue> queue_ = device_->queue();
  GrowingMemory memory_;
  std::vector<Case> cases_;
};

}  // namespace

int main(int argc, char** argv) try {
  const int rounds = argc > 1 ? std::atoi(argv[1]) : 15;
  std::printf("%s\n", steppe::benchmarks::build_information(STEPPE_BUILT).c_str());
  Cases cases;
  cases.add_layer(602, 128);
  cases.add_layer(128, 64);
  cases.add_layer(64, 32);
  cases.run(std::max(rounds, 1));
  cases.print();
  return 0;
} catch (const DeviceError& error) {
  std::fprintf(stderr, "%s\n", error.what());
  return 77;
}
