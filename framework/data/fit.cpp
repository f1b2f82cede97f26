#include "framework/data/fit.hpp"

#include <cmath>

namespace steppe::data {

Standardisation fit_standardisation(const Dataset& data, std::span<const std::uint32_t> rows) {
  const auto features = data.features();
  std::vector<double> mean(features.columns, 0.0), square(features.columns, 0.0);
  const double count = static_cast<double>(rows.size());
  for (const auto r : rows) {
    const float* row = features.row(r);
    for (std::size_t c = 0; c < mean.size(); ++c) mean[c] += row[c];
  }
  for (auto& m : mean) m /= count;
  for (const auto r : rows) {
    const float* row = features.row(r);
    for (std::size_t c = 0; c < mean.size(); ++c) {
      const double centred = row[c] - mean[c];
      square[c] += centred * centred;
    }
  }

  Standardisation out;
  for (std::size_t c = 0; c < mean.size(); ++c) {
    const double deviation = std::sqrt(square[c] / count);
    // Rounding alone gives a constant column a tiny deviation.
    const bool varies = deviation > 1e-6 * std::abs(mean[c]) && deviation > 0;
    out.mean.push_back(static_cast<float>(mean[c]));
    out.factor.push_back(varies ? static_cast<float>(1.0 / deviation) : 1.0F);
    out.deviation.push_back(varies ? static_cast<float>(deviation) : 0.0F);
  }
  return out;
}

}  // namespace steppe::data
