// Running mean and variance of columns. With n rows of mean m and centred squares s that meet k
// rows of mean a and centred squares t, the n + k rows have
//
//   mean  m + (a - m) k / (n + k),   centred squares  s + t + (a - m)^2 n k / (n + k)
#include "framework/compute/host_operations.hpp"
#include "framework/compute/varies.hpp"

namespace steppe::compute::host {

void follow_moments(Scratch& scratch, const RunningMoments& moments, std::size_t most_rows,
                    const View& x) {
  const double seen = *moments.rows_seen.data;
  if (x.rows == 0 || seen >= static_cast<double>(most_rows)) return;
  const auto rows = static_cast<double>(x.rows);
  const double all = seen + rows;
  const auto batch = column_moments(scratch, x);
  for (std::size_t i = 0; i < x.columns; ++i) {
    float &mean = moments.mean.data[i], &variance = moments.variance.data[i];
    const double away = batch.mean[i] - static_cast<double>(mean);
    const double squares =
        seen * static_cast<double>(variance) + batch.squares[i] + away * away * seen * rows / all;
    mean = static_cast<float>(static_cast<double>(mean) + away * rows / all);
    variance = static_cast<float>(squares / all);
    const double deviation = std::sqrt(squares / all);
    moments.factor.data[i] = varies(static_cast<double>(mean), deviation)
                                 ? static_cast<float>(1.0 / (deviation + 1e-8))
                                 : 1.0F;
  }
  *moments.rows_seen.data = static_cast<float>(all);
}

}  // namespace steppe::compute::host
