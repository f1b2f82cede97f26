#include "framework/run/objective/projection.hpp"

#include <algorithm>

namespace steppe::run {

Projection::Projector::Projector(const pipeline::Stage& stage,
                                 const plugin::Surroundings& surroundings)
    : instance{*stage.info, stage.settings, stage.name},
      functions{instance.functions<steppe_projector>()},
      host{"projector", stage.name, surroundings} {}

Projection::Projection(const std::vector<pipeline::Stage>& projectors, const data::Dataset& data,
                       const plugin::Surroundings& surroundings) {
  for (const auto& stage : projectors) projectors_.emplace_back(stage, surroundings);
  for (const auto index : data.feature_columns())
    columns_.items.push_back(data.columns().items[index]);
  c_columns_ = detail::to_c(columns_);
}

std::vector<const plugin::StageHost*> Projection::hosts() const {
  std::vector<const plugin::StageHost*> out;
  for (const auto& one : projectors_) out.push_back(&one.host);
  return out;
}

bool Projection::follows_steps() const {
  return std::any_of(projectors_.begin(), projectors_.end(),
                     [](const Projector& one) { return one.functions.each_step != 0; });
}

void Projection::apply(const compute::Tensor& before, const compute::Tensor& after) {
  for (auto& projector : projectors_) apply(projector, before, after);
}

void Projection::apply_for_step(const compute::Tensor& before, const compute::Tensor& after) {
  for (auto& projector : projectors_)
    if (projector.functions.each_step) apply(projector, before, after);
}

void Projection::apply(Projector& projector, const compute::Tensor& before,
                       const compute::Tensor& after) {
  before_.point_at(before);
  after_.point_at(after);
  projector.host.finish(projector.functions.project(projector.instance.get(), projector.host.get(),
                                                    c_columns_.data(), c_columns_.size(), &before_,
                                                    &after_));
}

}  // namespace steppe::run
