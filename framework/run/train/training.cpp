#include "framework/run/train/training.hpp"

#include "framework/data/fit.hpp"
#include "framework/run/error.hpp"
#include "framework/run/train/session.hpp"

#include <steppe/random.hpp>

#include <utility>

#include <fmt/format.h>

namespace steppe::run {

namespace {

TrainedNetwork train_once(const pipeline::TrainingNode& node, const data::Dataset& data,
                          const data::SplitFractions& splits,
                          const std::shared_ptr<compute::Device>& device,
                          plugin::Surroundings surroundings, Checkpoint* checkpoint, Pace* pace) {
  const compute::Profile::Span at_work{surroundings.profile, "training"};
  const auto queue = device->queue();
  surroundings.queue = queue.get();
  surroundings.trial = node.trial;

  Session::Rows rows{data::rows_of(data, data::Split::train, splits),
                     data::rows_of(data, data::Split::validation, splits)};
  if (rows.train.empty()) throw RunError{"the training split has no events"};

  TrainedNetwork out;
  out.device = device;
  out.features = data.feature_table();
  out.train_rows = rows.train.size();
  out.validation_rows = rows.validation.size();
  out.network = std::make_shared<network::Network>(node.graph, node.loss);
  const auto& network = *out.network;
  out.at = {device->flat(network.weights()), device->flat(network.buffers())};
  // Keyed by the model's name: every attack and data set of a trial starts from the same weights.
  const auto key = stream_key(surroundings.seed, node.trial, node.model.name, "initial weights", 0);
  network.initialise(*queue, {key, 0}, out.at.weights, out.at.buffers);
  if (network.needs_fit()) {
    const auto fit = data::fit_standardisation(data, rows.train, network.needs_filled());
    network.set_fitted(*queue, out.at.buffers, {fit.mean, fit.factor});
  }

  Session session{node, data, std::move(rows), network, out.at, surroundings, checkpoint, pace};
  out.history = session.run();
  out.traffic = session.traffic();
  if (surroundings.log)
    for (const auto& sentence : out.traffic.sentences()) surroundings.log(STEPPE_NOTE, sentence);
  return out;
}

}  // namespace

TrainedNetwork train(const pipeline::TrainingNode& node, const data::Dataset& data,
                     const data::SplitFractions& splits,
                     const std::shared_ptr<compute::Device>& device,
                     plugin::Surroundings surroundings, Checkpoint* checkpoint, Pace* pace) {
  const auto once = [&] {
    return train_once(node, data, splits, device, surroundings, checkpoint, pace);
  };
  try {
    return once();
  } catch (const RefusedState& error) {
    if (checkpoint) checkpoint->refuse(error.what());
  }
  return once();
}

}  // namespace steppe::run
