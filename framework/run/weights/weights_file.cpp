#include "framework/run/weights/weights_file.hpp"

#include "framework/data/dataset.hpp"
#include "framework/data/files.hpp"
#include "framework/data/tensor_file.hpp"

#include <steppe/random.hpp>

#include <algorithm>
#include <cctype>
#include <string_view>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

namespace steppe::run {

namespace {

using Json = nlohmann::ordered_json;
using data::DataError;
using data::NamedMatrix;

constexpr auto format = "steppe-weights/1";

Json to_json(const network::Graph& graph) {
  Json nodes = Json::array();
  for (std::size_t i = 1; i < graph.nodes().size(); ++i) {
    const auto& node = graph.nodes()[i];
    Json attributes = Json::object();
    for (const auto& attribute : node.attributes)
      std::visit([&](const auto& value) { attributes[attribute.name] = value; }, attribute.value);
    nodes.push_back({{"op", node.op}, {"inputs", node.inputs}, {"attributes", attributes}});
  }
  return {{"columns", graph.input_columns()}, {"nodes", nodes}, {"output", graph.output()}};
}

network::Attribute attribute_of(const std::string& name, const Json& value) {
  if (value.is_boolean()) return {name, value.get<bool>()};
  if (value.is_number_integer()) return {name, value.get<std::int64_t>()};
  if (value.is_number()) return {name, value.get<double>()};
  return {name, value.get<std::string>()};
}

network::Graph graph_of(const Json& json, const network::OperationList& layers) {
  network::Graph out{json.at("columns").get<std::size_t>(), layers};
  for (const auto& node : json.at("nodes")) {
    const auto inputs = node.at("inputs").get<std::vector<std::size_t>>();
    std::vector<network::Attribute> attributes;
    for (const auto& [name, value] : node.at("attributes").items())
      attributes.push_back(attribute_of(name, value));
    out.add(node.at("op").get<std::string>(), inputs, std::move(attributes));
  }
  out.set_output(json.at("output").get<std::size_t>());
  return out;
}

Json to_json(const network::Loss& loss) {
  return {{"kind", network::name(loss.kind)},
          {"outputs", loss.outputs},
          {"classes", loss.classes},
          {"delta", loss.delta}};
}

network::Loss loss_of(const Json& json) {
  const auto kind = json.at("kind").get<std::string>();
  const auto known = network::loss_kind(kind);
  if (!known) throw DataError{fmt::format("there is no loss '{}'", kind)};
  return {*known, json.at("outputs").get<std::size_t>(), json.at("classes").get<std::size_t>(),
          json.at("delta").get<float>()};
}

Json features_json(const Columns& features) {
  Json out = Json::array();
  for (const auto& column : features.items)
    out.push_back({{"name", column.name}, {"unit", column.unit}});
  return out;
}

Columns features_of(const Json& json, const std::string& domain) {
  Columns out{{}, domain};
  for (const auto& column : json) {
    Column feature;
    feature.name = column.at("name").get<std::string>();
    feature.unit = column.at("unit").get<std::string>();
    out.items.push_back(std::move(feature));
  }
  return out;
}

/// The segments of a flat buffer, each as a matrix of its own.
void write_segments(compute::Queue& queue, const compute::Tensor& flat, const std::string& prefix,
                    std::vector<NamedMatrix>& to) {
  const auto& segments = flat.segments->segments();
  for (std::size_t s = 0; s < segments.size(); ++s) {
    NamedMatrix out{prefix + segments[s].name, segments[s].rows, segments[s].columns, {}};
    out.values.reserve(segments[s].size());
    const compute::Mapped view{queue, flat.segment(s)};
    for (std::size_t r = 0; r < out.rows; ++r)
      out.values.insert(out.values.end(), view->row(r), view->row(r) + out.columns);
    to.push_back(std::move(out));
  }
}

void read_segments(compute::Queue& queue, const std::vector<NamedMatrix>& from,
                   const std::string& prefix, const compute::Tensor& flat) {
  const auto& segments = flat.segments->segments();
  for (std::size_t s = 0; s < segments.size(); ++s) {
    const auto name = prefix + segments[s].name;
    const auto found = std::ranges::find(from, name, &NamedMatrix::name);
    if (found == from.end()) throw DataError{fmt::format("it has no '{}'", name)};
    if (found->rows != segments[s].rows || found->columns != segments[s].columns)
      throw DataError{fmt::format("'{}' is {} x {}, and its graph wants {} x {}", name, found->rows,
                                  found->columns, segments[s].rows, segments[s].columns)};
    const compute::Mapped view{queue, flat.segment(s)};
    for (std::size_t r = 0; r < found->rows; ++r)
      std::copy_n(found->values.data() + r * found->columns, found->columns, view->row(r));
  }
}

const std::string& text(const data::TensorFile& file, const char* key) {
  const auto found = file.texts.find(key);
  if (found == file.texts.end())
    throw DataError{
        fmt::format("its header says nothing of '{}'; it is no file of weights that "
                    "Steppe wrote",
                    key)};
  return found->second;
}

Json json(const data::TensorFile& file, const char* key) { return Json::parse(text(file, key)); }

Origin origin_of(const data::TensorFile& file) {
  if (text(file, "format") != format)
    throw DataError{fmt::format("it has the format '{}', and this program reads '{}'",
                                text(file, "format"), format)};
  Origin out{text(file, "training"), {}, text(file, "data"), text(file, "pipeline")};
  const auto coordinates = json(file, "coordinates");
  for (const auto& [axis, value] : coordinates.items())
    out.coordinates.emplace_back(axis, value.get<std::string>());
  return out;
}

SavedNetwork read(const data::TensorFile& file, const std::shared_ptr<compute::Device>& device,
                  const network::OperationList& layers) {
  auto network = std::make_shared<network::Network>(graph_of(json(file, "graph"), layers),
                                                    loss_of(json(file, "loss")));
  return {origin_of(file), network_of(file, std::move(network), device)};
}

/// Reads a file with `reader`, whose refusals get the file's name.
template <class Reader>
auto from_file(const std::filesystem::path& path, const Reader& reader) {
  const auto file = data::read_tensor_file(path);
  try {
    return reader(file);
  } catch (const std::exception& error) {
    // Whatever does not fit (JSON, graph, shapes) is a matter of this file.
    throw DataError{fmt::format("'{}': {}", path.string(), error.what())};
  }
}

constexpr std::size_t longest_name = 200;  // a file system takes 255

/// With '_' for what a file name, or what stands around it there, has no place for.
std::string in_file_name(std::string part) {
  for (char& c : part)
    if (!std::isalnum(static_cast<unsigned char>(c)) &&
        std::string_view{".-+_"}.find(c) == std::string_view::npos)
      c = '_';
  return part;
}

}  // namespace

std::string weights_file_name(const Origin& origin) {
  auto out = origin.training;
  auto whole = origin.training;
  for (const auto& [axis, value] : origin.coordinates) {
    out += fmt::format(".{}={}", in_file_name(axis), in_file_name(value));
    whole += fmt::format("\n{}\n{}", axis, value);
  }
  const auto is_own = [](const auto& coordinate) {
    return in_file_name(coordinate.first) == coordinate.first &&
           in_file_name(coordinate.second) == coordinate.second;
  };
  if (out.size() > longest_name || !std::ranges::all_of(origin.coordinates, is_own))
    out = fmt::format("{:.{}}~{:016x}", out, longest_name, stream_key(whole));
  return out + ".safetensors";
}

std::string graph_text(const network::Graph& graph) { return to_json(graph).dump(); }
std::string loss_text(const network::Loss& loss) { return to_json(loss).dump(); }

data::TensorFile weights_content(const TrainedNetwork& trained, const Origin& origin) {
  Json coordinates = Json::object();
  for (const auto& [axis, value] : origin.coordinates) coordinates[axis] = value;
  data::TensorFile file;
  file.texts = {{"format", format},
                {"training", origin.training},
                {"coordinates", coordinates.dump()},
                {"data", origin.data},
                {"domain", trained.features.domain},
                {"features", features_json(trained.features).dump()},
                {"graph", graph_text(trained.network->graph())},
                {"loss", loss_text(trained.loss())},
                {"pipeline", origin.pipeline}};
  const auto queue = trained.device->queue();
  write_segments(*queue, trained.at.weights, "weights.", file.matrices);
  write_segments(*queue, trained.at.buffers, "buffers.", file.matrices);
  return file;
}

TrainedNetwork network_of(const data::TensorFile& content,
                          std::shared_ptr<const network::Network> network,
                          const std::shared_ptr<compute::Device>& device) {
  TrainedNetwork out;
  out.device = device;
  out.features = features_of(json(content, "features"), text(content, "domain"));
  out.network = std::move(network);
  out.at = {device->flat(out.network->weights()), device->flat(out.network->buffers())};
  const auto queue = device->queue();
  read_segments(*queue, content.matrices, "weights.", out.at.weights);
  read_segments(*queue, content.matrices, "buffers.", out.at.buffers);
  return out;
}

void save_weights(const std::filesystem::path& path, const TrainedNetwork& trained,
                  const Origin& origin) {
  data::write_changed(path, data::to_bytes(weights_content(trained, origin)));
}

Origin read_origin(const std::filesystem::path& path) { return from_file(path, origin_of); }

SavedNetwork load_weights(const std::filesystem::path& path,
                          const std::shared_ptr<compute::Device>& device,
                          const network::OperationList& layers) {
  return from_file(path, [&](const data::TensorFile& file) { return read(file, device, layers); });
}

}  // namespace steppe::run
