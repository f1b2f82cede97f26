// One data set out of a pipeline: its reader and transforms, without the trainings around it.
#include "framework/pipeline/matrix.hpp"
#include "framework/pipeline/outline.hpp"
#include "framework/pipeline/plan.hpp"
#include "framework/pipeline/resolve.hpp"
#include "framework/plugin/handles.hpp"
#include "framework/plugin/instance.hpp"

#include <algorithm>
#include <memory>

#include <fmt/format.h>

namespace steppe::pipeline {

namespace {

using Coordinates = std::vector<std::pair<std::string, std::string>>;

std::optional<std::size_t> point_at(const Matrix& matrix, const Coordinates& coordinates) {
  for (std::size_t point = 0; point < matrix.points(); ++point) {
    const auto values = matrix.coordinates(point);
    bool same = values.size() == coordinates.size();
    for (std::size_t a = 0; same && a < values.size(); ++a)
      same = std::ranges::find(coordinates, std::pair{matrix.axes[a].name, values[a]}) !=
             coordinates.end();
    if (same) return point;
  }
  return std::nullopt;
}

Columns columns_of(const DataNode& node) {
  auto columns = plugin::reader_columns(
      plugin::Instance{*node.reader.info, node.reader.settings, node.reader.name});
  for (const auto& stage : node.transforms)
    columns = plugin::transform_columns(plugin::Instance{*stage.info, stage.settings, stage.name},
                                        columns);
  return columns;
}

}  // namespace

std::optional<DataNode> plan_data(const Document& document, const plugin::Catalogue& catalogue,
                                  const Coordinates& coordinates, const std::string& name,
                                  std::vector<Problem>& problems) {
  const Position whole{std::make_shared<const std::string>(document.file.string())};
  const auto outline = make_outline(document, problems);
  const auto values = read_values(outline, problems);
  const auto matrix = read_matrix(outline, values, problems);
  const auto point = point_at(matrix, coordinates);
  if (!point) {
    problems.push_back({whole, "its matrix has no point with these coordinates"});
    return std::nullopt;
  }
  const auto scope = matrix.scope(values, *point);
  auto node = Resolver{outline, catalogue, scope, problems}.data({name, whole});
  sort_problems(document, problems);
  if (!node || has_errors(problems)) return std::nullopt;
  try {
    node->columns = columns_of(*node);
  } catch (const plugin::PluginError& error) {
    problems.push_back({whole, error.what()});
    return std::nullopt;
  }
  return node;
}

}  // namespace steppe::pipeline
