#include "framework/run/memory.hpp"

#include "framework/compute/bf16_terms.hpp"
#include "framework/plugin/instance.hpp"
#include "framework/run/measure/kept_batches.hpp"
#include "framework/run/objective/evaluator.hpp"

#include <algorithm>
#include <iterator>
#include <limits>

#include <fmt/format.h>
#include <unistd.h>

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

/// A setting that is one whole number; 0 where there is none of this name.
std::uint64_t count_of(const plugin::Settings& settings, const char* name) {
  const auto* found = settings.find(name);
  const auto* count = found && found->items.size() == 1
                          ? std::get_if<std::int64_t>(&found->items.front())
                          : nullptr;
  return count ? static_cast<std::uint64_t>(*count) : 0;
}

/// Events at once: `batch`, or as many as are scored at once where that is more.
std::uint64_t events_at_once(const plugin::Settings& settings) {
  return std::max<std::uint64_t>(Evaluator::chunk_rows, count_of(settings, "batch"));
}

/// The events a measure keeps, and their passes with tangents.
std::uint64_t bytes_kept(const pipeline::Stage& sharpness, const TrainingNode& training) {
  constexpr std::uint64_t most = 2 * value_bytes * most_kept_floats, classes = 2;
  const auto events = count_of(sharpness.wiring, "events");  // of each class; 0: all
  return events == 0
             ? most
             : std::min(most, classes * std::min(events, most) * 2 * bytes_on_the_way(training));
}

}  // namespace

std::uint64_t data_in_memory(std::uint64_t memory) {
  constexpr std::uint64_t share = 8;  // several data sets, and what is trained on them
  if (memory > 0) return memory / share;
  const long pages = ::sysconf(_SC_PHYS_PAGES), bytes = ::sysconf(_SC_PAGESIZE);
  if (pages <= 0 || bytes <= 0) return std::numeric_limits<std::uint64_t>::max();
  return static_cast<std::uint64_t>(pages) * static_cast<std::uint64_t>(bytes) / share;
}

MemoryNeed memory_of(const pipeline::DataNode& node, std::size_t rows, std::uint64_t in_memory) {
  constexpr std::uint64_t on_their_way = 16 * 1024, copies = 2;  // before and after a transform
  const auto event = value_bytes * node.columns.size();
  const auto values = rows * event, rest = rows * event_bytes;
  const auto reading = copies * event * std::min<std::uint64_t>(rows, on_their_way);
  const bool in_file = values > in_memory;
  return {std::min(values, in_memory) + rest + reading, (in_file ? 0 : values) + rest};
}

MemoryNeed memory_of(const TrainingNode& node, std::size_t rows) {
  // Weights, those it began with, gradient, the best, an average, before an attack.
  constexpr std::uint64_t copies = 6;
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
  const std::uint64_t side_by_side = node.stage.wiring.text("classes") == "each" ? 2 : 1;
  return {side_by_side * (vectors * weight_bytes(training) +
                          2 * events_at_once(node.stage.wiring) * bytes_on_the_way(training) +
                          bytes_kept(node.stage, training)),
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
