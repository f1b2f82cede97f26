#include "framework/report/terminal_table.hpp"

#include <algorithm>
#include <cmath>
#include <vector>

#include <fmt/format.h>

namespace steppe::report {

namespace {

using Line = std::vector<std::string>;

/// Columns as wide as their widest cell; texts to the left, numbers to the right.
std::string aligned(const std::vector<Line>& lines, std::size_t text_columns) {
  std::vector<std::size_t> width;
  for (const auto& line : lines)
    for (std::size_t c = 0; c < line.size(); ++c) {
      if (c == width.size()) width.push_back(0);
      width[c] = std::max(width[c], line[c].size());
    }
  std::string out;
  for (const auto& line : lines) {
    std::string text;
    for (std::size_t c = 0; c < line.size(); ++c)
      text += c < text_columns ? fmt::format("{:<{}}   ", line[c], width[c])
                               : fmt::format("{:>{}}   ", line[c], width[c]);
    text.erase(text.find_last_not_of(' ') + 1);
    out += text + "\n";
  }
  return out;
}

/// Names of all quantities, in the order of first appearance.
template <class Points>
std::vector<std::string> names_of(const Points& points) {
  std::vector<std::string> out;
  for (const auto& point : points)
    for (const auto& q : point.quantities)
      if (std::find(out.begin(), out.end(), q.name) == out.end()) out.push_back(q.name);
  return out;
}

const TrialMean* find(const std::vector<TrialMean>& quantities, const std::string& name) {
  const auto found = std::find_if(quantities.begin(), quantities.end(),
                                  [&](const TrialMean& q) { return q.name == name; });
  return found == quantities.end() ? nullptr : &*found;
}

std::string cell(const TrialMean* q) {
  if (!q || q->trials == 0) return q && q->undefined ? "undefined" : "-";
  return with_error(q->mean, q->error);
}

/// "6.2 sigma": how far a difference is from zero.
std::string significance(const TrialMean* q) {
  if (!q || q->trials == 0 || !(q->error > 0)) return "-";
  return fmt::format("{:.1f} sigma", std::abs(q->mean) / q->error);
}

std::string points_table(const Summary& summary) {
  if (summary.points.empty()) return "";
  const auto names = names_of(summary.points);
  std::vector<Line> lines{summary.axes};
  lines.front().insert(lines.front().end(), names.begin(), names.end());
  for (const auto& point : summary.points) {
    auto line = point.coordinates;
    for (const auto& name : names) line.push_back(cell(find(point.quantities, name)));
    lines.push_back(std::move(line));
  }
  return aligned(lines, summary.axes.size());
}

std::string differences_table(const Summary& summary) {
  // With one trial there is nothing to pair by, and the uncertainties of two test sets are shared.
  const bool paired = std::any_of(
      summary.differences.begin(), summary.differences.end(), [](const PairedDifference& d) {
        return std::any_of(d.quantities.begin(), d.quantities.end(),
                           [](const TrialMean& q) { return q.trials > 1; });
      });
  if (!paired) return "";
  const auto names = names_of(summary.points);
  std::vector<Line> lines{{summary.axes.begin(), summary.axes.end() - 1}};
  lines.front().push_back("difference");
  for (const auto& name : names) {
    lines.front().push_back(name);
    lines.front().push_back("");
  }
  for (const auto& d : summary.differences) {
    auto line = d.coordinates;
    line.push_back(d.of + " - " + d.minus);
    for (const auto& name : names) {
      const auto* q = find(d.quantities, name);
      line.push_back(cell(q));
      line.push_back(significance(q));
    }
    lines.push_back(std::move(line));
  }
  return aligned(lines, summary.axes.size());
}

/// One table a measure: they have other quantities.
std::string sharpness_tables(const Summary& summary) {
  std::string out;
  for (auto first = summary.sharpness.begin(); first != summary.sharpness.end();) {
    const auto last = std::find_if(first, summary.sharpness.end(), [&](const SharpnessMeans& m) {
      return m.measure != first->measure;
    });
    const std::vector<SharpnessMeans> rows{first, last};
    const auto names = names_of(rows);
    std::vector<Line> lines{{summary.axes.begin(), summary.axes.end() - 1}};
    lines.front().push_back("sharpness");
    lines.front().insert(lines.front().end(), names.begin(), names.end());
    for (const auto& row : rows) {
      auto line = row.coordinates;
      line.push_back(row.measure);
      for (const auto& name : names) line.push_back(cell(find(row.quantities, name)));
      lines.push_back(std::move(line));
    }
    if (!out.empty()) out += "\n";
    out += aligned(lines, summary.axes.size());
    first = last;
  }
  return out;
}

}  // namespace

std::string with_error(double value, double error) {
  if (!std::isfinite(value)) return "-";
  if (!std::isfinite(error) || error <= 0) return fmt::format("{:.5g}", value);
  const int digits = std::clamp(1 - static_cast<int>(std::floor(std::log10(error))), 0, 12);
  return fmt::format("{:.{}f} +- {:.{}f}", value, digits, error, digits);
}

std::string terminal_table(const Summary& summary) {
  std::string out;
  for (const auto& table :
       {points_table(summary), differences_table(summary), sharpness_tables(summary)})
    if (!table.empty()) out += (out.empty() ? "" : "\n") + table;
  return out;
}

}  // namespace steppe::report
