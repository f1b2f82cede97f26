// Where metrics and sharpness measures put their numbers.
#pragma once

#include <steppe/abi.h>
#include <steppe/error.hpp>

#include <cstddef>
#include <limits>
#include <span>
#include <string>

namespace steppe {

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
  /// Of a comparison: what follows belongs to this point of the study, and with it to all of its
  /// trials: the axis `trial` is left out. Before the first call it belongs to the whole study.
  void at(std::size_t point) const {
    if (!results_->at) throw Error{"only a comparison gives numbers to points", STEPPE_INTERNAL};
    detail::check(results_->at(results_->self, point));
  }

 private:
  const steppe_results* results_;
};

}  // namespace steppe
