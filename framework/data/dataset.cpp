#include "framework/data/dataset.hpp"

#include <algorithm>
#include <cmath>
#include <unordered_set>

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

Dataset::Dataset(Columns columns, const std::vector<std::string>& kept)
    : columns_{std::move(columns)} {
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

  for (const auto feature : feature_columns_) mask_of_.push_back(mask_for(columns_.items[feature]));
}

/// The mask of the slot a column lies in; -1 where there is none.
int Dataset::mask_for(const Column& column) const {
  const auto mask = std::find_if(mask_columns_.begin(), mask_columns_.end(), [&](std::size_t m) {
    return columns_.items[m].group == column.group && columns_.items[m].slot == column.slot;
  });
  return mask == mask_columns_.end() ? -1 : static_cast<int>(mask - mask_columns_.begin());
}

void Dataset::append(std::size_t rows, const float* values, const std::uint64_t* event_ids) {
  const auto first = this->rows();
  features_.resize((first + rows) * feature_stride_, 0.0F);
  masks_.reserve((first + rows) * mask_columns_.size());
  for (std::size_t r = 0; r < rows; ++r) {
    const float* row = values + r * columns_.size();
    float* features = features_.data() + (first + r) * feature_stride_;
    for (std::size_t f = 0; f < feature_columns_.size(); ++f)
      features[f] = row[feature_columns_[f]];
    for (const auto column : mask_columns_) masks_.push_back(row[column]);
    for (const auto column : kept_columns_) kept_.push_back(row[column]);
    const float label = labelled_ ? row[target_column_] : 0.0F;
    const bool good = classes_ == 0 ? std::isfinite(label) : is_class(label, classes_);
    if (!good) refuse_label(first + r, label);
    labels_.push_back(label);
    weights_.push_back(weight_column_ == none ? 1.0F : row[weight_column_]);
  }
  event_ids_.insert(event_ids_.end(), event_ids, event_ids + rows);
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
  for (std::size_t r = 0; r < rows(); ++r) {
    const float* row = features_.data() + r * feature_stride_;
    for (std::size_t f = 0; f < feature_columns_.size(); ++f)
      check_finite(name, r, row[f], feature_columns_[f]);
    for (std::size_t k = 0; k < kept_columns_.size(); ++k)
      check_finite(name, r, kept_[r * kept_columns_.size() + k], kept_columns_[k]);
    if (!std::isfinite(weights_[r]))
      throw DataError{
          fmt::format("data set '{}' has weight {} at event {}", name, weights_[r], event_ids_[r])};
  }
  std::unordered_set<std::uint64_t> seen;
  seen.reserve(rows());
  for (const auto id : event_ids_)
    if (!seen.insert(id).second)
      throw DataError{fmt::format("data set '{}' has event {} twice", name, id)};
}

void Dataset::check_finite(const std::string& name, std::size_t row, float value,
                           std::size_t column) const {
  if (!std::isfinite(value))
    throw DataError{fmt::format("data set '{}' has the value {} in column '{}' of event {}", name,
                                value, columns_.items[column].name, event_ids_[row])};
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
                                  : kept_[row * kept_columns_.size() + kept]);
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
