#include "framework/data/dataset.hpp"

#include <algorithm>
#include <cmath>
#include <unordered_set>

#include <fmt/format.h>

namespace steppe::data {

namespace {

constexpr std::size_t none = static_cast<std::size_t>(-1);

std::size_t row_stride(std::size_t columns) { return (columns + 15) / 16 * 16; }

}  // namespace

Dataset::Dataset(Columns columns) : columns_{std::move(columns)} {
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
        break;
      case Role::target:
        if (target_column_ != none) throw DataError{"there is more than one target column"};
        target_column_ = i;
        break;
      case Role::weight:
        if (weight_column_ != none) throw DataError{"there is more than one weight column"};
        weight_column_ = i;
        break;
    }
  }
  labelled_ = target_column_ != none;
  if (feature_columns_.empty()) throw DataError{"there is no feature column"};
  feature_stride_ = row_stride(feature_columns_.size());

  for (const auto feature : feature_columns_) {
    const auto& column = columns_.items[feature];
    const auto mask = std::find_if(mask_columns_.begin(), mask_columns_.end(), [&](std::size_t m) {
      return columns_.items[m].group == column.group && columns_.items[m].slot == column.slot;
    });
    mask_of_.push_back(
        mask == mask_columns_.end() ? -1 : static_cast<int>(mask - mask_columns_.begin()));
  }
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
    const float label = labelled_ ? row[target_column_] : 0.0F;
    if (label != 0.0F && label != 1.0F)
      throw DataError{
          fmt::format("row {} has label {} in column '{}'; 0 is background, 1 is signal", first + r,
                      label, columns_.items[target_column_].name)};
    labels_.push_back(label);
    weights_.push_back(weight_column_ == none ? 1.0F : row[weight_column_]);
  }
  event_ids_.insert(event_ids_.end(), event_ids, event_ids + rows);
}

void Dataset::check(const std::string& name, Purpose purpose) const {
  if (rows() == 0) throw DataError{fmt::format("data set '{}' has no events", name)};
  if (purpose == Purpose::study && !labelled_)
    throw DataError{fmt::format("data set '{}' has no target column", name)};
  const auto signal = signal_rows();
  if (purpose == Purpose::study && (signal == 0 || signal == rows()))
    throw DataError{
        fmt::format("data set '{}' has {} signal and {} background events; it needs both", name,
                    signal, rows() - signal)};
  for (std::size_t r = 0; r < rows(); ++r) {
    const float* row = features_.data() + r * feature_stride_;
    for (std::size_t f = 0; f < feature_columns_.size(); ++f)
      if (!std::isfinite(row[f]))
        throw DataError{fmt::format("data set '{}' has the value {} in column '{}' of event {}",
                                    name, row[f], columns_.items[feature_columns_[f]].name,
                                    event_ids_[r])};
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

std::size_t Dataset::signal_rows() const {
  return static_cast<std::size_t>(std::count(labels_.begin(), labels_.end(), 1.0F));
}

}  // namespace steppe::data
