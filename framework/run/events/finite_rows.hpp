// What happens to values of a reader that are not finite, before any transform sees them: the
// reader's wiring `nan` and `impute_value`.
//
// Every column counts, because a transform may read any of them; where there is no transform, side
// columns that no distribution shows are read by nobody and may hold anything.
#pragma once

#include "framework/data/dataset.hpp"
#include "framework/pipeline/plan.hpp"
#include "framework/run/events/chunk.hpp"

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

namespace steppe::run {

class FiniteRows {
 public:
  /// `columns` are those of the node's reader.
  FiniteRows(const pipeline::DataNode& node, const Columns& columns);

  /// Leaves finite rows in the chunk from row `first` on; those before were looked at. Once a value
  /// was refused every row is left out, and only counted: nothing comes of the data.
  void mend(Chunk& chunk, std::size_t first = 0);
  /// After the last row. `files`: what the rows came from, in their order. @throws DataError with
  /// counts by column and the first place where values were refused; else says what was left out or
  /// put in.
  void conclude(const std::vector<data::FileRecord>& files,
                const std::function<void(const std::string&)>& note) const;

  const data::GapRecord& gaps() const { return gaps_; }

 private:
  enum class Policy { refuse, drop, impute };
  struct Column {
    std::string name;
    bool counts = true;      ///< somebody may read it
    bool imputable = false;  ///< a feature or a side column, not what an event is or weighs
    std::uint64_t bad = 0;
  };

  bool mend_row(float* row, std::uint64_t event_id);
  std::string counted(bool refused) const;
  std::string first_place(const std::vector<data::FileRecord>& files) const;
  bool refuses(const Column& column) const;

  std::string reader_;
  Policy policy_;
  float replacement_;
  std::vector<Column> columns_;
  std::uint64_t rows_ = 0;
  std::uint64_t first_event_ = 0, first_row_ = 0;  ///< the first refused; rows count from 1
  bool refused_ = false;
  data::GapRecord gaps_;
};

}  // namespace steppe::run
