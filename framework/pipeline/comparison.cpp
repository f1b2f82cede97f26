#include "framework/pipeline/comparison.hpp"

#include "framework/plugin/instance.hpp"
#include "framework/plugin/results_bridge.hpp"

#include <algorithm>
#include <deque>
#include <map>
#include <string>
#include <utility>

namespace steppe::pipeline {

namespace {

using Coordinates = std::vector<std::string>;

/// The results as a metric sees them. `results` outlives it.
class StudyTable {
 public:
  explicit StudyTable(const StudyResults& results) : results_{results} {
    for (const auto& axis : results.axes) axes_.push_back(axis.c_str());
    for (const auto& row : results.rows) {
      for (const auto& coordinate : row.coordinates) coordinates_.push_back(coordinate.c_str());
      trained_on_.push_back(row.trained_on.c_str());
      tested_on_.push_back(row.tested_on.c_str());
    }
    for (const auto& measured : results.sharpness)
      sharpness_of_[measured.coordinates].push_back(&measured);
    table_ = {.size = sizeof table_,
              .points = results.rows.size(),
              .axis_count = axes_.size(),
              .axes = axes_.data(),
              .coordinates = coordinates_.data(),
              .self = this,
              .value =
                  [](void* self, std::size_t point, const char* name, double* value,
                     double* uncertainty) {
                    return static_cast<StudyTable*>(self)->value(point, name, *value, *uncertainty);
                  },
              .trained_on = trained_on_.data(),
              .tested_on = tested_on_.data()};
  }
  StudyTable(const StudyTable&) = delete;
  StudyTable& operator=(const StudyTable&) = delete;

  const steppe_study* get() const { return &table_; }

 private:
  std::int32_t value(std::size_t point, const std::string& name, double& value,
                     double& uncertainty) const {
    if (point >= results_.rows.size()) return 0;
    const auto& row = results_.rows[point];
    if (find(row.quantities, name, value, uncertainty)) return 1;
    const auto dot = name.find('.');
    const auto measured = sharpness_of_.find({row.coordinates.begin(), row.coordinates.end() - 1});
    if (dot == std::string::npos || measured == sharpness_of_.end()) return 0;
    for (const auto* one : measured->second)
      if (one->measure == name.substr(0, dot))
        return find(one->quantities, name.substr(dot + 1), value, uncertainty) ? 1 : 0;
    return 0;
  }

  static bool find(const std::vector<data::Quantity>& quantities, const std::string& name,
                   double& value, double& uncertainty) {
    for (const auto& q : quantities)
      if (q.name == name && q.undefined.empty()) {
        value = q.value;
        uncertainty = q.uncertainty;
        return true;
      }
    return false;
  }

  const StudyResults& results_;
  std::vector<const char*> axes_, coordinates_, trained_on_, tested_on_;
  std::map<Coordinates, std::vector<const MeasuredSharpness*>> sharpness_of_;
  steppe_study table_{};
};

/// Where numbers go: an entry a place, made when a number for it comes.
class Places {
 public:
  Places(const std::string& metric, const StudyResults& results)
      : metric_{metric}, results_{results} {}

  /// The study as a whole.
  MeasuredComparison& whole() { return entry({}); }

  /// nullptr when there is no such point.
  MeasuredComparison* of_point(std::size_t point) {
    return point < results_.rows.size() ? &entry(without_trial(results_.rows[point])) : nullptr;
  }

  std::vector<MeasuredComparison> take() {
    std::erase_if(entries_, [](const MeasuredComparison& entry) {
      return entry.quantities.empty() && entry.curves.empty();
    });
    return {std::make_move_iterator(entries_.begin()), std::make_move_iterator(entries_.end())};
  }

 private:
  MeasuredComparison& entry(Coordinates coordinates) {
    for (auto& old : entries_)
      if (old.coordinates == coordinates) return old;
    auto& out = entries_.emplace_back();
    out.metric = metric_;
    for (const auto& row : results_.rows) out.trials += without_trial(row) == coordinates;
    out.coordinates = std::move(coordinates);
    return out;
  }

  Coordinates without_trial(const MeasuredRow& row) const {
    auto out = row.coordinates;
    const auto trial = std::find(results_.axes.begin(), results_.axes.end(), "trial");
    if (trial != results_.axes.end()) out.erase(out.begin() + (trial - results_.axes.begin()));
    return out;
  }

  const std::string& metric_;
  const StudyResults& results_;
  std::deque<MeasuredComparison> entries_;  ///< entries stay where they are
};

}  // namespace

std::vector<MeasuredComparison> compare(const Stage& metric, const StudyResults& results,
                                        plugin::Surroundings surroundings) {
  const plugin::Instance instance{*metric.info, metric.settings, metric.name};
  const auto functions = instance.functions<steppe_metric>();
  plugin::StageHost host{"metric", metric.name, std::move(surroundings)};
  const StudyTable study{results};
  Places places{metric.name, results};
  auto& whole = places.whole();
  plugin::ResultsBridge to{whole.quantities, whole.curves};
  to.set_places([&](std::size_t point) {
    auto* place = places.of_point(point);
    if (!place) {
      host.set_error("it gave numbers to a point that the study does not have");
      return false;
    }
    to.point_at(place->quantities, place->curves);
    return true;
  });
  host.finish(functions.compare(instance.get(), host.get(), study.get(), to.get()));
  return places.take();
}

}  // namespace steppe::pipeline
