#include "framework/run/events/dataset.hpp"

#include "framework/plugin/handles.hpp"
#include "framework/run/events/chunk.hpp"
#include "framework/run/events/conveyor.hpp"
#include "framework/run/events/finite_rows.hpp"

#include <algorithm>
#include <deque>
#include <filesystem>
#include <map>
#include <optional>
#include <utility>
#include <vector>

#include <fmt/format.h>
#include <oneapi/tbb/task_arena.h>

namespace steppe::run {

namespace {

using plugin::BoundTransform;
using plugin::Instance;
using plugin::StageHost;

/// Collects what one call gives.
class ChunkReceiver final : public plugin::RowReceiver {
 public:
  explicit ChunkReceiver(Chunk& to) : to_{to} {}
  void columns(const Columns& columns) override { to_.columns = columns.size(); }
  void append(std::size_t rows, const float* values, const std::uint64_t* ids) override {
    to_.append(rows, values, ids);
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
    for (std::size_t i = 0; i < bound_.size(); ++i) {
      StageHost host{"transform", instances_[i].name(), surroundings_};
      if (bound_[i].surveys()) surveys_.emplace(i, plugin::Survey{bound_[i], host});
    }
  }

  const Columns& columns() const { return columns_; }
  std::size_t size() const { return bound_.size(); }
  /// The first transform from `first` on that has to see all rows before its work; else size().
  std::size_t next_survey(std::size_t first) const {
    const auto found = surveys_.lower_bound(first);
    return found == surveys_.end() ? size() : found->first;
  }
  /// Shows rows to a transform that surveys. [one thread]
  void survey(std::size_t transform, const Chunk& chunk) {
    StageHost host{"transform", instances_[transform].name(), surroundings_};
    surveys_.at(transform).add(host, chunk.rows(), chunk.values.data(), chunk.event_ids.data());
  }

  /// Transforms `first` to `last`, without that. [any thread]
  void apply(Chunk& chunk, std::size_t first, std::size_t last) const {
    for (std::size_t i = first; i < last; ++i) {
      surroundings_.stop_if_cancelled();
      StageHost host{"transform", instances_[i].name(), surroundings_};
      const auto counted = surveys_.find(i);
      Chunk next;
      next.columns = i + 1 < bound_.size() ? bound_[i + 1].input().size() : columns_.size();
      next.make_room(chunk.rows());  // most give as many rows as they get
      ChunkReceiver receiver{next};
      bound_[i].apply(host, counted == surveys_.end() ? nullptr : counted->second.get(),
                      chunk.rows(), chunk.values.data(), chunk.event_ids.data(), receiver);
      chunk = std::move(next);
    }
  }

 private:
  plugin::Surroundings surroundings_;
  std::deque<Instance> instances_;
  std::vector<BoundTransform> bound_;
  std::map<std::size_t, plugin::Survey> surveys_;  ///< by transform
  Columns columns_;
};

/// Takes the reader's rows, while it reads on, through the transforms into the data set. At a
/// transform that surveys, all rows are held back until it has seen the last.
class Intake final : public plugin::RowReceiver {
 public:
  Intake(const pipeline::DataNode& node, const plugin::Surroundings& surroundings,
         const Loading& how)
      : node_{node}, surroundings_{surroundings}, how_{how} {}

  void columns(const Columns& columns) override {
    reader_columns_ = filling_.columns = columns.size();
    finite_.emplace(node_, columns);
    chain_.emplace(node_, columns, surroundings_);
    data_ = std::make_shared<data::Dataset>(chain_->columns(), node_.kept, how_.keeping);
    send(0, chain_->next_survey(0));
  }

  void append(std::size_t rows, const float* values, const std::uint64_t* ids) override {
    if (!chain_) throw plugin::PluginError{"it gave rows before its columns"};
    rows_since_file_ += rows;
    for (std::size_t first = 0; first < rows;) {
      const auto before = filling_.rows();
      const auto count = std::min(how_.chunk_rows - before, rows - first);
      if (before == 0) filling_.make_room(how_.chunk_rows);
      const float* from = values + first * reader_columns_;
      filling_.append(count, from, ids + first);
      finite_->mend(filling_, before);
      if (filling_.rows() == how_.chunk_rows) send_filled();
      first += count;
    }
  }

