// Takes what metrics and sharpness measures give through the C table.
#pragma once

#include "framework/data/quantity.hpp"

#include <steppe/abi.h>

#include <utility>
#include <vector>

namespace steppe::run {

class ResultsBridge {
 public:
  /// Both outlive this object.
  ResultsBridge(std::vector<data::Quantity>& quantities, std::vector<data::Curve>& curves)
      : quantities_{quantities}, curves_{curves} {
    table_.size = sizeof table_;
    table_.self = this;
    table_.value = [](void* self, const char* name, double value, double uncertainty) {
      return of(self).add({name, value, uncertainty, ""});
    };
    table_.undefined = [](void* self, const char* name, const char* reason) {
      data::Quantity quantity;
      quantity.name = name;
      quantity.undefined = reason;
      return of(self).add(std::move(quantity));
    };
    table_.curve = [](void* self, const char* name, const char* x_name, const char* y_name,
                      const double* x, const double* y, std::size_t count) -> steppe_status {
      of(self).curves_.push_back({name, x_name, y_name, {x, x + count}, {y, y + count}});
      return STEPPE_OK;
    };
  }

  const steppe_results* get() const { return &table_; }

 private:
  static ResultsBridge& of(void* self) { return *static_cast<ResultsBridge*>(self); }
  steppe_status add(data::Quantity quantity) {
    quantities_.push_back(std::move(quantity));
    return STEPPE_OK;
  }

  std::vector<data::Quantity>& quantities_;
  std::vector<data::Curve>& curves_;
  steppe_results table_{};
};

}  // namespace steppe::run
