#include "framework/data/fit.hpp"

#include "framework/compute/varies.hpp"

#include <cmath>

namespace steppe::data {

namespace {

/// `take(column, value)` for every entry of the rows that counts.
template <class Take>
void for_each_entry(const Dataset& data, std::span<const std::uint32_t> rows, bool filled_only,
                    const Take& take) {
  const auto features = data.features();
  const auto masks = data.masks();
  const auto slots = data.mask_of();
  for (const auto r : rows) {
    const float* row = features.row(r);
    const float* filled = filled_only ? masks.row(r) : nullptr;
    for (std::size_t c = 0; c < features.columns; ++c)
      if (!filled || slots[c] < 0 || filled[slots[c]] != 0.0F) take(c, row[c]);
  }
}

}  // namespace

Standardisation fit_standardisation(const Dataset& data, std::span<const std::uint32_t> rows,
                                    bool filled_only) {
  const auto columns = data.features().columns;
  std::vector<double> mean(columns, 0.0), square(columns, 0.0), count(columns, 0.0);
  for_each_entry(data, rows, filled_only, [&](std::size_t c, float value) {
    mean[c] += value;
    ++count[c];
  });
  for (std::size_t c = 0; c < columns; ++c)
    if (count[c] > 0) mean[c] /= count[c];
  for_each_entry(data, rows, filled_only, [&](std::size_t c, float value) {
    const double centred = value - mean[c];
    square[c] += centred * centred;
  });

  Standardisation out;
  for (std::size_t c = 0; c < columns; ++c) {
    const double deviation = count[c] > 0 ? std::sqrt(square[c] / count[c]) : 0.0;
    out.mean.push_back(static_cast<float>(mean[c]));
    const bool varies = compute::varies(mean[c], deviation);
    out.factor.push_back(varies ? static_cast<float>(1.0 / deviation) : 1.0F);
    out.deviation.push_back(varies ? static_cast<float>(deviation) : 0.0F);
  }
  return out;
}

}  // namespace steppe::data
