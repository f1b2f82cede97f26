// A table of results, before it is a web page, a spreadsheet or LaTeX.
#pragma once

#include <limits>
#include <string>
#include <vector>

namespace steppe::report {

/// A number with its uncertainty and, of a difference, how probable it is by chance; NaN: none.
/// Without a number, a text.
struct Cell {
  std::string text = {};
  double value = std::numeric_limits<double>::quiet_NaN();
  double error = std::numeric_limits<double>::quiet_NaN();
  double p_value = std::numeric_limits<double>::quiet_NaN();
};

struct Table {
  std::string id;  ///< letters, digits, '-' and '_': names its files
  std::string caption;
  std::vector<std::string> columns;
  std::size_t text_columns = 0;  ///< the first ones; the others hold numbers
  std::vector<std::vector<Cell>> rows;
  std::vector<std::string> reasons = {};  ///< why cells are undefined, each once

  bool has_errors(std::size_t column) const;
  bool has_p_values(std::size_t column) const;
};

/// Every number of its own: `auc`, `auc_error`, and `auc_p_value` where there are any. All digits;
/// empty where there is no number.
std::string to_csv(const Table& table);

/// A `tabular` with the rules of the package booktabs.
std::string to_latex(const Table& table);

/// A list of objects, one a row, by the names of the columns: texts as strings, numbers as objects
/// with `value`, and `error` and `p_value` where the column has any; null where there is no number.
std::string to_json(const Table& table);

/// A `<table>` inside a box of its own that scrolls sideways.
std::string to_html(const Table& table);

}  // namespace steppe::report
