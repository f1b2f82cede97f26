// The same bits for any number of threads, on any device.
#include "framework/compute/shards.hpp"

#include <functional>

#include "bf16.hpp"
#include "device_fixture.hpp"
#include <oneapi/tbb/global_control.h>
#include <oneapi/tbb/task_arena.h>

namespace steppe::compute {
namespace {

/// Runs `work` on at most `count` threads, more than there are cores if need be.
void on_threads(int count, const std::function<void()>& work) {
  const tbb::global_control limit{tbb::global_control::max_allowed_parallelism,
                                  static_cast<std::size_t>(count)};
  tbb::task_arena{count}.execute(work);
}

/// Every operation whose result could depend on how its rows are cut or added.
std::vector<float> all_results(const char* name, std::size_t rows, Precision precision) {
  const auto device = open_device(name);
  const auto queue = device->queue();
  constexpr std::size_t inputs = 45, units = 24;
  const Tensor x = device->matrix(rows, inputs), w = device->matrix(inputs, units),
               y = device->matrix(rows, units), z = device->matrix(rows, units),
               dw = device->matrix(inputs, units), norms = device->matrix(rows, 1),
               row = device->matrix(1, units), mean = device->matrix(1, 1);
  queue->normal({1, 1}, ids(rows), 1.0F, x);
  queue->normal({1, 2}, ids(inputs), 0.3F, w);
  std::vector<float> results;
  const auto collect = [&](const Tensor& tensor) {
    const Mapped mapped{*queue, tensor};
    for (std::size_t r = 0; r < tensor.rows; ++r)
      results.insert(results.end(), mapped->row(r), mapped->row(r) + tensor.columns);
  };
  queue->matmul(x, w, y, Transpose::none, {.precision = precision});
  collect(y);
  queue->matmul(x, y, dw, Transpose::first, {.precision = precision});
  collect(dw);
  queue->matmul(y, w, x, Transpose::second, {.precision = precision});
  collect(x);
  queue->column_sums(y, row);
  collect(row);
  queue->row_norms(x, norms);
  collect(norms);
  Queue::BatchNorm norm{row,
                        row,
                        device->matrix(1, units),
                        device->matrix(1, units),
                        device->matrix(1, units),
                        device->matrix(1, units)};
  queue->batch_norm_train(norm, true, y, z);
  collect(z);
  collect(norm.running_variance);
  queue->activate(Activation::silu, 0.0F, z, z);
  queue->batch_norm_backward(norm, true, y, z, z, row, {});
  collect(z);
  collect(row);
  queue->weighted_mean(norms, norms, mean);
  collect(mean);
  results.push_back(static_cast<float>(queue->dot(y, y) / static_cast<double>(rows)));
  return results;
}

void expect_same_results(std::size_t rows, Precision precision) {
  std::vector<float> first;
  on_threads(1, [&] { first = all_results("cpu", rows, precision); });
  for (const char* name : {"cpu", "far"}) {
    for (const int threads : {1, 2, 4}) {
      std::vector<float> results;
      on_threads(threads, [&] { results = all_results(name, rows, precision); });
      EXPECT_TRUE(same_bits(results, first))
          << name << ", " << threads << " threads, " << rows << ", " << name_of(precision);
    }
  }
}

TEST(Threads, NeitherTheirNumberNorTheDeviceChangesABit) {
  for (const std::size_t rows : {1U, 100U, 128U, 129U, 700U, 5000U})
    expect_same_results(rows, Precision::f32);
}

TEST(Threads, NeitherTheirNumberNorTheDeviceChangesABitOfBf16Products) {
  if (const auto reason = support::without_bf16(); !reason.empty()) GTEST_SKIP() << reason;
  for (const std::size_t rows : {1U, 128U, 700U, 3000U})
    for (const Precision precision :
         {Precision::bf16x6, Precision::bf16x3, Precision::bf16x2, Precision::bf16})
      expect_same_results(rows, precision);
}

TEST(Threads, ShareALongFlatBufferAndLeaveItsPaddingAlone) {
  const auto table = std::make_shared<SegmentTable>();
  table->add("a", 1, 100'003);
  table->add("b", 300'001, 1);
  table->add("c", 7, 11);
  const auto device = open_device("cpu");
  const auto queue = device->queue();
  const std::vector<std::uint64_t> row{0};
  const Tensor x = device->flat(table), start = device->flat(table);
  queue->normal({4, 1}, row, 1.0F, x);
  queue->normal({4, 2}, row, 1.0F, start);
  const Mapped from{*queue, x}, before{*queue, start};
  // The same segment by segment, as matrices.
  const Tensor wanted = device->flat(table), y = device->flat(table);
  for (std::size_t s = 0; s < table->segments().size(); ++s) {
    queue->copy(start.segment(s), wanted.segment(s));
    queue->axpby(0.3F, x.segment(s), 0.7F, wanted.segment(s));
  }
  const auto values = [&](const Tensor& of) {
    const Mapped view{*queue, of};
    return std::vector<float>(view->data, view->data + of.columns);
  };
  for (const int threads : {1, 2, 4}) {
    on_threads(threads, [&] {
      queue->fill(y, 9.0F);
      queue->copy(start, y);
      queue->axpby(0.3F, x, 0.7F, y);
    });
    EXPECT_TRUE(same_bits(values(y), values(wanted))) << threads;
  }
}

TEST(Shards, CoverAllRowsOnceAndDependOnTheirNumberOnly) {
  EXPECT_EQ(shard_count(0), 1U);
  EXPECT_EQ(shard_count(128), 1U);
  EXPECT_EQ(shard_count(129), 2U);
  EXPECT_EQ(shard_count(1921), 16U);
  EXPECT_EQ(shard_count(1000000), 16U);
  for (const std::size_t rows : {1U, 128U, 129U, 1000U, 99999U}) {
    std::vector<std::size_t> ends(shard_count(rows) + 1, 0);
    for_each_shard(rows, [&](std::size_t shard, std::size_t first, std::size_t last) {
      EXPECT_LT(first, last);
      ends[shard + 1] = last;
      EXPECT_EQ(shard == 0, first == 0);
    });
    EXPECT_TRUE(std::ranges::is_sorted(ends));
    EXPECT_EQ(ends.back(), rows);
  }
}

TEST(Shards, AreAddedInATree) {
  // (1 + 2^-53) + (2^-53 + 2^-53) differs from the same sum from left to right.
  std::vector<double> partial{1.0, 0x1p-53, 0x1p-53, 0x1p-53};
  add_tree(partial.data(), 4, 1, 0, 1);
  EXPECT_EQ(partial[0], (1.0 + 0x1p-53) + (0x1p-53 + 0x1p-53));
  EXPECT_NE(partial[0], ((1.0 + 0x1p-53) + 0x1p-53) + 0x1p-53);
}

TEST(Threads, AnErrorInAShardReachesTheCaller) {
  EXPECT_THROW(for_each_shard(1000,
                              [](std::size_t shard, std::size_t, std::size_t) {
                                if (shard == 3) throw DeviceError{"no"};
                              }),
               DeviceError);
}

}  // namespace
}  // namespace steppe::compute
