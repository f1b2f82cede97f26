#include "framework/data/dataset.hpp"

#include "framework/data/finite.hpp"

#include <algorithm>
#include <cmath>
#include <utility>

#include <fmt/format.h>

namespace steppe::data {

namespace {

constexpr std::size_t none = static_cast<std::size_t>(-1);

std::size_t row_stride(std::size_t columns) { return (columns + 15) / 16 * 16; }

/// Whether a label is one of 0 ... classes - 1.
bool is_class(float label, std::size_t classes) {
  return label >= 0.0F && label < static_cast<float>(classes) && std::trunc(label) == label;
}

}  // namespace

Dataset::Dataset(Columns columns, const std::vector<std::string>& kept, Keeping keeping)
    : columns_{std::move(columns)}, keeping_{std::move(keeping)} {
  target_column_ = weight_column_ = none;
  for (std::size_t i = 0; i < columns_.size(); ++i) {
    switch (columns_.items[i].role) {
      case Role::feature:
        feature_columns_.push_back(i);
        break;
      case Role::mask:
        mask_columns_.push_back(i);
        break;
      case Role::side:
        if (std::ranges::count(kept, columns_.items[i].name) > 0) kept_columns_.push_back(i);
        break;
      case Role::target:
        if (target_column_ != none) throw DataError{"there is more than one target column"};
        target_column_ = i;
        classes_ = static_cast<std::size_t>(columns_.items[i].classes);
        break;
      case Role::weight:
        if (weight_column_ != none) throw DataError{"there is more than one weight column"};
        weight_column_ = i;
        break;
    }
  }
  labelled_ = target_column_ != none;
  if (feature_columns_.empty() && kept.empty()) throw DataError{"there is no feature column"};
  feature_stride_ = row_stride(feature_columns_.size());
  feature_runs_ = runs_of(feature_columns_);
  mask_runs_ = runs_of(mask_columns_);
  kept_runs_ = runs_of(kept_columns_);
  for (const auto feature : feature_columns_) mask_of_.push_back(mask_for(columns_.items[feature]));
}

/// The mask of the slot a column lies in; -1 where there is none.
int Dataset::mask_for(const Column& column) const {
  const auto mask = std::find_if(mask_columns_.begin(), mask_columns_.end(), [&](std::size_t m) {
    return columns_.items[m].group == column.group && columns_.items[m].slot == column.slot;
  });
  return mask == mask_columns_.end() ? -1 : static_cast<int>(mask - mask_columns_.begin());
}

std::vector<Dataset::Run> Dataset::runs_of(const std::vector<std::size_t>& columns) {
  std::vector<Run> out;
  for (std::size_t i = 0; i < columns.size(); ++i) {
    if (!out.empty() && columns[i] == out.back().from + out.back().count)
      ++out.back().count;
    else
      out.push_back({columns[i], i, 1});
  }
  return out;
}

void Dataset::copy(const std::vector<Run>& runs, std::size_t rows, const float* values, float* to,
                   std::size_t stride) const {
  for (std::size_t r = 0; r < rows; ++r)
    for (const auto& run : runs)
      std::copy_n(values + r * columns_.size() + run.from, run.count, to + r * stride + run.to);
}

/// Moves to a file what with `rows` more would be too large.
void Dataset::make_room(std::size_t rows) {
  const auto width = feature_stride_ + mask_columns_.size() + kept_columns_.size();
  if (in_file_ || (this->rows() + rows) * width * sizeof(float) <= keeping_.in_memory) return;
  for (auto* part : {&features_, &masks_, &kept_}) part->move_to_file(keeping_.folder);
  in_file_ = true;
}

void Dataset::append(std::size_t all_rows, const float* all_values,
                     const std::uint64_t* event_ids) {
  const auto masks = mask_columns_.size(), kept = kept_columns_.size();
  make_room(all_rows);
  // Some at a time: they are looked at several times, and after the first they are in a near cache.
  constexpr std::size_t most = 64;
  for (std::size_t at = 0; at < all_rows; at += most) {
    const auto first = this->rows(), rows = std::min(most, all_rows - at);
    const float* values = all_values + at * columns_.size();
    remember_gap(rows, values);
    copy(feature_runs_, rows, values, features_.grow(rows * feature_stride_), feature_stride_);
    copy(mask_runs_, rows, values, masks_.grow(rows * masks), masks);
    copy(kept_runs_, rows, values, kept_.grow(rows * kept), kept);
    for (std::size_t r = 0; r < rows; ++r) {
      const float* row = values + r * columns_.size();
      const float label = labelled_ ? row[target_column_] : 0.0F;
      const bool good = classes_ == 0 ? std::isfinite(label) : is_class(label, classes_);
      if (!good) refuse_label(first + r, label);
      labels_.push_back(label);
      weights_.push_back(weight_column_ == none ? 1.0F : row[weight_column_]);
    }
    event_ids_.insert(event_ids_.end(), event_ids + at, event_ids + at + rows);
  }
}

void Dataset::finish() {
  for (auto* part : {&features_, &masks_, &kept_}) part->finish();
}

/// What is not finite is refused in the end, by the first of them in the first row that has one.
void Dataset::remember_gap(std::size_t rows, const float* values) {
  if (gap_ || all_finite(values, rows * columns_.size())) return;
  for (std::size_t r = 0; r < rows && !gap_; ++r) {
    const float* row = values + r * columns_.size();
    const auto look_at = [&](std::size_t column) {
      if (!gap_ && !std::isfinite(row[column])) gap_ = Gap{this->rows() + r, column, row[column]};
    };
    for (const auto column : feature_columns_) look_at(column);
    for (const auto column : kept_columns_) look_at(column);
    if (weight_column_ != none) look_at(weight_column_);
  }
}

void Dataset::refuse_label(std::size_t row, float label) const {
  const auto& column = columns_.items[target_column_].name;
  if (classes_ == 0)
    throw DataError{fmt::format("row {} has the target {} in column '{}'; it must be finite", row,
                                label, column)};
  throw DataError{fmt::format(
      "row {} has label {} in column '{}'; {}", row, label, column,
      classes_ == 2 ? "0 is background, 1 is signal"
                    : fmt::format("its {} classes are 0 to {}", classes_, classes_ - 1))};
}

void Dataset::check(const std::string& name, Purpose purpose) const {
  if (rows() == 0) throw DataError{fmt::format("data set '{}' has no events", name)};
  if (purpose == Purpose::study && !labelled_)
    throw DataError{fmt::format("data set '{}' has no target column", name)};
  const auto counts = class_rows();
  if (purpose == Purpose::study && std::ranges::count(counts, 0U) > 0) {
    if (classes_ == 2)
      throw DataError{
          fmt::format("data set '{}' has {} signal and {} background events; it needs both", name,
                      counts[1], counts[0])};
    throw DataError{
        fmt::format("data set '{}' has {} events of its classes 0 to {}; it needs some of each",
                    name, fmt::join(counts, ", "), classes_ - 1)};
  }
  if (gap_) refuse_gap(name);
  auto ids = event_ids_;
  std::ranges::sort(ids);
  if (const auto twice = std::ranges::adjacent_find(ids); twice != ids.end())
    throw DataError{fmt::format("data set '{}' has event {} twice", name, *twice)};
}

void Dataset::refuse_gap(const std::string& name) const {
  if (gap_->column == weight_column_)
    throw DataError{fmt::format("data set '{}' has weight {} at event {}", name, gap_->value,
                                event_ids_[gap_->row])};
  throw DataError{fmt::format("data set '{}' has the value {} in column '{}' of event {}", name,
                              gap_->value, columns_.items[gap_->column].name,
                              event_ids_[gap_->row])};
}

Columns Dataset::feature_table() const {
  Columns out{{}, columns_.domain};
  for (const auto column : feature_columns_) out.items.push_back(columns_.items[column]);
  return out;
}

compute::HostMatrix Dataset::features() const {
  return {features_.data(), rows(), feature_columns_.size(), feature_stride_};
}

compute::HostMatrix Dataset::masks() const {
  return {masks_.data(), rows(), mask_columns_.size(), mask_columns_.size()};
}

std::vector<float> Dataset::filled_values(std::size_t column,
                                          std::vector<std::uint32_t>& rows) const {
  const auto place = [&](const std::vector<std::size_t>& columns) {
    const auto found = std::ranges::find(columns, column);
    return found == columns.end() ? none : static_cast<std::size_t>(found - columns.begin());
  };
  const auto feature = place(feature_columns_), mask = place(mask_columns_);
  const auto kept = place(kept_columns_);
  const int own_mask = mask == none ? mask_for(columns_.items[column]) : -1;
  if (own_mask >= 0)
    std::erase_if(rows, [&](auto row) { return masks().row(row)[own_mask] == 0.0F; });
  std::vector<float> out;
  out.reserve(rows.size());
  for (const std::size_t row : rows)
    out.push_back(feature != none ? features().row(row)[feature]
                  : mask != none  ? masks().row(row)[mask]
                                  : kept_.data()[row * kept_columns_.size() + kept]);
  return out;
}

std::vector<std::size_t> Dataset::class_rows() const {
  if (!labelled_) return {};
  std::vector<std::size_t> counts(classes_, 0);
  if (classes_ > 0)
    for (const float label : labels_) ++counts[static_cast<std::size_t>(label)];
  return counts;
}

}  // namespace steppe::data
