#include "framework/run/dataset.hpp"

#include "framework/plugin/handles.hpp"

#include <deque>
#include <optional>
#include <utility>
#include <vector>

#include <fmt/format.h>
#include <oneapi/tbb/parallel_for.h>
#include <oneapi/tbb/task_arena.h>

namespace steppe::run {

namespace {

using plugin::BoundTransform;
using plugin::Instance;
using plugin::StageHost;

/// Rows on their way from one stage to the next.
struct Chunk {
  std::size_t columns = 0;
  std::vector<float> values;
  std::vector<std::uint64_t> event_ids;
};

/// Collects what one call gives.
class ChunkReceiver final : public plugin::RowReceiver {
 public:
  explicit ChunkReceiver(Chunk& to) : to_{to} {}
  void columns(const Columns& columns) override { to_.columns = columns.size(); }
  void append(std::size_t rows, const float* values, const std::uint64_t* ids) override {
    to_.values.insert(to_.values.end(), values, values + rows * to_.columns);
    to_.event_ids.insert(to_.event_ids.end(), ids, ids + rows);
  }

 private:
  Chunk& to_;
};

/// The transforms of a node, each bound to the columns it gets.
class Chain {
 public:
  Chain(const pipeline::DataNode& node, Columns columns, const plugin::Surroundings& surroundings)
      : surroundings_{surroundings} {
    for (const auto& stage : node.transforms)
      instances_.emplace_back(*stage.info, stage.settings, stage.name);
    for (const auto& instance : instances_) {
      auto next = plugin::transform_columns(instance, columns);
      bound_.emplace_back(instance, std::exchange(columns, std::move(next)));
    }
    columns_ = std::move(columns);
  }

  const Columns& columns() const { return columns_; }

  /// [any thread]
  void apply(Chunk& chunk) const {
    for (std::size_t i = 0; i < bound_.size(); ++i) {
      StageHost host{"transform", instances_[i].name(), surroundings_};
      Chunk next;
      next.columns = i + 1 < bound_.size() ? bound_[i + 1].input().size() : columns_.size();
      ChunkReceiver receiver{next};
      bound_[i].apply(host, chunk.event_ids.size(), chunk.values.data(), chunk.event_ids.data(),
                      receiver);
      chunk = std::move(next);
    }
  }

 private:
  plugin::Surroundings surroundings_;
  std::deque<Instance> instances_;
  std::vector<BoundTransform> bound_;
  Columns columns_;
};

/// Takes the reader's chunks, a handful at a time, through the transforms into the data set.
class Intake final : public plugin::RowReceiver {
 public:
  Intake(const pipeline::DataNode& node, const plugin::Surroundings& surroundings)
      : node_{node}, surroundings_{surroundings} {}

  void columns(const Columns& columns) override {
    reader_columns_ = columns.size();
    chain_.emplace(node_, columns, surroundings_);
    data_ = std::make_shared<data::Dataset>(chain_->columns());
  }

  void append(std::size_t rows, const float* values, const std::uint64_t* ids) override {
    if (!chain_) throw plugin::PluginError{"it gave rows before its columns"};
    for (std::size_t first = 0; first < rows; first += chunk_rows) {
      const auto count = std::min(chunk_rows, rows - first);
      const float* from = values + first * reader_columns_;
      waiting_.push_back({reader_columns_,
                          {from, from + count * reader_columns_},
                          {ids + first, ids + first + count}});
      if (waiting_.size() == chunks_at_once) flush();
    }
  }

  void file(const std::string& path, std::uint64_t rows,
            std::optional<std::uint64_t> expected) override {
    if (expected && *expected != rows)
      throw data::DataError{
          fmt::format("file '{}' gave {} rows and says it has {}", path, rows, *expected)};
    data_->add_file({path, rows});
  }

  std::shared_ptr<data::Dataset> take() {
    flush();
    if (!data_)
      throw data::DataError{fmt::format("reader '{}' gave no columns", node_.reader.name)};
    return std::move(data_);
  }

 private:
  static constexpr std::size_t chunk_rows = 1024;
  static constexpr std::size_t chunks_at_once = 16;

  void flush() {
    tbb::this_task_arena::isolate([&] {
      tbb::parallel_for(std::size_t{0}, waiting_.size(),
                        [&](std::size_t i) { chain_->apply(waiting_[i]); });
    });
    for (const auto& chunk : waiting_)
      data_->append(chunk.event_ids.size(), chunk.values.data(), chunk.event_ids.data());
    waiting_.clear();
  }

  const pipeline::DataNode& node_;
  const plugin::Surroundings& surroundings_;
  std::size_t reader_columns_ = 0;
  std::optional<Chain> chain_;
  std::shared_ptr<data::Dataset> data_;
  std::vector<Chunk> waiting_;
};

}  // namespace

std::shared_ptr<const data::Dataset> load_dataset(const pipeline::DataNode& node,
                                                  const plugin::Surroundings& surroundings,
                                                  data::Purpose purpose) {
  const Instance reader{*node.reader.info, node.reader.settings, node.reader.name};
  StageHost host{"reader", node.reader.name, surroundings};
  Intake intake{node, surroundings};
  plugin::read(reader, host, intake);
  auto data = intake.take();
  data->check(node.name, purpose);
  return data;
}

}  // namespace steppe::run
