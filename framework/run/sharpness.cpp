#include "framework/run/sharpness.hpp"

#include "framework/data/batches.hpp"
#include "framework/plugin/instance.hpp"
#include "framework/run/error.hpp"
#include "framework/run/landscape.hpp"
#include "framework/run/results_bridge.hpp"

#include <algorithm>
#include <memory>

#include <fmt/format.h>

namespace steppe::run {

namespace {

/// The first events of each class asked for, in the order of the split.
std::vector<std::uint32_t> chosen_rows(const plugin::Settings& wiring, const data::Dataset& data,
                                       const data::SplitFractions& splits) {
  const auto most =
      static_cast<std::size_t>(std::get<std::int64_t>(wiring.find("events")->items.front()));
  const auto& classes = wiring.text("classes");
  // Real targets are of one kind.
  std::vector<std::size_t> taken(std::max<std::size_t>(data.classes(), 1), 0);
  std::vector<std::uint32_t> out;
  for (const auto row : data::rows_of(data, data::split_named(wiring.text("split")), splits)) {
    const float label = *data.labels().row(row);
    if (classes != "both" && (classes == "signal") != (label == 1.0F)) continue;
    const auto of_class = data.classes() > 0 ? static_cast<std::size_t>(label) : 0;
    if (most == 0 || taken[of_class]++ < most) out.push_back(row);
  }
  if (out.empty())
    throw RunError{
        fmt::format("split '{}' has no events of class '{}'", wiring.text("split"), classes)};
  return out;
}

}  // namespace

pipeline::MeasuredSharpness measure_sharpness(const pipeline::SharpnessNode& node,
                                              const TrainedNetwork& trained,
                                              const data::Dataset& data,
                                              const data::SplitFractions& splits,
                                              plugin::Surroundings surroundings) {
  const auto queue = trained.device->queue();
  surroundings.queue = queue.get();
  const plugin::Instance instance{*node.stage.info, node.stage.settings, node.stage.name};
  plugin::StageHost host{"sharpness", node.stage.name, surroundings};
  const auto& wiring = node.stage.wiring;
  const auto landscape = make_landscape(wiring, *trained.network, trained.at, data,
                                        chosen_rows(wiring, data, splits), host);
  pipeline::MeasuredSharpness out;
  out.measure = node.stage.name;
  ResultsBridge results{out.quantities, out.curves};
  const auto functions = instance.functions<steppe_sharpness>();
  host.finish(functions.measure(instance.get(), host.get(), landscape->table(), results.get()));
  return out;
}

}  // namespace steppe::run
