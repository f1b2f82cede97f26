#include "framework/report/trials.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

namespace steppe::report {

namespace {

constexpr double nan = std::numeric_limits<double>::quiet_NaN();

/// Values of one quantity, a trial each.
struct Sample {
  std::string name;
  std::vector<double> values;
  double single_error = nan;
  std::size_t undefined = 0;
  std::string reason;
};

double median_of(std::vector<double> values) {
  std::sort(values.begin(), values.end());
  const auto half = values.size() / 2;
  return values.size() % 2 == 1 ? values[half] : (values[half - 1] + values[half]) / 2;
}

TrialMean mean_of(const Sample& sample) {
  TrialMean out{sample.name, sample.values.size(), sample.undefined, sample.reason, nan, nan, nan,
                nan};
  const auto n = static_cast<double>(sample.values.size());
  if (sample.values.empty()) return out;
  double sum = 0;
  for (const double v : sample.values) sum += v;
  out.mean = sum / n;
  out.median = median_of(sample.values);
  if (sample.values.size() == 1) {
    out.error = sample.single_error;
    return out;
  }
  double square = 0;
  for (const double v : sample.values) square += (v - out.mean) * (v - out.mean);
  out.deviation = std::sqrt(square / (n - 1));
  out.error = out.deviation / std::sqrt(n);
  return out;
}

/// Finds the sample of a name, or starts one: the order is that of first appearance.
Sample& sample_of(std::vector<Sample>& samples, const std::string& name) {
  const auto found = std::find_if(samples.begin(), samples.end(),
                                  [&](const Sample& sample) { return sample.name == name; });
  if (found != samples.end()) return *found;
  samples.push_back({name, {}, nan, 0, ""});
  return samples.back();
}

std::vector<TrialMean> means_of(const std::vector<Sample>& samples) {
  std::vector<TrialMean> out;
  for (const auto& sample : samples) out.push_back(mean_of(sample));
  return out;
}

}  // namespace

std::vector<TrialMean> means_of(const std::vector<const Quantities*>& trials) {
  std::vector<Sample> samples;
  for (const auto* quantities : trials)
    for (const auto& quantity : *quantities) {
      auto& sample = sample_of(samples, quantity.name);
      if (quantity.undefined.empty()) {
        sample.values.push_back(quantity.value);
        sample.single_error = quantity.uncertainty;
      } else {
        if (sample.undefined++ == 0) sample.reason = quantity.undefined;
      }
    }
  return means_of(samples);
}

std::vector<TrialMean> differences_of(const Trials& of, const Trials& minus) {
  std::vector<Sample> samples;
  for (const auto& [trial, quantities] : of) {
    const auto other = minus.find(trial);
    if (other == minus.end()) continue;
    for (const auto& a : *quantities)
      for (const auto& b : *other->second) {
        if (a.name != b.name || !a.undefined.empty() || !b.undefined.empty()) continue;
        auto& sample = sample_of(samples, a.name);
        sample.values.push_back(a.value - b.value);
        sample.single_error = std::hypot(a.uncertainty, b.uncertainty);
      }
  }
  return means_of(samples);
}

}  // namespace steppe::report