  void file(const std::string& path, std::uint64_t rows,
            std::optional<std::uint64_t> expected) override {
    if (expected && *expected != rows)
      throw data::DataError{
          fmt::format("file '{}' gave {} rows and says it has {}", path, rows, *expected)};
    const auto events = std::exchange(rows_since_file_, 0);
    if (events == 0)
      note(fmt::format("reader '{}': no event was taken from '{}'", node_.reader.name, path));
    data_->add_file({path, rows, events});
  }

  /// Sends the last rows, and waits for what is on its way. @throws what went wrong with it.
  void settle() {
    if (filling_.rows() > 0) send_filled();
    if (on_their_way_) on_their_way_->finish();
  }

  std::shared_ptr<data::Dataset> take() {
    if (!data_)
      throw data::DataError{fmt::format("reader '{}' gave no columns", node_.reader.name)};
    settle();
    finite_->conclude(data_->files(), [this](const std::string& sentence) { note(sentence); });
    data_->set_gaps(finite_->gaps());
    for (auto at = chain_->next_survey(0); at < chain_->size();) {
      const auto last = chain_->next_survey(at + 1);
      release(at, last);
      at = last;
    }
    data_->finish();
    return std::move(data_);
  }

 private:
  void note(const std::string& sentence) const {
    if (surroundings_.log) surroundings_.log(STEPPE_NOTE, sentence);
  }

  void send_filled() {
    on_their_way_->add(std::exchange(filling_, Chunk{reader_columns_, {}, {}}));
  }

  /// From now on chunks go through transforms `first` to `last`, without that: to where they are
  /// held back, or into the data set.
  void send(std::size_t first, std::size_t last) {
    on_their_way_.emplace(
        [this, first, last](Chunk& chunk) {
          surroundings_.stop_if_cancelled();
          chain_->apply(chunk, first, last);
        },
        [this, last](Chunk&& chunk) {
          if (last == chain_->size())
            return data_->append(chunk.rows(), chunk.values.data(), chunk.event_ids.data());
          chain_->survey(last, chunk);
          held_.push_back(std::move(chunk));
        });
  }

  /// Takes on what was held back for transform `at`, and lets go of it bit by bit.
  void release(std::size_t at, std::size_t last) {
    auto rows = std::exchange(held_, {});
    send(at, last);
    for (; !rows.empty(); rows.pop_front()) on_their_way_->add(std::move(rows.front()));
    settle();
  }

  const pipeline::DataNode& node_;
  const plugin::Surroundings& surroundings_;
  const Loading& how_;
  std::size_t reader_columns_ = 0;
  std::uint64_t rows_since_file_ = 0;
  std::optional<FiniteRows> finite_;
  std::optional<Chain> chain_;
  std::shared_ptr<data::Dataset> data_;
  Chunk filling_;                         ///< the next one, of what the reader gave last
  std::deque<Chunk> held_;                ///< for the next transform that surveys
  std::optional<Conveyor> on_their_way_;  ///< the last, for it is at work on all the others
};

}  // namespace

std::shared_ptr<const data::Dataset> load_dataset(const pipeline::DataNode& node,
                                                  const plugin::Surroundings& surroundings,
                                                  const Loading& how) {
  const compute::Profile::Span at_work{surroundings.profile, "loading"};
  const Instance reader{*node.reader.info, node.reader.settings, node.reader.name};
  StageHost host{"reader", node.reader.name, surroundings};
  // Whoever waits here helps with chunks, and takes up no other node's work meanwhile.
  return tbb::this_task_arena::isolate([&] {
    Intake intake{node, surroundings, how};
    try {
      plugin::read(reader, host, intake);
    } catch (...) {
      intake.settle();  // what went wrong with earlier rows comes first
      throw;
    }
    std::shared_ptr<const data::Dataset> data = intake.take();
    data->check(node.name, how.purpose);
    return data;
  });
}

std::string files_in_short(const data::Dataset& data) {
  constexpr std::size_t shown = 4;
  const auto& files = data.files();
  std::vector<std::string> parts;
  for (std::size_t i = 0; i < std::min(shown, files.size()); ++i)
    parts.push_back(fmt::format("{} of '{}'", files[i].events,
                                std::filesystem::path{files[i].path}.filename().string()));
  if (files.size() > shown) parts.push_back(fmt::format("{} more files", files.size() - shown));
  return parts.empty() ? "" : fmt::format("; read {}", fmt::join(parts, ", "));
}

}  // namespace steppe::run
