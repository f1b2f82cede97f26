#include "framework/verify/bench.hpp"

#include "framework/data/fit.hpp"
#include "framework/data/splits.hpp"
#include "framework/run/events/dataset.hpp"

#include <cstring>
#include <numeric>

namespace steppe::verify {

const char* const tiny_data = R"(
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
)";

const char* const tiny_network = R"(
[model.tagger]
use        = "dense"
preprocess = ["standardise"]
[optimizer.adamw]
)";

namespace {

constexpr const char* tiny_training = R"(
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

pipeline::Document document_of(const std::string& toml, const std::vector<std::string>& sets,
                               std::vector<pipeline::Problem>& problems) {
  return pipeline::parse_document(toml, std::filesystem::current_path() / "small study", sets,
                                  problems);
}

template <class T>
T accepted(std::optional<T> made, const std::vector<pipeline::Problem>& problems) {
  if (made && !pipeline::has_errors(problems)) return std::move(*made);
  std::string sentences;
  for (const auto& problem : problems)
    if (problem.severity == pipeline::Severity::error)
      sentences += (sentences.empty() ? "" : "; ") + problem.sentence;
  throw Refused{sentences};
}

}  // namespace

pipeline::Plan plan_of(const plugin::Catalogue& catalogue, const std::string& toml,
                       const std::vector<std::string>& sets) {
  std::vector<pipeline::Problem> problems;
  const auto document = document_of(toml, sets, problems);
  auto plan = pipeline::make_plan(document, catalogue, problems);
  return accepted(std::move(plan), problems);
}

pipeline::DataNode data_of(const plugin::Catalogue& catalogue, const std::string& toml,
                           const std::string& name, const std::vector<std::string>& sets) {
  std::vector<pipeline::Problem> problems;
  const auto document = document_of(toml, sets, problems);
  auto node = pipeline::plan_data(document, catalogue, {}, name, problems);
  return accepted(std::move(node), problems);
}

pipeline::Plan tiny_plan(const plugin::Catalogue& catalogue, const std::string& more,
                         const std::vector<std::string>& sets) {
  return plan_of(catalogue, std::string{tiny_data} + tiny_network + tiny_training + more, sets);
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

}  // namespace steppe::verify
