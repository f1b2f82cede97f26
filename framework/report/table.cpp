#include "framework/report/table.hpp"

#include "framework/report/escape.hpp"
#include "framework/report/student.hpp"
#include "framework/report/terminal_table.hpp"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

namespace steppe::report {

namespace {

std::string digits(double value) { return std::isfinite(value) ? fmt::format("{}", value) : ""; }

template <class Has>
bool any_row(const Table& table, std::size_t column, Has has) {
  return column >= table.text_columns &&
         std::any_of(table.rows.begin(), table.rows.end(),
                     [&](const auto& row) { return std::isfinite(has(row[column])); });
}

std::string latex_number(const Cell& cell) {
  if (!std::isfinite(cell.value)) return escape_latex(cell.text);
  auto number = with_error(cell.value, cell.error, "\\pm");
  if (const auto e = number.rfind('e'); e != std::string::npos)
    number =
        fmt::format("{} \\times 10^{{{}}}", number.substr(0, e), std::stoi(number.substr(e + 1)));
  auto out = "$" + number + "$";
  if (std::isfinite(cell.p_value)) out += fmt::format(" ($p = {:.2g}$)", cell.p_value);
  return out;
}

/// Longer texts wrap, even inside of words.
constexpr std::size_t wide = 40;

std::string html_head(const std::string& column, bool number) {
  const auto* kind = column.size() > wide ? " class=\"w\"" : number ? " class=\"n\"" : "";
  return fmt::format("<th scope=\"col\"{}>{}</th>", kind, escape_markup(column));
}

std::string html_cell(const Cell& cell, bool number) {
  if (!number) {
    const auto text = escape_markup(cell.text);
    return cell.text.size() <= wide ? "<td>" + text + "</td>"
           : cell.text.size() <= 3 * wide
               ? "<td class=\"w\">" + text + "</td>"
               : "<td class=\"w\"><div class=\"long\">" + text + "</div></td>";
  }
  auto out =
      "<td class=\"n\">" + (std::isfinite(cell.value) ? with_error(cell.value, cell.error, "±")
                                                      : escape_markup(cell.text));
  if (std::isfinite(cell.p_value))
    out += fmt::format(" <span class=\"p\">p = {:.2g} ({:.1f} σ)</span>", cell.p_value,
                       sigmas_of(cell.p_value));
  return out + "</td>";
}

}  // namespace

bool Table::has_errors(std::size_t column) const {
  return any_row(*this, column, [](const Cell& cell) { return cell.error; });
}

bool Table::has_p_values(std::size_t column) const {
  return any_row(*this, column, [](const Cell& cell) { return cell.p_value; });
}

std::string to_csv(const Table& table) {
  std::string out;
  const auto add = [&](const std::string& cell, bool first) { out += (first ? "" : ",") + cell; };
  for (std::size_t c = 0; c < table.columns.size(); ++c) {
    add(escape_csv(table.columns[c]), c == 0);
    if (table.has_errors(c)) add(escape_csv(table.columns[c] + "_error"), false);
    if (table.has_p_values(c)) add(escape_csv(table.columns[c] + "_p_value"), false);
  }
  out += "\r\n";
  for (const auto& row : table.rows) {
    for (std::size_t c = 0; c < row.size(); ++c) {
      add(c < table.text_columns ? escape_csv(row[c].text) : digits(row[c].value), c == 0);
      if (table.has_errors(c)) add(digits(row[c].error), false);
      if (table.has_p_values(c)) add(digits(row[c].p_value), false);
    }
    out += "\r\n";
  }
  return out;
}

std::string to_latex(const Table& table) {
  std::string out = "% Needs \\usepackage{booktabs,textcomp} and \\usepackage[T1]{fontenc}\n";
  out += "\\begin{tabular}{" + std::string(table.text_columns, 'l') +
         std::string(table.columns.size() - table.text_columns, 'r') + "}\n\\toprule\n";
  for (std::size_t c = 0; c < table.columns.size(); ++c)
    out += (c == 0 ? "" : " & ") + escape_latex(table.columns[c]);
  out += " \\\\\n\\midrule\n";
  for (const auto& row : table.rows) {
    for (std::size_t c = 0; c < row.size(); ++c)
      out += (c == 0 ? "" : " & ") +
             (c < table.text_columns ? escape_latex(row[c].text) : latex_number(row[c]));
    out += " \\\\\n";
  }
  return out + "\\bottomrule\n\\end{tabular}\n";
}

std::string to_json(const Table& table) {
  using Json = nlohmann::ordered_json;
  const auto number = [](double value) {
    return std::isfinite(value) ? Json(value) : Json(nullptr);
  };
  Json out = Json::array();
  for (const auto& row : table.rows) {
    auto& object = out.emplace_back(Json::object());
    for (std::size_t c = 0; c < row.size(); ++c) {
      auto& cell = object[table.columns[c]];
      if (c < table.text_columns) {
        cell = row[c].text;
        continue;
      }
      cell = {{"value", number(row[c].value)}};
      if (table.has_errors(c)) cell["error"] = number(row[c].error);
      if (table.has_p_values(c)) cell["p_value"] = number(row[c].p_value);
    }
  }
  return out.dump(1, ' ', false, Json::error_handler_t::replace) + "\n";
}

std::string to_html(const Table& table) {
  // A box that scrolls has to be reached with the keyboard.
  auto out = "<div class=\"box\" tabindex=\"0\" role=\"region\" aria-label=\"" +
             escape_markup(table.caption) + "\">\n<table>\n<thead><tr>";
  for (std::size_t c = 0; c < table.columns.size(); ++c)
    out += html_head(table.columns[c], c >= table.text_columns);
  out += "</tr></thead>\n<tbody>\n";
  for (const auto& row : table.rows) {
    out += "<tr>";
    for (std::size_t c = 0; c < row.size(); ++c) out += html_cell(row[c], c >= table.text_columns);
    out += "</tr>\n";
  }
  out += "</tbody>\n</table>\n</div>\n";
  for (const auto& reason : table.reasons)
    out += "<p class=\"reason\">undefined: " + escape_markup(reason) + "</p>\n";
  return out;
}

}  // namespace steppe::report
