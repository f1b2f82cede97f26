#include "framework/run/train/class_weights.hpp"

#include "framework/run/error.hpp"

#include <algorithm>
#include <variant>

#include <fmt/format.h>

namespace steppe::run {

namespace {

std::size_t classes_of(const data::Dataset& data) {
  const auto& columns = data.columns().items;
  const auto target = std::ranges::find(columns, Role::target, &Column::role);
  if (target->classes == 0)
    throw RunError{fmt::format(
        "'class_weights' and 'balance_classes' need classes, and the target '{}' is a real value",
        target->name)};
  return static_cast<std::size_t>(target->classes);
}

std::size_t class_of(const data::Dataset& data, std::size_t row) {
  return static_cast<std::size_t>(*data.labels().row(row));
}

/// sum w / (classes sum_c w): then every class has the same sum, and all together the one before.
void balance(const data::Dataset& data, std::span<const std::uint32_t> rows,
             std::vector<double>& factors) {
  std::vector<double> sums(factors.size(), 0.0);
  double all = 0;
  for (const auto row : rows) {
    const double weight = *data.weights().row(row);
    sums[class_of(data, row)] += weight;
    all += weight;
  }
  for (std::size_t c = 0; c < sums.size(); ++c) {
    if (!(sums[c] > 0))
      throw RunError{fmt::format(
          "the training events of class {} have weights that sum to {}; 'balance_classes' needs "
          "more than 0",
          c, sums[c])};
    factors[c] *= all / (static_cast<double>(sums.size()) * sums[c]);
  }
}

}  // namespace

std::vector<float> training_weights(const data::Dataset& data, std::span<const std::uint32_t> rows,
                                    const plugin::Settings& wiring) {
  const auto& given = wiring.find("class_weights")->items;
  const bool balanced = std::get<bool>(wiring.find("balance_classes")->items.front());
  if (given.empty() && !balanced) return {};
  std::vector<double> factors(classes_of(data), 1.0);
  if (!given.empty() && given.size() != factors.size())
    throw RunError{fmt::format("'class_weights' has {} entries, and the data have {} classes",
                               given.size(), factors.size())};
  if (balanced) balance(data, rows, factors);
  for (std::size_t c = 0; c < given.size(); ++c) factors[c] *= std::get<double>(given[c]);
  std::vector<float> weights(data.rows());
  for (std::size_t r = 0; r < weights.size(); ++r)
    weights[r] = static_cast<float>(factors[class_of(data, r)] * *data.weights().row(r));
  return weights;
}

}  // namespace steppe::run
