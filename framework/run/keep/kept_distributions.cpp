// Distributions as objects of a store and back.
#include "framework/run/keep/json_texts.hpp"
#include "framework/run/keep/kept.hpp"

namespace steppe::run {

namespace {

Json to_json(const data::Bin& bin) { return Json::array({bin.sum, bin.squares}); }
data::Bin bin_of(const Json& json) { return {real_of(json.at(0)), real_of(json.at(1))}; }

Json to_json(const pipeline::MeasuredHistogram& measured) {
  const auto& histogram = measured.histogram;
  auto bins = Json::array({to_json(histogram.underflow), to_json(histogram.overflow)});
  for (const auto& bin : histogram.bins) bins.push_back(to_json(bin));
  return {{"data", measured.data},
          {"events", measured.events},
          {"counted", histogram.events},
          {"bins", std::move(bins)}};
}

pipeline::MeasuredHistogram histogram_of(const Json& json) {
  pipeline::MeasuredHistogram out{json.at("data"), json.at("events"), {}};
  json.at("counted").get_to(out.histogram.events);
  const auto& bins = json.at("bins");
  out.histogram.underflow = bin_of(bins.at(0));
  out.histogram.overflow = bin_of(bins.at(1));
  for (std::size_t b = 2; b < bins.size(); ++b) out.histogram.bins.push_back(bin_of(bins[b]));
  return out;
}

Json to_json(const pipeline::HistogramComparison& comparison) {
  auto quantities = Json::array();
  for (const auto& q : comparison.quantities)
    quantities.push_back(Json::array({q.name, q.value, q.uncertainty, q.undefined}));
  return {{"events", comparison.events},
          {"of", comparison.of},
          {"to", comparison.to},
          {"quantities", std::move(quantities)}};
}

pipeline::HistogramComparison comparison_of(const Json& json) {
  pipeline::HistogramComparison out{json.at("events"), json.at("of"), json.at("to"), {}};
  for (const auto& q : json.at("quantities"))
    out.quantities.push_back(
        {q.at(0).get<std::string>(), real_of(q.at(1)), real_of(q.at(2)), q.at(3)});
  return out;
}

Json to_json(const pipeline::MeasuredDistribution& column) {
  Json out{{"column", column.column},
           {"unit", column.unit},
           {"edges", column.edges},
           {"histograms", Json::array()},
           {"comparisons", Json::array()}};
  for (const auto& histogram : column.histograms) out["histograms"].push_back(to_json(histogram));
  for (const auto& comparison : column.comparisons)
    out["comparisons"].push_back(to_json(comparison));
  return out;
}

pipeline::MeasuredDistribution distribution_of(const Json& json) {
  pipeline::MeasuredDistribution out;
  json.at("column").get_to(out.column);
  json.at("unit").get_to(out.unit);
  json.at("edges").get_to(out.edges);
  for (const auto& histogram : json.at("histograms"))
    out.histograms.push_back(histogram_of(histogram));
  for (const auto& comparison : json.at("comparisons"))
    out.comparisons.push_back(comparison_of(comparison));
  return out;
}

}  // namespace

store::Artifact to_artifact(const std::vector<pipeline::MeasuredDistribution>& columns) {
  auto out = Json::array();
  for (const auto& column : columns) out.push_back(to_json(column));
  return {"distribution", {{"columns", text_of(out)}}, {}};
}

std::vector<pipeline::MeasuredDistribution> distributions_of(const store::Object& object) {
  return from_json(object, "columns", [](const Json& json) {
    std::vector<pipeline::MeasuredDistribution> out;
    for (const auto& column : json) out.push_back(distribution_of(column));
    return out;
  });
}

}  // namespace steppe::run
