// Metrics: the scores of one trained network on one data set -> numbers with uncertainties.
//
//   struct Accuracy {
//     void measure(const steppe::Scores& scores, const steppe::Results& results) const;
//   };
#pragma once

#include <steppe/plugin.hpp>

#include <limits>
#include <span>
#include <string>

namespace steppe {

/// One entry a row. Logits rise with signal; labels are 0 (background) and 1 (signal).
struct Scores {
  std::span<const float> logits;
  std::span<const float> labels;
  std::span<const float> weights;
  std::span<const std::uint64_t> event_ids;
};

/// Takes numbers. Uncertainties are one standard deviation.
class Results {
 public:
  explicit Results(const steppe_results* results) : results_{results} {}

  void value(const std::string& name, double value,
             double uncertainty = std::numeric_limits<double>::quiet_NaN()) const {
    detail::check(results_->value(results_->self, name.c_str(), value, uncertainty));
  }
  /// A number that cannot be given, and why.
  void undefined(const std::string& name, const std::string& reason) const {
    detail::check(results_->undefined(results_->self, name.c_str(), reason.c_str()));
  }
  void curve(const std::string& name, const char* x_name, const char* y_name,
             std::span<const double> x, std::span<const double> y) const {
    if (x.size() != y.size()) throw Error{"a curve has as many x as y", STEPPE_INTERNAL};
    detail::check(results_->curve(results_->self, name.c_str(), x_name, y_name, x.data(), y.data(),
                                  x.size()));
  }

 private:
  const steppe_results* results_;
};

template <class T>
concept Metric = requires(const T& metric, const Scores& scores, const Results& results) {
  metric.measure(scores, results);
};

template <Metric Plugin>
std::unique_ptr<Stage> metric(const About& about) {
  static constexpr steppe_metric functions{
      .size = sizeof(steppe_metric),
      .measure = [](const void* instance, const steppe_host* host, const steppe_scores* scores,
                    const steppe_results* results) {
        return detail::guard(host, [&] {
          const auto n = scores->rows;
          detail::as<Plugin>(instance).measure(
              {{scores->logits, n}, {scores->labels, n}, {scores->weights, n},
               {scores->event_ids, n}},
              Results{results});
        });
      },
      .compare = nullptr};
  return std::make_unique<detail::StageOf<Plugin>>("metric", about, &functions);
}

}  // namespace steppe
