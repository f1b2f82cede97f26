// A study made by hand, for metrics that compare its points.
//
//   FakeStudy study{{"train", "attack", "test"}};
//   study.add({"pythia", "none", "herwig"}, "pythia", "herwig", {{"auc", {0.8, 0.01}}});
//   const auto compared = study.compare(metric);
//   compared.at(0).values.at("delta_s")
#pragma once

#include <steppe/abi.h>

#include <map>
#include <string>
#include <vector>

#include "plugin_fixture.hpp"

namespace steppe::testing {

class FakeStudy {
 public:
  explicit FakeStudy(std::vector<std::string> axes) : axes_{std::move(axes)} {}

  /// @returns the point's index.
  std::size_t add(const std::vector<std::string>& coordinates, const std::string& trained_on,
                  const std::string& tested_on,
                  const std::map<std::string, Measured::Value>& values) {
    coordinates_.insert(coordinates_.end(), coordinates.begin(), coordinates.end());
    trained_on_.push_back(trained_on);
    tested_on_.push_back(tested_on);
    values_.push_back(values);
    return values_.size() - 1;
  }

  /// What a metric makes of it, by point; `whole` for the study as a whole. @throws Error.
  static constexpr std::size_t whole = static_cast<std::size_t>(-1);
  std::map<std::size_t, Measured> compare(StageUnderTest& metric) {
    Taken taken;
    const auto results = taken.table();
    const auto axes = pointers(axes_), coordinates = pointers(coordinates_);
    const auto trained_on = pointers(trained_on_), tested_on = pointers(tested_on_);
    const steppe_study study{.size = sizeof(steppe_study),
                             .points = values_.size(),
                             .axis_count = axes.size(),
                             .axes = axes.data(),
                             .coordinates = coordinates.data(),
                             .self = this,
                             .value = value,
                             .trained_on = trained_on.data(),
                             .tested_on = tested_on.data()};
    auto& host = metric.host();
    host.check(
        metric.table<steppe_metric>().compare(metric.instance(), host.raw(), &study, &results));
    return taken.places;
  }

 private:
  /// Numbers by the point they were given to.
  struct Taken {
    std::map<std::size_t, Measured> places;
    std::size_t place = whole;

    static Measured& here(void* p) {
      auto& self = *static_cast<Taken*>(p);
      return self.places[self.place];
    }
    steppe_results table() {
      return {.size = sizeof(steppe_results),
              .self = this,
              .value = [](void* p, const char* name, double value,
                          double uncertainty) -> steppe_status {
                here(p).values[name] = {value, uncertainty};
                return STEPPE_OK;
              },
              .undefined = [](void* p, const char* name, const char* reason) -> steppe_status {
                here(p).undefined[name] = reason;
                return STEPPE_OK;
              },
              .curve = [](void* p, const char* name, const char*, const char*, const double* x,
                          const double* y, std::size_t count) -> steppe_status {
                here(p).curves[name] = {{x, x + count}, {y, y + count}};
                return STEPPE_OK;
              },
              .at = [](void* p, std::size_t point) -> steppe_status {
                static_cast<Taken*>(p)->place = point;
                return STEPPE_OK;
              }};
    }
  };

  static std::vector<const char*> pointers(const std::vector<std::string>& texts) {
    std::vector<const char*> out;
    for (const auto& text : texts) out.push_back(text.c_str());
    return out;
  }

  static std::int32_t value(void* p, std::size_t point, const char* name, double* value,
                            double* uncertainty) {
    const auto& values = static_cast<FakeStudy*>(p)->values_.at(point);
    const auto found = values.find(name);
    if (found == values.end()) return 0;
    *value = found->second.value;
    *uncertainty = found->second.uncertainty;
    return 1;
  }

  std::vector<std::string> axes_, coordinates_, trained_on_, tested_on_;
  std::vector<std::map<std::string, Measured::Value>> values_;
};

}  // namespace steppe::testing
