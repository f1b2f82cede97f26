#include "framework/report/results_json.hpp"

#include "framework/report/student.hpp"
#include "framework/report/summary.hpp"

#include <cmath>

#include <nlohmann/json.hpp>

namespace steppe::report {

namespace {

using Json = nlohmann::ordered_json;

/// JSON has no NaN and no infinity: null.
Json number(double value) { return std::isfinite(value) ? Json(value) : Json(nullptr); }

Json point(const std::vector<std::string>& axes, const std::vector<std::string>& coordinates) {
  Json out = Json::object();
  for (std::size_t i = 0; i < coordinates.size(); ++i) out[axes[i]] = coordinates[i];
  return out;
}

Json values(const std::vector<data::Quantity>& quantities) {
  Json out = Json::object();
  for (const auto& q : quantities) {
    if (q.undefined.empty())
      out[q.name] = {{"value", number(q.value)}, {"uncertainty", number(q.uncertainty)}};
    else
      out[q.name] = {{"value", nullptr}, {"undefined", q.undefined}};
  }
  return out;
}

Json means(const std::vector<TrialMean>& quantities) {
  Json out = Json::object();
  for (const auto& q : quantities)
    out[q.name] = {{"mean", number(q.mean)},
                   {"median", number(q.median)},
                   {"error", number(q.error)},
                   {"deviation", number(q.deviation)},
                   {"trials", q.trials}};
  return out;
}

/// Means over paired trials, with the probability that they are zero.
Json differences(const std::vector<PairedDifference>& list, const std::vector<std::string>& axes) {
  Json out = Json::array();
  for (const auto& d : list) {
    auto others = axes;
    std::erase(others, d.axis);
    auto values = means(d.quantities);
    for (const auto& q : d.quantities) values[q.name]["p_value"] = number(p_value(q));
    out.push_back({{"axis", d.axis},
                   {"point", point(others, d.coordinates)},
                   {"of", d.of},
                   {"minus", d.minus},
                   {"values", std::move(values)}});
  }
  return out;
}

Json curves(const std::vector<data::Curve>& list) {
  Json out = Json::object();
  for (const auto& curve : list)
    out[curve.name] = {{curve.x_name, curve.x}, {curve.y_name, curve.y}};
  return out;
}

Json data_record(const pipeline::DataRecord& data) {
  Json out = {{"name", data.name}, {"domain", data.domain}, {"events", data.rows}};
  if (data.class_rows.size() == 2)
    out["signal"] = data.class_rows[1];
  else if (!data.class_rows.empty())
    out["classes"] = data.class_rows;
  out["dropped"] = data.gaps.dropped;
  out["imputed"] = data.gaps.imputed;
  return out;
}

Json rows(const pipeline::StudyResults& results) {
  Json out = Json::array();
  for (const auto& row : results.rows) {
    Json entry = {{"point", point(results.axes, row.coordinates)},
                  {"values", values(row.quantities)}};
    if (!row.curves.empty()) entry["curves"] = curves(row.curves);
    out.push_back(std::move(entry));
  }
  return out;
}

Json sharpness(const pipeline::StudyResults& results) {
  Json out = Json::array();
  for (const auto& row : results.sharpness)
    out.push_back({{"measure", row.measure},
                   {"point", point(results.axes, row.coordinates)},
                   {"values", values(row.quantities)},
                   {"curves", curves(row.curves)}});
  return out;
}

Json comparisons(const pipeline::StudyResults& results) {
  auto axes = results.axes;
  std::erase(axes, "trial");
  Json out = Json::array();
  for (const auto& one : results.comparisons) {
    Json entry = {{"metric", one.metric},
                  {"point", point(axes, one.coordinates)},
                  {"trials", one.trials},
                  {"values", values(one.quantities)}};
    if (!one.curves.empty()) entry["curves"] = curves(one.curves);
    out.push_back(std::move(entry));
  }
  return out;
}

Json named_point(const std::vector<std::pair<std::string, std::string>>& coordinates) {
  Json out = Json::object();
  for (const auto& [axis, value] : coordinates) out[axis] = value;
  return out;
}

Json histogram(const pipeline::MeasuredHistogram& one) {
  const auto& bins = one.histogram.bins;
  Json sums = Json::array(), errors = Json::array();
  for (const auto& bin : bins) sums.push_back(bin.sum), errors.push_back(bin.error());
  const auto outside = [](const data::Bin& bin) {
    return Json{{"sum", bin.sum}, {"error", bin.error()}};
  };
  return {{"data", one.data},
          {"class", one.events},
          {"events", one.histogram.events},
          {"sums", std::move(sums)},
          {"errors", std::move(errors)},
          {"underflow", outside(one.histogram.underflow)},
          {"overflow", outside(one.histogram.overflow)}};
}

Json distributions(const pipeline::StudyResults& results) {
  Json out = Json::array();
  for (const auto& one : results.distributions) {
    Json histograms = Json::array(), comparisons = Json::array();
    for (const auto& each : one.histograms) histograms.push_back(histogram(each));
    for (const auto& pair : one.comparisons)
      comparisons.push_back({{"class", pair.events},
                             {"of", pair.of},
                             {"to", pair.to},
                             {"values", values(pair.quantities)}});
    out.push_back({{"distribution", one.name},
                   {"point", named_point(one.coordinates)},
                   {"split", one.split},
                   {"column", one.column},
                   {"unit", one.unit},
                   {"edges", one.edges},
                   {"histograms", std::move(histograms)},
                   {"comparisons", std::move(comparisons)}});
  }
  return out;
}

Json trainings(const pipeline::StudyResults& results) {
  Json out = Json::array();
  for (const auto& training : results.trainings) {
    Json history = Json::object();
    for (std::size_t n = 0; n < training.history.names.size(); ++n) {
      auto& column = history[training.history.names[n]] = Json::array();
      for (const auto& epoch : training.history.epochs) column.push_back(number(epoch[n]));
    }
    out.push_back({{"point", named_point(training.coordinates)},
                   {"parameters", training.parameters},
                   {"train_events", training.train_rows},
                   {"validation_events", training.validation_rows},
                   {"history", history}});
  }
  return out;
}

}  // namespace

std::string results_json(const pipeline::StudyResults& results) {
  const auto summary = summarise(results);
  Json out = {{"format", "steppe-results/1"},
              {"name", results.name},
              {"extends", results.extends},
              {"seed", results.seed},
              {"axes", results.axes}};
  out["data"] = Json::array();
  for (const auto& data : results.data) out["data"].push_back(data_record(data));
  out["rows"] = rows(results);
  out["summary"] = Json::array();
  for (const auto& p : summary.points)
    out["summary"].push_back(
        {{"point", point(summary.axes, p.coordinates)}, {"values", means(p.quantities)}});
  out["differences"] = differences(summary.differences, summary.axes);
  out["gains"] = differences(summary.gains, summary.axes);
  out["comparisons"] = comparisons(results);
  out["sharpness"] = sharpness(results);
  out["sharpness_summary"] = Json::array();
  for (const auto& m : summary.sharpness)
    out["sharpness_summary"].push_back({{"measure", m.stage},
                                        {"point", point(summary.axes, m.coordinates)},
                                        {"values", means(m.quantities)}});
  out["distributions"] = distributions(results);
  out["trainings"] = trainings(results);
  // A name that a plugin made is not always UTF-8; hours of training do not end for that.
  return out.dump(1, ' ', false, Json::error_handler_t::replace) + "\n";
}

}  // namespace steppe::report
