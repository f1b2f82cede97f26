#include "framework/data/histogram.hpp"

#include <algorithm>
#include <array>
#include <cmath>

namespace steppe::data {

namespace {

/// All bins, under- and overflow among them, normalised to 1.
std::vector<Bin> normalised(const Histogram& histogram) {
  auto out = histogram.bins;
  out.push_back(histogram.underflow);
  out.push_back(histogram.overflow);
  const double total = histogram.total();
  for (auto& bin : out) bin = {bin.sum / total, bin.squares / (total * total)};
  return out;
}

Quantity named(const char* name) {
  Quantity out;
  out.name = name;
  return out;
}

/// The reason why two histograms cannot be compared; "" when they can.
std::string incomparable(const Histogram& a, const Histogram& b) {
  return a.total() > 0 && b.total() > 0 ? "" : "the weights of one sum to zero or less";
}

/// The variance that the bins of `one` give to f, whose derivatives by the normalised bins are
/// `slopes`. A bin moves all of them, for their sum stays 1.
double variance(const std::vector<Bin>& one, const std::vector<double>& slopes) {
  double mean = 0, out = 0;
  for (std::size_t i = 0; i < one.size(); ++i) mean += one[i].sum * slopes[i];
  for (std::size_t i = 0; i < one.size(); ++i)
    out += (slopes[i] - mean) * (slopes[i] - mean) * one[i].squares;
  return out;
}

/// digits * 10^exponent, with the one rounding that a decimal number in a text would have.
double decimal(double digits, int exponent) {
  return exponent < 0 ? digits / std::pow(10.0, -exponent) : digits * std::pow(10.0, exponent);
}

/// The range to cover: outliers pull no edge along.
Span hull(std::span<const Span> spans) {
  Span out = spans.front();
  for (const auto& one : spans)
    out = {std::min(out.low, one.low), std::max(out.high, one.high), std::min(out.least, one.least),
           std::max(out.most, one.most)};
  const double reach = (out.high - out.low) / 10;
  if (out.least >= out.low - reach) out.low = out.least;
  if (out.most <= out.high + reach) out.high = out.most;
  return out;
}

std::vector<double> whole_edges(double low, double high, std::size_t bins) {
  low = std::floor(low);
  const double numbers = std::floor(high) - low + 1;
  const double width = std::ceil(numbers / static_cast<double>(bins));
  const auto count = static_cast<std::size_t>(std::ceil(numbers / width));
  std::vector<double> out;
  for (std::size_t i = 0; i <= count; ++i)
    out.push_back(low - 0.5 + static_cast<double>(i) * width);
  return out;
}

/// Empty where the width digits * 10^exponent is too small.
std::vector<double> edges_of_width(double digits, int exponent, double low, double high,
                                   std::size_t bins) {
  const double width = decimal(digits, exponent);
  const double first = std::floor(low / width);
  const double count = std::max(std::ceil(high / width) - first, 1.0);
  if (count > static_cast<double>(bins)) return {};
  std::vector<double> out;
  for (std::size_t i = 0; i <= static_cast<std::size_t>(count); ++i)
    out.push_back(decimal((first + static_cast<double>(i)) * digits, exponent));
  return out;
}

}  // namespace

double Bin::error() const { return std::sqrt(squares); }

double Histogram::total() const {
  double out = underflow.sum + overflow.sum;
  for (const auto& bin : bins) out += bin.sum;
  return out;
}

Histogram fill(std::span<const double> edges, std::span<const float> values,
               std::span<const float> weights) {
  Histogram out;
  out.events = values.size();
  out.bins.resize(edges.size() - 1);
  for (std::size_t i = 0; i < values.size(); ++i) {
    const double value{values[i]}, weight{weights[i]};
    if (value < edges.front()) {
      out.underflow.add(weight);
    } else if (value > edges.back()) {
      out.overflow.add(weight);
    } else {
      const auto above = std::upper_bound(edges.begin(), edges.end(), value) - edges.begin();
      out.bins[std::min(static_cast<std::size_t>(above), edges.size() - 1) - 1].add(weight);
    }
  }
  return out;
}

Span span_of(std::vector<float> values) {
  std::sort(values.begin(), values.end());
  const auto cut = values.size() / 200;
  return {double{values[cut]}, double{values[values.size() - 1 - cut]}, double{values.front()},
          double{values.back()}};
}

std::vector<double> round_edges(std::span<const Span> spans, std::size_t bins, bool whole_numbers) {
  auto [low, high, least, most] = hull(spans);
  if (whole_numbers) return whole_edges(low, high, bins);
  // One value alone gets a bin around it that can be told from it.
  if (!(high > low)) high = low + std::max(std::abs(low), 1.0) * 1e-3;
  constexpr std::array digits{10.0, 12.0, 15.0, 20.0, 25.0, 30.0, 40.0, 50.0, 60.0, 80.0};
  const double least_width = (high - low) / static_cast<double>(bins);
  for (int exponent = static_cast<int>(std::floor(std::log10(least_width))) - 2;; ++exponent)
    for (const double d : digits)
      if (auto out = edges_of_width(d, exponent, low, high, bins); !out.empty()) return out;
}

std::vector<double> equal_edges(double low, double high, std::size_t bins) {
  std::vector<double> out;
  for (std::size_t i = 0; i < bins; ++i)
    out.push_back(low + (high - low) * static_cast<double>(i) / static_cast<double>(bins));
  out.push_back(high);
  return out;
}

Quantity separation(const Histogram& a, const Histogram& b) {
  auto out = named("separation");
  out.undefined = incomparable(a, b);
  if (!out.undefined.empty()) return out;
  const auto x = normalised(a), y = normalised(b);
  std::vector<double> by_x(x.size()), by_y(x.size());
  out.value = 0;
  for (std::size_t i = 0; i < x.size(); ++i) {
    const double sum = x[i].sum + y[i].sum, difference = x[i].sum - y[i].sum;
    if (!(sum > 0)) continue;
    out.value += difference * difference / (2 * sum);
    by_x[i] = difference * (x[i].sum + 3 * y[i].sum) / (2 * sum * sum);
    by_y[i] = -difference * (y[i].sum + 3 * x[i].sum) / (2 * sum * sum);
  }
  out.uncertainty = std::sqrt(variance(x, by_x) + variance(y, by_y));
  return out;
}

std::vector<Quantity> chi_squared(const Histogram& a, const Histogram& b) {
  std::vector out{named("chi2_per_ndf"), named("ndf")};
  for (auto& one : out) one.undefined = incomparable(a, b);
  if (!out.front().undefined.empty()) return out;
  const auto x = normalised(a), y = normalised(b);
  double chi_squared = 0, ndf = -1;
  for (std::size_t i = 0; i < x.size(); ++i) {
    const double squares = x[i].squares + y[i].squares;
    if (!(squares > 0)) continue;
    chi_squared += (x[i].sum - y[i].sum) * (x[i].sum - y[i].sum) / squares;
    ++ndf;
  }
  if (ndf < 1)
    out.front().undefined = "all events are in one bin";
  else
    out.front().value = chi_squared / ndf;
  out.back().value = ndf;
  return out;
}

}  // namespace steppe::data
