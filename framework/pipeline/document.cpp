// Positions, problems and tables of a pipeline file: how they are printed, ordered and found.
#include "framework/pipeline/document.hpp"

#include <algorithm>
#include <tuple>

#include <fmt/format.h>

namespace steppe::pipeline {

std::string to_text(const Position& position) {
  const std::string file = position.file ? *position.file : "";
  if (position.line == 0 || position.in_option()) return file;
  return fmt::format("{}:{}:{}", file, position.line, position.column);
}

std::string to_text(const Problem& problem) {
  return fmt::format("{}: {}: {}", to_text(problem.position),
                     problem.severity == Severity::error ? "error" : "note", problem.sentence);
}

const Entry* Table::find(std::string_view key) const {
  const auto found = std::find_if(entries.begin(), entries.end(),
                                  [&](const Entry& entry) { return entry.key == key; });
  return found == entries.end() ? nullptr : &*found;
}

Position place_in_text(const Node& text, std::size_t offset) {
  Position out = text.position;
  if (text.text()->find('\n') == std::string::npos)
    out.column += text.opening + static_cast<std::uint32_t>(offset);
  return out;
}

bool has_errors(const std::vector<Problem>& problems) {
  return std::any_of(problems.begin(), problems.end(),
                     [](const Problem& problem) { return problem.severity == Severity::error; });
}

void sort_problems(const Document& document, std::vector<Problem>& problems) {
  const auto place = [&](const Problem& problem) {
    const std::string file = problem.position.file ? *problem.position.file : "";
    const auto found = std::find(document.files.begin(), document.files.end(), file);
    return std::tuple{found - document.files.begin(), problem.position.line,
                      problem.position.column};
  };
  std::stable_sort(problems.begin(), problems.end(),
                   [&](const Problem& a, const Problem& b) { return place(a) < place(b); });
  std::vector<Problem> once;
  for (auto& problem : problems) {
    const auto said = [&](const Problem& other) {
      return place(other) == place(problem) && other.sentence == problem.sentence;
    };
    if (std::none_of(once.begin(), once.end(), said)) once.push_back(std::move(problem));
  }
  problems = std::move(once);
}

}  // namespace steppe::pipeline
