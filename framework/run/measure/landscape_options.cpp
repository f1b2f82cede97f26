#include "framework/run/measure/landscape_options.hpp"

#include "framework/data/dataset.hpp"

#include <variant>

namespace steppe::run {

LandscapeOptions::LandscapeOptions(const plugin::Settings& wiring)
    : space{wiring.text("space") == "weights" ? STEPPE_WEIGHTS : STEPPE_INPUTS},
      batch{static_cast<std::size_t>(std::get<std::int64_t>(wiring.find("batch")->items.front()))},
      in_batches{wiring.text("pieces") == "batches"},
      label_zero{wiring.text("label") == "zero"},
      chain{std::get<bool>(wiring.find("chain")->items.front())},
      mode{wiring.text("batch_norm") == "batch" ? network::Mode::train_frozen
                                                : network::Mode::inference},
      rules{wiring} {}

std::vector<std::uint32_t> LandscapeOptions::usable(std::vector<std::uint32_t> rows) const {
  if (mode == network::Mode::inference) return rows;
  if (rows.size() % batch == 1) rows.pop_back();
  if (rows.empty() || batch == 1)
    throw data::DataError{
        "statistics of a batch need two events at least; raise 'batch', or set batch_norm = "
        "\"inference\""};
  return rows;
}

}  // namespace steppe::run
