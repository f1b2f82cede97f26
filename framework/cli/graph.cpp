// steppe graph: the plan of a study in the DOT language of Graphviz.
#include "framework/cli/checked.hpp"
#include "framework/cli/say.hpp"
#include "framework/cli/study_outline.hpp"
#include "framework/report/escape.hpp"

#include <fmt/format.h>

namespace steppe::cli {

namespace {

/// Writes nodes and edges; `name` is "t3", `label` what is seen.
class Graph {
 public:
  explicit Graph(const std::string& title) {
    text_ =
        fmt::format("digraph {} {{\n  rankdir=LR\n  node [shape=box, fontname=\"sans-serif\"]\n",
                    dot_quoted(title));
  }
  void node(const std::string& name, const std::string& label, const char* shape) {
    text_ += fmt::format("  {} [label={}, shape={}]\n", name, dot_quoted(label), shape);
  }
  void edge(const std::string& from, const std::string& to) {
    text_ += fmt::format("  {} -> {}\n", from, to);
  }
  std::string end() const { return text_ + "}\n"; }

 private:
  std::string text_;
};

}  // namespace

std::string dot_quoted(const std::string& text) {
  std::string out = "\"";
  for (const char c : report::printable(text, report::LineEnds::keep)) {
    if (c == '"' || c == '\\') out += '\\';
    out += c == '\n' ? std::string{"\\n"} : std::string(1, c);
  }
  return out + "\"";
}

std::string plan_dot(const pipeline::Plan& plan) {
  const auto outline = outline_of(plan);
  Graph graph{plan.name};
  for (std::size_t d = 0; d < plan.data.size(); ++d)
    graph.node(fmt::format("d{}", d), plan.data[d].name, "cylinder");
  for (std::size_t t = 0; t < plan.trainings.size(); ++t) {
    const auto name = fmt::format("t{}", t);
    graph.node(name, plan.trainings[t].trainer.name + "\n" + to_text(outline.trainings[t]), "box");
    graph.edge(fmt::format("d{}", plan.trainings[t].data), name);
  }
  const auto measured = [&](const auto& node, const std::string& name, const std::string& label) {
    graph.node(name, label, "note");
    graph.edge(fmt::format("t{}", node.training), name);
    if (node.data != plan.trainings[node.training].data)
      graph.edge(fmt::format("d{}", node.data), name);
  };
  for (std::size_t s = 0; s < plan.scores.size(); ++s) {
    const auto& node = plan.scores[s];
    measured(node, fmt::format("s{}", s),
             fmt::format("{}\non {}", fmt::join(stage_names(node.metrics), ", "),
                         plan.data[node.data].name));
  }
  for (std::size_t h = 0; h < plan.sharpness.size(); ++h) {
    const auto& node = plan.sharpness[h];
    measured(node, fmt::format("h{}", h), node.stage.name + "\non " + plan.data[node.data].name);
  }
  for (std::size_t h = 0; h < plan.distributions.size(); ++h) {
    const auto& node = plan.distributions[h];
    const auto name = fmt::format("f{}", h);
    graph.node(name, fmt::format("{}\n{}", node.name, fmt::join(node.columns, ", ")), "note");
    for (const auto data : node.data) graph.edge(fmt::format("d{}", data), name);
  }
  for (std::size_t c = 0; c < plan.comparisons.size(); ++c) {
    const auto name = fmt::format("c{}", c);
    graph.node(name, plan.comparisons[c].name, "octagon");
    for (std::size_t s = 0; s < plan.scores.size(); ++s) graph.edge(fmt::format("s{}", s), name);
  }
  return graph.end();
}

int show_graph(const PipelineOptions& options) {
  const auto checked = check_pipeline(options);
  if (!checked.plan) return bad_input;
  show(stdout, plan_dot(*checked.plan));
  return success;
}

}  // namespace steppe::cli
