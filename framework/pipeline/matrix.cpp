#include "framework/pipeline/matrix.hpp"

#include "framework/pipeline/messages.hpp"

#include <algorithm>
#include <utility>

namespace steppe::pipeline {

namespace {

constexpr std::size_t point_limit = 100'000;

bool is_scalar(const Node& node) { return !node.array() && !node.table(); }

class MatrixReader {
 public:
  MatrixReader(const Outline& outline, const Scope& values, std::vector<Problem>& problems)
      : outline_{outline}, values_{values}, problems_{problems} {}

  Matrix read() {
    Matrix out;
    if (!outline_.matrix) return out;
    std::size_t points = 1;
    for (const auto& entry : outline_.matrix->node.table()->entries) {
      auto& values = out.axes.emplace_back(axis(entry)).values;
      if (points * values.size() > point_limit) {
        say(entry.key_position, message::too_many_points(point_limit));
        values.clear();
      }
      points *= std::max<std::size_t>(1, values.size());
    }
    return out;
  }

 private:
  Axis axis(const Entry& entry) {
    Axis out{entry.key, entry.key_position, {}};
    if (entry.key == "test") say(entry.key_position, message::axis_test());
    const auto* values = outline_.values ? outline_.values->node.table() : nullptr;
    if (values && values->find(entry.key))
      say(entry.key_position, message::axis_is_value(entry.key));
    const auto before = problems_.size();
    if (const auto* array = entry.node.array()) {
      for (const auto& item : *array) add(item, out);
    } else if (const auto node = substitute(entry.node, values_, problems_)) {
      count(*node, out);
    }
    const bool good = problems_.size() == before;
    if (good && out.values.empty()) say(entry.node.position, message::empty_axis(entry.key));
    if (good && entry.key == "trial") check_trials(out, entry.node.position);
    if (problems_.size() != before) out.values.clear();
    return out;
  }

  void add(const Node& written, Axis& out) {
    if (!is_scalar(written)) return say(written.position, message::bad_axis(out.name));
    auto node = substitute(written, values_, problems_);
    if (!node) return;
    const auto text = plain_text(*node);
    for (const auto& other : out.values)
      if (plain_text(other) == text)
        return say(written.position, message::repeated_coordinate(out.name, text));
    out.values.push_back(std::move(*node));
  }

  /// `trial = 5` is [0, 1, 2, 3, 4].
  void count(const Node& node, Axis& out) {
    const auto* count = std::get_if<std::int64_t>(&node.value);
    if (!count || *count < 0) return say(node.position, message::bad_axis(out.name));
    const auto limit = static_cast<std::int64_t>(point_limit) + 1;
    for (std::int64_t i = 0; i < std::min(*count, limit); ++i)
      out.values.push_back({i, node.position});
  }

  void check_trials(const Axis& trial, const Position& position) {
    const bool good = std::all_of(trial.values.begin(), trial.values.end(), [](const Node& node) {
      const auto* number = std::get_if<std::int64_t>(&node.value);
      return number && *number >= 0;
    });
    if (!good) say(position, message::bad_trial());
  }

  void say(const Position& position, std::string sentence) {
    problems_.push_back({position, std::move(sentence)});
  }

  const Outline& outline_;
  const Scope& values_;
  std::vector<Problem>& problems_;
};

}  // namespace

std::size_t Matrix::points() const {
  std::size_t out = 1;
  for (const auto& axis : axes) out *= std::max<std::size_t>(1, axis.values.size());
  return out;
}

std::size_t Matrix::index(std::size_t point, std::size_t axis) const {
  for (std::size_t later = axes.size() - 1; later > axis; --later)
    point /= std::max<std::size_t>(1, axes[later].values.size());
  return point % std::max<std::size_t>(1, axes[axis].values.size());
}

std::vector<std::string> Matrix::coordinates(std::size_t point) const {
  std::vector<std::string> out;
  for (std::size_t i = 0; i < axes.size(); ++i)
    out.push_back(axes[i].values.empty() ? "" : plain_text(axes[i].values[index(point, i)]));
  return out;
}

Scope Matrix::scope(const Scope& values, std::size_t point) const {
  Scope out = values;
  for (std::size_t i = 0; i < axes.size(); ++i) {
    std::optional<Node> value;
    if (!axes[i].values.empty()) value = axes[i].values[index(point, i)];
    out.set(axes[i].name, value, value ? value->position : axes[i].position);
  }
  return out;
}

std::uint64_t Matrix::trial(std::size_t point) const {
  for (std::size_t i = 0; i < axes.size(); ++i)
    if (axes[i].name == "trial" && !axes[i].values.empty())
      return static_cast<std::uint64_t>(
          std::get<std::int64_t>(axes[i].values[index(point, i)].value));
  return 0;
}

Scope read_values(const Outline& outline, std::vector<Problem>& problems) {
  Scope out;
  if (outline.matrix)
    for (const auto& entry : outline.matrix->node.table()->entries)
      out.set_out_of_reach(entry.key, message::axis_out_of_reach(entry.key));
  if (!outline.values) return out;
  for (const auto& entry : outline.values->node.table()->entries)
    out.set_out_of_reach(entry.key, message::value_out_of_reach(entry.key));
  for (const auto& entry : outline.values->node.table()->entries) {
    std::optional<Node> value;
    if (is_scalar(entry.node))
      value = substitute(entry.node, out, problems);
    else
      problems.push_back({entry.node.position, message::value_not_scalar(entry.key)});
    out.set(entry.key, value, first_written(entry.node, out));
  }
  return out;
}

Matrix read_matrix(const Outline& outline, const Scope& values, std::vector<Problem>& problems) {
  return MatrixReader{outline, values, problems}.read();
}

}  // namespace steppe::pipeline
