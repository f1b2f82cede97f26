#include "framework/run/events/distribution.hpp"

#include "framework/run/error.hpp"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

namespace steppe::run {

namespace {

/// One column of the events of one class of a data set.
struct Sample {
  std::string data, events;
  std::vector<float> values, weights;
};

/// Into how many classes events are told apart; 1: they are not.
std::size_t classes_of(const std::vector<NamedData>& sets) {
  const auto classes = [](const NamedData& one) { return one.set->class_rows().size(); };
  const auto first = classes(sets.front());
  const bool same = std::all_of(sets.begin(), sets.end(),
                                [&](const NamedData& one) { return classes(one) == first; });
  return same ? std::max<std::size_t>(first, 1) : 1;
}

std::string class_name(std::size_t index, std::size_t classes) {
  if (classes == 1) return "all";
  if (classes == 2) return index == 1 ? "signal" : "background";
  return fmt::format("class {}", index);
}

std::vector<std::uint32_t> rows_of_class(const data::Dataset& data, std::size_t index,
                                         std::size_t classes,
                                         const std::vector<std::uint32_t>& rows) {
  if (classes == 1) return rows;
  std::vector<std::uint32_t> out;
  for (const auto row : rows)
    if (static_cast<std::size_t>(*data.labels().row(row)) == index) out.push_back(row);
  return out;
}

class Distribution {
 public:
  Distribution(const pipeline::DistributionNode& node, const std::vector<NamedData>& sets,
               const data::SplitFractions& splits)
      : node_{node}, sets_{sets}, classes_{classes_of(sets)} {
    for (const auto& one : sets) {
      rows_.push_back(data::rows_of(*one.set, data::split_named(node.split), splits));
      if (rows_.back().empty())
        throw RunError{
            fmt::format("split '{}' of data set '{}' has no events", node.split, one.name)};
    }
  }

  pipeline::MeasuredDistribution measure(const std::string& name) const {
    const auto samples = samples_of(name);
    const auto& columns = sets_.front().set->columns();
    const auto& column = columns.items[*columns.find(name)];
    pipeline::MeasuredDistribution out{node_.name,  node_.coordinates,          node_.split, name,
                                       column.unit, edges_for(column, samples), {},          {}};
    for (const auto& sample : samples)
      out.histograms.push_back(
          {sample.data, sample.events, data::fill(out.edges, sample.values, sample.weights)});
    compare(out);
    return out;
  }

 private:
  /// By class, then by data set.
  std::vector<Sample> samples_of(const std::string& name) const {
    std::vector<Sample> out;
    for (std::size_t c = 0; c < classes_; ++c)
      for (std::size_t s = 0; s < sets_.size(); ++s) {
        const auto& data = *sets_[s].set;
        auto rows = rows_of_class(data, c, classes_, rows_[s]);
        Sample sample{sets_[s].name, class_name(c, classes_), {}, {}};
        sample.values = data.filled_values(*data.columns().find(name), rows);
        for (const auto row : rows) sample.weights.push_back(*data.weights().row(row));
        out.push_back(std::move(sample));
      }
    return out;
  }

  std::vector<double> edges_for(const Column& column, const std::vector<Sample>& samples) const {
    if (!node_.range.empty())
      return data::equal_edges(node_.range.front(), node_.range.back(), node_.bins);
    std::vector<data::Span> spans;
    for (const auto& sample : samples)
      if (!sample.values.empty()) spans.push_back(data::span_of(sample.values));
    if (spans.empty())
      throw RunError{
          fmt::format("column '{}' has no value in the split '{}': all its slots are "
                      "empty",
                      column.name, node_.split)};
    return data::round_edges(spans, node_.bins, column.kind != ColumnKind::real);
  }

  /// Each data set with the first, class by class.
  void compare(pipeline::MeasuredDistribution& out) const {
    for (std::size_t i = 0; i < out.histograms.size(); ++i) {
      const auto& reference = out.histograms[i - i % sets_.size()];
      const auto& one = out.histograms[i];
      if (&one == &reference) continue;
      pipeline::HistogramComparison found{one.events,
                                          one.data,
                                          reference.data,
                                          {data::separation(one.histogram, reference.histogram)}};
      for (auto& quantity : data::chi_squared(one.histogram, reference.histogram))
        found.quantities.push_back(std::move(quantity));
      out.comparisons.push_back(std::move(found));
    }
  }

  const pipeline::DistributionNode& node_;
  const std::vector<NamedData>& sets_;
  std::size_t classes_;
  std::vector<std::vector<std::uint32_t>> rows_;  ///< of each data set, those of the split
};

}  // namespace

std::vector<pipeline::MeasuredDistribution> measure_distribution(
    const pipeline::DistributionNode& node, const std::vector<NamedData>& sets,
    const data::SplitFractions& splits, const plugin::Surroundings& surroundings) {
  const compute::Profile::Span at_work{surroundings.profile, "distributions"};
  const Distribution distribution{node, sets, splits};
  std::vector<pipeline::MeasuredDistribution> out;
  for (const auto& column : node.columns) {
    surroundings.stop_if_cancelled();
    out.push_back(distribution.measure(column));
  }
  return out;
}

}  // namespace steppe::run
