#include "tiny_study.hpp"

#include "framework/data/fit.hpp"
#include "framework/data/splits.hpp"
#include "framework/run/dataset.hpp"

#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <numeric>

namespace steppe::testing {

namespace {

constexpr const char* tiny_pipeline = R"(
[pipeline]
name = "tiny"
[values]
jets     = 200
epsilon  = 0.05
attack   = "none"
[reader.toy]
use            = "toy_jets"
jets_per_class = "{jets}"
[transform.features]
use   = "jet_features"
input = ["toy"]
[model.tagger]
use        = "dense"
preprocess = ["standardise"]
[optimizer.adamw]
[trainer.fit]
use       = "supervised"
data      = "features"
model     = "tagger"
optimizer = "adamw"
attack    = "{attack}"
batch     = 64
epochs    = 2
[evaluate]
of      = "fit"
on      = ["features"]
metrics = ["auc", "accuracy"]
)";

std::vector<std::uint32_t> first_rows(std::size_t count) {
  std::vector<std::uint32_t> rows(count);
  std::iota(rows.begin(), rows.end(), 0U);
  return rows;
}

}  // namespace

const plugin::Catalogue& catalogue() {
  static const auto all = plugin::Catalogue::load(
      {{STEPPE_PLUGINS_DIR, "build", true}, {STEPPE_TEST_READERS_DIR, "test", true}});
  return all;
}

pipeline::Plan plan_of(const std::string& toml, const std::vector<std::string>& sets) {
  std::vector<pipeline::Problem> problems;
  const auto document = pipeline::parse_document(toml, "test.toml", sets, problems);
  auto plan = pipeline::make_plan(document, catalogue(), problems);
  if (!plan) {
    for (const auto& problem : problems)
      std::fprintf(stderr, "%s\n", pipeline::to_text(problem).c_str());
    std::abort();
  }
  return std::move(*plan);
}

pipeline::Plan tiny_plan(const std::string& more, const std::vector<std::string>& sets) {
  return plan_of(tiny_pipeline + more, sets);
}

std::shared_ptr<const data::Dataset> load_first(const pipeline::Plan& plan) {
  return run::load_dataset(plan.data.front(), {});
}

Bench::Bench(const pipeline::Plan& plan, const std::string& device_name, std::size_t rows)
    : data{load_first(plan)},
      device{compute::open_device(device_name)},
      queue{device->queue()},
      network{plan.trainings.front().graph, plan.trainings.front().loss},
      at{device->flat(network.weights()), device->flat(network.buffers())},
      loss{network, *queue, rows},
      batch{*data, *queue, rows} {
  network.initialise(*queue, {17, 0}, at.weights, at.buffers);
  if (network.needs_fit()) {
    const auto fit = data::fit_standardisation(*data, training_rows(), network.needs_filled());
    network.set_fitted(*queue, at.buffers, {fit.mean, fit.factor});
  }
  batch.load(first_rows(rows));
}

std::vector<std::uint32_t> Bench::training_rows() const {
  return data::rows_of(*data, data::Split::train, data::SplitFractions{});
}

std::vector<float> Bench::logits(network::Mode mode) {
  loss.forward(at, batch.features(), batch.labels(), STEPPE_LOGIT, mode);
  return values_of(*queue, loss.values());
}

std::vector<float> Bench::losses() {
  loss.forward(at, batch.features(), batch.labels(), STEPPE_LOSS, network::Mode::train_frozen);
  return values_of(*queue, loss.values());
}

std::vector<float> Bench::features() { return values_of(*queue, batch.features()); }

run::Attacker attacker_on(Bench& bench, const pipeline::Plan& plan) {
  plugin::Surroundings surroundings;
  surroundings.queue = bench.queue.get();
  const auto& stage = plan.trainings.front().attacks.front();
  return {stage,         *bench.data,
          bench.network, bench.batch.rows(),
          surroundings,  run::deviations_for(stage, *bench.data, bench.training_rows())};
}

std::vector<float> values_of(compute::Queue& queue, const compute::Tensor& tensor) {
  const compute::Mapped view{queue, tensor};
  std::vector<float> out;
  for (std::size_t r = 0; r < view->rows; ++r)
    out.insert(out.end(), view->row(r), view->row(r) + view->columns);
  return out;
}

bool same_bits(const std::vector<float>& a, const std::vector<float>& b) {
  return a.size() == b.size() && std::memcmp(a.data(), b.data(), a.size() * sizeof(float)) == 0;
}

}  // namespace steppe::testing
