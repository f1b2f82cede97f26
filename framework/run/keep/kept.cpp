#include "framework/run/keep/kept.hpp"

#include "framework/run/keep/json_texts.hpp"

#include <tuple>
#include <utility>

#include <fmt/format.h>

namespace steppe::run {

namespace {

using store::Object;

/// Numbers of a measurement.
store::Artifact numbers(const char* kind, const std::vector<data::Quantity>& quantities,
                        const std::vector<data::Curve>& curves) {
  auto names = Json::array(), axes = Json::array();
  std::vector<double> values;
  for (const auto& quantity : quantities) {
    names.push_back(Json::array({quantity.name, quantity.undefined}));
    values.push_back(quantity.value);
    values.push_back(quantity.uncertainty);
  }
  store::Artifact out{kind, {}, {{"values", {quantities.size(), 2}, std::move(values)}}};
  for (std::size_t c = 0; c < curves.size(); ++c) {
    const auto& curve = curves[c];
    axes.push_back(Json::array({curve.name, curve.x_name, curve.y_name}));
    out.columns.push_back({fmt::format("curve.{}.x", c), {curve.x.size()}, curve.x});
    out.columns.push_back({fmt::format("curve.{}.y", c), {curve.y.size()}, curve.y});
  }
  out.texts["quantities"] = text_of(names);
  out.texts["curves"] = text_of(axes);
  return out;
}

std::vector<data::Quantity> quantities_of(const Object& object) {
  const auto values = object.doubles("values");
  return from_json(object, "quantities", [&](const Json& json) {
    if (2 * json.size() != values.size())
      throw data::DataError{fmt::format("'{}': it has {} names of {} values",
                                        object.path().string(), json.size(), values.size() / 2)};
    std::vector<data::Quantity> out;
    for (std::size_t i = 0; i < json.size(); ++i)
      out.push_back({json[i].at(0).get<std::string>(), values[2 * i], values[2 * i + 1],
                     json[i].at(1).get<std::string>()});
    return out;
  });
}

std::vector<data::Curve> curves_of(const Object& object) {
  return from_json(object, "curves", [&](const Json& json) {
    std::vector<data::Curve> out;
    for (std::size_t c = 0; c < json.size(); ++c) {
      const auto x = object.doubles(fmt::format("curve.{}.x", c)),
                 y = object.doubles(fmt::format("curve.{}.y", c));
      out.push_back({json[c].at(0).get<std::string>(),
                     json[c].at(1).get<std::string>(),
                     json[c].at(2).get<std::string>(),
                     {x.begin(), x.end()},
                     {y.begin(), y.end()}});
    }
    return out;
  });
}

}  // namespace

store::Artifact to_artifact(const TrainedNetwork& trained, const Origin& origin) {
  auto content = weights_content(trained, origin);
  store::Artifact out{"training", std::move(content.texts), {}};
  for (auto& matrix : content.matrices)
    out.columns.push_back(
        {std::move(matrix.name), {matrix.rows, matrix.columns}, std::move(matrix.values)});
  // JSON gives a double back bit for bit; what is not finite is null, as in results.json.
  out.texts["history"] =
      text_of({{"names", trained.history.names}, {"epochs", trained.history.epochs}});
  out.texts["rows"] = text_of(Json::array({trained.train_rows, trained.validation_rows}));
  return out;
}

TrainedNetwork trained_of(const Object& object, std::shared_ptr<const network::Network> network,
                          const std::shared_ptr<compute::Device>& device) {
  const auto content = data::parse_tensor_file(object.bytes(), object.path());
  auto out = network_of(content, std::move(network), device);
  from_json(object, "history", [&](const Json& json) {
    out.history.names = json.at("names").get<std::vector<std::string>>();
    for (const auto& epoch : json.at("epochs")) {
      auto& numbers = out.history.epochs.emplace_back();
      for (const auto& number : epoch) numbers.push_back(real_of(number));
    }
  });
  std::tie(out.train_rows, out.validation_rows) = from_json(object, "rows", [](const Json& json) {
    return std::pair{json.at(0).get<std::size_t>(), json.at(1).get<std::size_t>()};
  });
  return out;
}

store::Artifact to_artifact(const pipeline::MeasuredRow& row) {
  auto out = numbers("score", row.quantities, row.curves);
  out.texts["events"] = text_of({{"all", row.events}, {"classes", row.class_events}});
  return out;
}

pipeline::MeasuredRow row_of(const Object& object) {
  pipeline::MeasuredRow out;
  out.quantities = quantities_of(object);
  out.curves = curves_of(object);
  from_json(object, "events", [&](const Json& json) {
    json.at("all").get_to(out.events);
    json.at("classes").get_to(out.class_events);
  });
  return out;
}

store::Artifact to_artifact(const pipeline::MeasuredSharpness& measured) {
  return numbers("sharpness", measured.quantities, measured.curves);
}

pipeline::MeasuredSharpness sharpness_of(const Object& object) {
  return {{}, {}, quantities_of(object), curves_of(object)};
}

store::Artifact to_artifact(const pipeline::DataRecord& record) {
  const Json json{{"name", record.name},
                  {"domain", record.domain},
                  {"rows", record.rows},
                  {"class_rows", record.class_rows},
                  {"dropped", record.gaps.dropped},
                  {"imputed", record.gaps.imputed}};
  return {"data", {{"record", text_of(json)}}, {}};
}

pipeline::DataRecord record_of(const Object& object) {
  return from_json(object, "record", [](const Json& json) {
    return pipeline::DataRecord{
        json.at("name").get<std::string>(),
        json.at("domain").get<std::string>(),
        json.at("rows").get<std::size_t>(),
        json.at("class_rows").get<std::vector<std::size_t>>(),
        {json.at("dropped").get<std::uint64_t>(), json.at("imputed").get<std::uint64_t>()}};
  });
}

}  // namespace steppe::run
