#include "framework/report/terminal_table.hpp"

#include "framework/report/aligned.hpp"
#include "framework/report/escape.hpp"
#include "framework/report/student.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>
#include <vector>

#include <fmt/format.h>

namespace steppe::report {

namespace {

using Line = std::vector<std::string>;

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

/// "2.9 sigma": how far a difference is from zero, as if it were over very many trials.
std::string significance(const TrialMean* q) {
  const double p = q ? p_value(*q) : std::numeric_limits<double>::quiet_NaN();
  return std::isnan(p) ? "-" : fmt::format("{:.1f} sigma", sigmas_of(p));
}

std::string points_table(const Summary& summary, std::size_t width) {
  if (summary.points.empty()) return "";
  const auto names = names_of(summary.points);
  std::vector<Line> lines{summary.axes};
  lines.front().insert(lines.front().end(), names.begin(), names.end());
  for (const auto& point : summary.points) {
    auto line = point.coordinates;
    for (const auto& name : names) line.push_back(cell(find(point.quantities, name)));
    lines.push_back(std::move(line));
  }
  return aligned({std::move(lines), summary.axes.size()}, width);
}

/// `what`: "difference" or "gain". Those of one axis.
std::string differences_table(const Summary& summary, const std::vector<PairedDifference>& list,
                              const std::string& what, std::size_t width) {
  // With one trial there is nothing to pair by, and the uncertainties of two points are shared.
  const bool paired = std::any_of(list.begin(), list.end(), [](const PairedDifference& d) {
    return std::any_of(d.quantities.begin(), d.quantities.end(),
                       [](const TrialMean& q) { return q.trials > 1; });
  });
  if (!paired) return "";
  const auto names = names_of(list);
  std::vector<Line> lines{summary.axes};
  std::erase(lines.front(), list.front().axis);
  lines.front().push_back(what);
  for (const auto& name : names) {
    lines.front().push_back(name);
    lines.front().push_back("");
  }
  for (const auto& d : list) {
    auto line = d.coordinates;
    line.push_back(d.of + " - " + d.minus);
    for (const auto& name : names) {
      const auto* q = find(d.quantities, name);
      line.push_back(cell(q));
      line.push_back(significance(q));
    }
    lines.push_back(std::move(line));
  }
  return aligned({std::move(lines), summary.axes.size(), 2}, width);
}

std::string gains_tables(const Summary& summary, std::size_t width) {
  std::string out;
  for (auto first = summary.gains.begin(); first != summary.gains.end();) {
    const auto last = std::find_if(first, summary.gains.end(), [&](const PairedDifference& d) {
      return d.axis != first->axis;
    });
    const auto table = differences_table(summary, {first, last}, "gain", width);
    if (!table.empty()) out += (out.empty() ? "" : "\n") + table;
    first = last;
  }
  return out;
}

/// One table a stage, for they have other quantities. `axes`: of their coordinates.
std::string stage_tables(const std::vector<StageMeans>& list, const std::vector<std::string>& axes,
                         const std::string& what, std::size_t width) {
  std::string out;
  for (auto first = list.begin(); first != list.end();) {
    const auto last = std::find_if(
        first, list.end(), [&](const StageMeans& other) { return other.stage != first->stage; });
    const std::vector<StageMeans> rows{first, last};
    const auto names = names_of(rows);
    std::vector<Line> lines{axes};
    lines.front().push_back(what);
    lines.front().insert(lines.front().end(), names.begin(), names.end());
    for (const auto& row : rows) {
      auto line = row.coordinates;
      line.resize(axes.size(), "all");
      line.push_back(row.stage);
      for (const auto& name : names) line.push_back(cell(find(row.quantities, name)));
      lines.push_back(std::move(line));
    }
    if (!out.empty()) out += "\n";
    out += aligned({std::move(lines), axes.size() + 1}, width);
    first = last;
  }
  return out;
}

/// Why values of the whole study are undefined, each reason once.
std::string reasons(const std::vector<StageMeans>& list) {
  std::vector<std::string> said;
  for (const auto& one : list)
    for (const auto& q : one.quantities)
      if (q.trials == 0 && std::find(said.begin(), said.end(), q.reason) == said.end())
        said.push_back(q.reason);
  std::string out;
  for (const auto& reason : said) out += fmt::format("undefined: {}\n", reason);
  return out;
}

/// "scored events: 600 of 'pythia' (300 signal)"
std::string events_text(const Summary& summary) {
  std::string out;
  for (const auto& one : summary.scored) {
    out += fmt::format("{}{}", out.empty() ? "scored events: " : ", ", one.fewest);
    if (one.most > one.fewest) out += fmt::format(" to {}", one.most);
    out += fmt::format(" of '{}'", one.test);
    if (one.signal > 0) out += fmt::format(" ({} signal)", one.signal);
  }
  return out.empty() ? "" : out + "\n";
}

/// What '+-' is: of how many trials there are numbers decides.
std::string errors_text(const Summary& summary) {
  bool single = false;
  std::size_t most = 0;
  for (const auto& point : summary.points)
    for (const auto& q : point.quantities) {
      if (!std::isfinite(q.error)) continue;
      single = single || q.trials == 1;
      if (q.trials > 1) most = std::max(most, q.trials);
    }
  std::string out;
  if (most > 0)
    out += fmt::format("+- over {} trials: error of the mean, same test events\n", most);
  if (single) out += "+- of one trial: of its test sample, without the spread over trainings\n";
  return out;
}

/// Lines of at most `width` characters, broken between words.
std::string folded(const std::string& text, std::size_t width) {
  std::string out;
  std::size_t column = 0;
  for (std::size_t begin = 0; begin < text.size();) {
    const auto end = std::min(text.find_first_of(" \n", begin), text.size());
    const auto word = text.substr(begin, end - begin);
    const auto length = character_count(word);
    if (column > 0 && column + 1 + length > width) {
      out += "\n";
      column = 0;
    }
    out += (column > 0 ? " " : "") + word;
    column += (column > 0 ? 1 : 0) + length;
    if (end < text.size() && text[end] == '\n') {
      out += "\n";
      column = 0;
    }
    begin = end + 1;
  }
  return out;
}

}  // namespace

std::string with_error(double value, double error, const char* sign) {
  if (!std::isfinite(value)) return "-";
  if (!std::isfinite(error) || error <= 0) return fmt::format("{:.5g}", value);
  const auto decade = [](double number) {
    return static_cast<int>(std::floor(std::log10(number)));
  };
  const int high = decade(std::max(std::abs(value), error)), low = decade(error);
  // An error that far below its number is one of rounding.
  if (high - low > 8) return fmt::format("{:.9g} {} {:.1e}", value, sign, error);
  if (low >= -6 && high < 9) {
    const int digits = std::max(1 - low, 0);
    return fmt::format("{:.{}f} {} {:.{}f}", value, digits, sign, error, digits);
  }
  const int digits = high - low + 1;
  const double power = std::pow(10.0, high);
  return fmt::format("({:.{}f} {} {:.{}f})e{:+03d}", value / power, digits, sign, error / power,
                     digits, high);
}

std::string terminal_table(const Summary& summary, std::size_t width) {
  const std::vector<std::string> before_test{summary.axes.begin(), summary.axes.end() - 1};
  std::string out;
  for (const auto& table : {points_table(summary, width),
                            differences_table(summary, summary.differences, "difference", width),
                            gains_tables(summary, width),
                            stage_tables(summary.comparisons, summary.axes, "study", width) +
                                reasons(summary.comparisons),
                            stage_tables(summary.sharpness, before_test, "sharpness", width)})
    if (!table.empty()) out += (out.empty() ? "" : "\n") + table;
  const auto footer = folded(errors_text(summary) + events_text(summary), width);
  return footer.empty() ? out : out + "\n" + footer;
}

}  // namespace steppe::report
