// Rows on their way from a reader to the host: gathered one by one, handed on in chunks, so that
// no reader holds a whole file.
#pragma once

#include <steppe/columns.hpp>

#include <cstddef>
#include <cstdint>
#include <vector>

namespace steppe {

class RowBuffer {
 public:
  /// `most`: rows taken in all, 0: any number. `chunk`: rows handed on at a time.
  RowBuffer(const RowSink& sink, std::size_t columns, std::int64_t most, std::int64_t chunk)
      : sink_{sink},
        columns_{columns},
        most_{static_cast<std::uint64_t>(most)},
        chunk_{static_cast<std::size_t>(chunk)} {
    values_.reserve(columns_ * chunk_);
    ids_.reserve(chunk_);
  }

  bool full() const { return most_ > 0 && taken_ == most_; }

  /// The next row: zeros to be filled in, good until the next call.
  float* add(std::uint64_t event_id) {
    if (ids_.size() == chunk_) flush();
    ids_.push_back(event_id);
    ++taken_;
    values_.resize(ids_.size() * columns_);
    return values_.data() + values_.size() - columns_;
  }

  void flush() {
    if (ids_.empty()) return;
    sink_.append(values_, ids_);
    values_.clear();
    ids_.clear();
  }

 private:
  const RowSink& sink_;
  std::size_t columns_;
  std::uint64_t most_, taken_ = 0;
  std::size_t chunk_;
  std::vector<float> values_;
  std::vector<std::uint64_t> ids_;
};

}  // namespace steppe
