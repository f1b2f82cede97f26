// Takes what metrics and sharpness measures give through the C table.
#pragma once

#include "framework/data/quantity.hpp"

#include <steppe/abi.h>

#include <cstddef>
#include <functional>
#include <utility>
#include <vector>

namespace steppe::plugin {

class ResultsBridge {
 public:
  /// Both outlive this object.
  ResultsBridge(std::vector<data::Quantity>& quantities, std::vector<data::Curve>& curves) {
    point_at(quantities, curves);
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
      of(self).curves_->push_back({name, x_name, y_name, {x, x + count}, {y, y + count}});
      return STEPPE_OK;
    };
  }

  ResultsBridge(const ResultsBridge&) = delete;
  ResultsBridge& operator=(const ResultsBridge&) = delete;

  const steppe_results* get() const { return &table_; }

  /// From now on numbers go here.
  void point_at(std::vector<data::Quantity>& quantities, std::vector<data::Curve>& curves) {
    quantities_ = &quantities;
    curves_ = &curves;
  }
  /// Of a comparison: `go_to` points this object at a point of the study; false: there is none.
  void set_places(std::function<bool(std::size_t)> go_to) {
    go_to_ = std::move(go_to);
    table_.at = [](void* self, std::size_t point) -> steppe_status {
      return of(self).go_to_(point) ? STEPPE_OK : STEPPE_INTERNAL;
    };
  }

 private:
  static ResultsBridge& of(void* self) { return *static_cast<ResultsBridge*>(self); }
  steppe_status add(data::Quantity quantity) {
    quantities_->push_back(std::move(quantity));
    return STEPPE_OK;
  }

  std::vector<data::Quantity>* quantities_ = nullptr;
  std::vector<data::Curve>* curves_ = nullptr;
  std::function<bool(std::size_t)> go_to_;
  steppe_results table_{};
};

}  // namespace steppe::plugin
