#include "framework/report/histogram_line.hpp"

#include <algorithm>

namespace steppe::report {

bool is_shown(const Step& ratio) { return std::isfinite(ratio.y) && !(ratio.error >= 0.5); }

Series line_of(const std::vector<Step>& steps) {
  Series out;
  const auto add = [&](double x, double y, double error) {
    out.x.push_back(x);
    out.y.push_back(y);
    out.low.push_back(y - error);
    out.high.push_back(y + error);
  };
  double end = NAN;
  for (const auto& step : steps) {
    if (!out.x.empty() && std::abs(step.low - end) > 1e-6 * (step.high - step.low))
      add(step.low, NAN, NAN);
    add(step.low, step.y, step.error);
    add(step.high, step.y, step.error);
    end = step.high;
  }
  return out;
}

void lift(std::vector<Series>& list) {
  double least = INFINITY;
  for (const auto& series : list)
    for (const double y : series.y)
      if (y > 0) least = std::min(least, y);
  if (std::isinf(least)) return;
  const double floor = std::pow(10.0, std::floor(std::log10(least)));
  for (auto& series : list)
    for (auto* values : {&series.y, &series.low, &series.high})
      for (double& value : *values)
        if (value < floor) value = floor;
}

}  // namespace steppe::report
