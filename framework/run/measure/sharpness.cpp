#include "framework/run/measure/sharpness.hpp"

#include "framework/compute/shards.hpp"
#include "framework/data/batches.hpp"
#include "framework/plugin/instance.hpp"
#include "framework/plugin/results_bridge.hpp"
#include "framework/run/error.hpp"
#include "framework/run/measure/landscape.hpp"

#include <algorithm>
#include <exception>
#include <memory>
#include <utility>

#include <fmt/format.h>

namespace steppe::run {

namespace {

/// The first events of each class asked for, in the order of the split.
std::vector<std::uint32_t> chosen_rows(const plugin::Settings& wiring, const data::Dataset& data,
                                       const data::SplitFractions& splits,
                                       const std::string& classes) {
  const auto most =
      static_cast<std::size_t>(std::get<std::int64_t>(wiring.find("events")->items.front()));
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

/// What one call of a measure gave.
struct Numbers {
  std::vector<data::Quantity> quantities;
  std::vector<data::Curve> curves;
};

/// Takes in the numbers of a class, with its name in front.
void take(pipeline::MeasuredSharpness& out, const Numbers& numbers, const std::string& name) {
  for (auto quantity : numbers.quantities) {
    quantity.name = fmt::format("{}.{}", name, quantity.name);
    out.quantities.push_back(std::move(quantity));
  }
  for (auto curve : numbers.curves) {
    curve.name = fmt::format("{}.{}", name, curve.name);
    out.curves.push_back(std::move(curve));
  }
}

/// The means of the curves that both have at the same places.
void take_means(pipeline::MeasuredSharpness& out, const Numbers& a, const Numbers& b) {
  for (const auto& other : b.curves)
    for (auto mean : a.curves) {
      if (mean.name != other.name || mean.x != other.x) continue;
      for (std::size_t i = 0; i < mean.y.size(); ++i) mean.y[i] = 0.5 * (mean.y[i] + other.y[i]);
      out.curves.push_back(std::move(mean));
    }
}

/// One measure on one network: called once a class, and on the weights it left where it is chained.
class Measurement {
 public:
  Measurement(const pipeline::SharpnessNode& node, const TrainedNetwork& trained,
              const data::Dataset& data, const data::SplitFractions& splits,
              const plugin::Surroundings& surroundings)
      : stage_{node.stage},
        trained_{trained},
        data_{data},
        splits_{splits},
        queue_{*surroundings.queue},
        instance_{*stage_.info, stage_.settings, stage_.name},
        host_{"sharpness", stage_.name, surroundings},
        options_{stage_.wiring},
        at_{trained.at} {
    if (!options_.chain) return;
    at_.weights = queue_.flat(trained.network->weights());
    queue_.copy(trained.at.weights, at_.weights);
  }

  /// In the space of inputs a chain begins with walks over all weights: `move` and `hold` are about
  /// columns there.
  void walk_weights(const std::string& classes) {
    auto options = options_;
    options.space = STEPPE_WEIGHTS;
    options.rules = MoveRules{};
    measure(classes, options);
  }

  Numbers measure(const std::string& classes) { return measure(classes, options_); }
  bool walks_first() const { return options_.chain && options_.space == STEPPE_INPUTS; }

 private:
  Numbers measure(const std::string& classes, const LandscapeOptions& options) {
    const auto landscape =
        make_landscape(options, *trained_.network, at_, data_,
                       chosen_rows(stage_.wiring, data_, splits_, classes), host_);
    Numbers out;
    plugin::ResultsBridge results{out.quantities, out.curves};
    const auto functions = instance_.functions<steppe_sharpness>();
    host_.finish(
        functions.measure(instance_.get(), host_.get(), landscape->table(), results.get()));
    if (options_.chain && options.space == STEPPE_WEIGHTS) go_on_from(landscape->weights());
    return out;
  }

  void go_on_from(const compute::Tensor& weights) {
    {
      const compute::Mapped before{queue_, at_.weights}, after{queue_, weights};
      if (std::equal(before->row(0), before->row(0) + before->columns, after->row(0)))
        throw RunError{fmt::format(
            "sharpness '{}' leaves the weights where they are, so that there is nothing to chain; "
            "leave out 'chain', or use a measure that walks, such as 'gradient_ascent'",
            stage_.name)};
    }
    queue_.copy(weights, at_.weights);
  }

  const pipeline::Stage& stage_;
  const TrainedNetwork& trained_;
  const data::Dataset& data_;
  const data::SplitFractions& splits_;
  compute::Queue& queue_;
  const plugin::Instance instance_;
  plugin::StageHost host_;
  LandscapeOptions options_;
  WeightPoint at_;  ///< a private copy where it is chained
};

/// The classes side by side, on queues of their own.
class SideBySide {
 public:
  SideBySide(const pipeline::SharpnessNode& node, const TrainedNetwork& trained,
             const data::Dataset& data, const data::SplitFractions& splits,
             const plugin::Surroundings& surroundings)
      : node_{node}, trained_{trained}, data_{data}, splits_{splits}, surroundings_{surroundings} {}

  std::vector<Numbers> measure(const std::vector<std::string>& classes) const {
    std::vector<Numbers> out(classes.size());
    std::vector<std::exception_ptr> failures(classes.size());
    compute::run_parallel(classes.size(), [&](std::size_t i) {
      try {
        out[i] = measure(classes[i]);
      } catch (...) {
        failures[i] = std::current_exception();
      }
    });
    // Of several the same one every time.
    for (const auto& failure : failures)
      if (failure) std::rethrow_exception(failure);
    return out;
  }

 private:
  Numbers measure(const std::string& classes) const {
    const compute::Profile::Span at_work{surroundings_.profile, "measuring"};
    const auto queue = trained_.device->queue();
    auto surroundings = surroundings_;
    surroundings.queue = queue.get();
    return Measurement{node_, trained_, data_, splits_, surroundings}.measure(classes);
  }

  const pipeline::SharpnessNode& node_;
  const TrainedNetwork& trained_;
  const data::Dataset& data_;
  const data::SplitFractions& splits_;
  const plugin::Surroundings& surroundings_;
};

/// The classes one after the other, each on the weights that the one before left.
std::vector<Numbers> measure_chain(Measurement& measurement,
                                   const std::vector<std::string>& classes) {
  if (measurement.walks_first())
    for (const auto& one : classes) measurement.walk_weights(one);
  std::vector<Numbers> out;
  for (const auto& one : classes) out.push_back(measurement.measure(one));
  return out;
}

}  // namespace

pipeline::MeasuredSharpness measure_sharpness(const pipeline::SharpnessNode& node,
                                              const TrainedNetwork& trained,
                                              const data::Dataset& data,
                                              const data::SplitFractions& splits,
                                              plugin::Surroundings surroundings) {
  const auto& classes = node.stage.wiring.text("classes");
  const auto parts = classes == "each" ? std::vector<std::string>{"background", "signal"}
                                       : std::vector<std::string>{classes};
  std::vector<Numbers> numbers;
  if (LandscapeOptions{node.stage.wiring}.chain) {
    const compute::Profile::Span at_work{surroundings.profile, "measuring"};
    const auto queue = trained.device->queue();
    surroundings.queue = queue.get();
    Measurement measurement{node, trained, data, splits, surroundings};
    numbers = measure_chain(measurement, parts);
  } else {
    numbers = SideBySide{node, trained, data, splits, surroundings}.measure(parts);
  }

  pipeline::MeasuredSharpness out;
  out.measure = node.stage.name;
  if (parts.size() == 1) {
    out.quantities = std::move(numbers[0].quantities);
    out.curves = std::move(numbers[0].curves);
    return out;
  }
  for (std::size_t i = 0; i < parts.size(); ++i) take(out, numbers[i], parts[i]);
  take_means(out, numbers[0], numbers[1]);
  return out;
}

}  // namespace steppe::run
