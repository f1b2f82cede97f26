// How much memory a node will need at most, estimated from what the plan says of it: enough to keep
// nodes apart that do not fit side by side, and no promise.
#pragma once

#include "framework/pipeline/plan.hpp"

#include <cstddef>
#include <cstdint>
#include <string>

namespace steppe::run {

/// Bytes of a task: while it is at work, and afterwards, as long as others need what it gave.
struct MemoryNeed {
  std::uint64_t at_work = 0, kept = 0;
};

/// Bytes of one data set that may be in memory; a larger one lies in a file (data/growing.hpp): an
/// eighth of `memory`, which is 0 where there is no limit, then of what the machine has.
std::uint64_t data_in_memory(std::uint64_t memory);
/// A data set of `rows` events, of which so many bytes may be in memory. While it is read there are
/// also events on their way to it, and what goes to a file is in memory until it is too large.
MemoryNeed memory_of(const pipeline::DataNode& node, std::size_t rows, std::uint64_t in_memory);
/// A training on `rows` events: the weights with their gradient, what the optimizer keeps of each,
/// copies of them (the best, an average, those before an attack on weights), and what goes through
/// the network at once. A trained network is its weights.
MemoryNeed memory_of(const pipeline::TrainingNode& node, std::size_t rows);
/// A trained network that is found and read.
MemoryNeed memory_of_found(const pipeline::TrainingNode& node);
/// Scores of `rows` events.
MemoryNeed memory_of(const pipeline::ScoreNode& node, const pipeline::TrainingNode& training,
                     std::size_t rows);
MemoryNeed memory_of(const pipeline::SharpnessNode& node, const pipeline::TrainingNode& training);
/// Histograms of `rows` events of all data sets together, a column at a time.
MemoryNeed memory_of(const pipeline::DistributionNode& node, std::size_t rows);

/// "350.1 kB"
std::string amount(std::uint64_t bytes);

}  // namespace steppe::run
