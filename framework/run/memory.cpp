#include "framework/run/memory.hpp"

#include "framework/compute/bf16_terms.hpp"
#include "framework/plugin/instance.hpp"
#include "framework/run/objective/evaluator.hpp"

#include <algorithm>
#include <iterator>

#include <fmt/format.h>

namespace steppe::run {

namespace {

using pipeline::TrainingNode;

constexpr std::uint64_t value_bytes = sizeof(float);
/// Label, weight and id of an event.
constexpr std::uint64_t event_bytes = 2 * value_bytes + sizeof(std::uint64_t);

std::uint64_t weight_bytes(const TrainingNode& node) {
  return value_bytes * node.graph.parameters();
}

/// What one event takes on its way: each node of the graph has a value, a gradient and, if it is an
/// activation, its slope; an attack has copies of the inputs.
std::uint64_t bytes_on_the_way(const TrainingNode& node) {
  std::uint64_t columns = 3 * node.graph.input_columns();
  for (const auto& one : node.graph.nodes()) columns += 3 * one.columns;
  return value_bytes * columns;
}

/// Terms of the weights of one layer, at most of all.
std::uint64_t term_bytes(const TrainingNode& node) {
  std::uint64_t most = 0;
  for (const auto precision : {node.precision.update, node.precision.attack})
    if (precision != compute::Precision::f32)
      most = std::max<std::uint64_t>(most, compute::bf16::second_operand(precision).size());
  return most * sizeof(compute::bf16::Bits) * node.graph.parameters();
}

/// How many vectors as long as the weights an optimizer keeps.
std::uint64_t states_of(const pipeline::Stage& optimizer) {
  std::uint64_t out = 0;
  const auto functions = plugin::functions_of<steppe_optimizer>(*optimizer.info);
  for (const char* const* name = functions.state; name && *name; ++name) ++out;
  return out;
}

/// Events at once: a setting of this name, or as many as are scored at once where that is more.
std::uint64_t events_at_once(const plugin::Settings& settings) {
  const auto* batch = settings.find("batch");
  const auto* count = batch && batch->items.size() == 1
                          ? std::get_if<std::int64_t>(&batch->items.front())
                          : nullptr;
  return std::max<std::uint64_t>(Evaluator::chunk_rows,
                                 count ? static_cast<std::uint64_t>(*count) : 0);
}

}  // namespace

MemoryNeed memory_of(const pipeline::DataNode& node, std::size_t rows) {
  const auto bytes = rows * (value_bytes * node.columns.size() + event_bytes);
  return {2 * bytes, bytes};
}

MemoryNeed memory_of(const TrainingNode& node, std::size_t rows) {
  constexpr std::uint64_t copies = 5;  // weights, gradient, the best, an average, before an attack
  const auto vectors = weight_bytes(node) * (copies + states_of(node.optimizer));
  const auto order = rows * 2 * sizeof(std::uint32_t);
  return {vectors + term_bytes(node) + order +
              events_at_once(node.trainer.settings) * bytes_on_the_way(node),
          weight_bytes(node)};
}

MemoryNeed memory_of_found(const TrainingNode& node) {
  return {2 * weight_bytes(node), weight_bytes(node)};
}

MemoryNeed memory_of(const pipeline::ScoreNode& node, const TrainingNode& training,
                     std::size_t rows) {
  // Logits and losses, and once more under an attack.
  const auto outputs = (node.attack ? 2 : 1) * (training.loss.outputs + 1);
  return {rows * (value_bytes * outputs + event_bytes) +
              Evaluator::chunk_rows * bytes_on_the_way(training),
          0};
}

MemoryNeed memory_of(const pipeline::SharpnessNode& node, const TrainingNode& training) {
  constexpr std::uint64_t vectors = 16;  // directions, products and copies of the weights
  return {vectors * weight_bytes(training) +
              2 * events_at_once(node.stage.wiring) * bytes_on_the_way(training),
          0};
}

MemoryNeed memory_of(const pipeline::DistributionNode& /*node*/, std::size_t rows) {
  return {rows * 2 * value_bytes, 0};
}

std::string amount(std::uint64_t bytes) {
  constexpr const char* units[] = {"B", "kB", "MB", "GB", "TB"};
  auto value = static_cast<double>(bytes);
  std::size_t unit = 0;
  for (; value >= 1000 && unit + 1 < std::size(units); ++unit) value /= 1000;
  return fmt::format("{:.{}f} {}", value, unit == 0 ? 0 : 1, units[unit]);
}

}  // namespace steppe::run
