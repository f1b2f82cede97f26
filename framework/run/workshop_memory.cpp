// What the nodes of a study are estimated to need, from the plan and from what is known by now.
#include "framework/run/keep/kept.hpp"
#include "framework/run/workshop.hpp"

namespace steppe::run {

/// Of a data set that was read, or that a former run has counted; nullopt: nobody knows yet.
std::optional<std::size_t> Workshop::rows_of(std::size_t d) const {
  if (!needed_[d]) return 0;
  if (data_[d]) return data_[d]->rows();
  const auto& object = shelf_.data[d].object;
  if (!object) return std::nullopt;
  try {
    return record_of(*object).rows;
  } catch (const std::exception&) {  // a note says so when it is to be used
    return std::nullopt;
  }
}

/// One that nobody has counted is read with nothing beside it.
MemoryNeed Workshop::memory_of_data(std::size_t d) const {
  const auto rows = rows_of(d);
  return rows ? memory_of(plan_.data[d], *rows, keeping_.in_memory)
              : MemoryNeed{options_.memory, 0};
}

MemoryNeed Workshop::memory_of_training(std::size_t t) const {
  const auto& node = plan_.trainings[t];
  return shelf_.trainings[t].found() ? memory_of_found(node)
                                     : memory_of(node, rows_of(node.data).value_or(0));
}

MemoryNeed Workshop::memory_of_score(std::size_t s) const {
  const auto& node = plan_.scores[s];
  if (shelf_.scores[s].found()) return {};
  return memory_of(node, plan_.trainings[node.training], rows_of(node.data).value_or(0));
}

MemoryNeed Workshop::memory_of_sharpness(std::size_t s) const {
  const auto& node = plan_.sharpness[s];
  if (shelf_.sharpness[s].found()) return {};
  return memory_of(node, plan_.trainings[node.training]);
}

MemoryNeed Workshop::memory_of_distribution(std::size_t d) const {
  const auto& node = plan_.distributions[d];
  if (shelf_.distributions[d].found()) return {};
  std::size_t rows = 0;
  for (const auto data : node.data) rows += rows_of(data).value_or(0);
  return memory_of(node, rows);
}

}  // namespace steppe::run
