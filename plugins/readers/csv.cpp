// Tables of separated values, plain or packed with gzip: one event a line, its columns found by
// name.
#include <steppe/reader.hpp>

#include <charconv>
#include <cmath>
#include <cstdlib>
#include <limits>
#include <optional>
#include <string>
#include <vector>

#include "csv_file.hpp"
#include "file_patterns.hpp"
#include "labels.hpp"
#include "row_buffer.hpp"

namespace {

using steppe::Error;
using steppe::csv::Cell;

/// Which cells become which columns of a row.
struct Layout {
  std::vector<std::string> names;  ///< of all cells
  std::vector<std::size_t> taken;  ///< features, then side columns
  std::size_t features = 0;
  std::size_t label = 0;
  std::optional<std::size_t> weight;

  std::size_t width() const { return taken.size() + 1 + (weight ? 1 : 0); }
};

/// A text cell as a message may show it.
std::string shown(std::string_view text) {
  std::string out{text.substr(0, 30)};
  for (auto& c : out)
    if (static_cast<unsigned char>(c) < 32 || c == 127) c = '?';
  return "'" + out + (text.size() > 30 ? "...'" : "'");
}

/// The number of a cell; an empty one is NaN. @throws Error pointing at the cell.
float number(const steppe::csv::File& file, const Cell& cell, const std::string& column) {
  auto text = cell.text;
  while (!text.empty() && text.front() == ' ') text.remove_prefix(1);
  while (!text.empty() && text.back() == ' ') text.remove_suffix(1);
  if (text.empty()) return std::numeric_limits<float>::quiet_NaN();
  if (text.front() == '+') text.remove_prefix(1);
  double value = 0;
  const char* end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, value);
  if (stop != end || error == std::errc::invalid_argument)
    throw Error{file.place(cell) + shown(cell.text) + " in column '" + column + "' is no number"};
  // Too near to zero or too far from it for a double: strtod says which.
  if (error == std::errc::result_out_of_range)
    value = std::strtod(std::string{text}.c_str(), nullptr);
  const bool infinite = text.find_first_of("iI") != std::string_view::npos;
  const auto out = static_cast<float>(value);
  if (std::isinf(out) && !infinite)
    throw Error{file.place(cell) + shown(cell.text) + " in column '" + column +
                "' is beyond what a float holds"};
  return out;
}

struct Csv {
  struct Parameters {
    std::vector<std::filesystem::path> path;
    std::vector<std::string> columns;
    std::string separator = ",";
    std::string label = "label";
    std::vector<std::string> label_values;
    int classes = 2;
    std::string weight;
    std::vector<std::string> features{"*"};
    std::vector<std::string> side;
    std::string domain = "data";
    std::int64_t skip = 0;
    std::int64_t rows = 0;
    std::int64_t chunk = 4096;

    static auto schema() {
      using P = Parameters;
      using steppe::field;
      return steppe::schema(
          field<&P::path>("files, plain or .gz; '*' and '?' stand for characters",
                          steppe::required()),
          field<&P::columns>("names of the columns; empty: the first line of each file has them"),
          field<&P::separator>("what is between two cells: one character, or 'tab'"),
          field<&P::label>("column of the class, by name or by number counted from 0"),
          field<&P::label_values>(
              "texts that stand for class 0, 1, ...; empty: the cells are numbers"),
          field<&P::classes>("classes that the label counts from 0; 0: it is a real value",
                             steppe::between(0, 1000)),
          field<&P::weight>("column of the event weight, by name or number; empty: none"),
          field<&P::features>("columns that are features: names in which '*' and '?' stand for "
                              "characters; never the label, the weight or a side column"),
          field<&P::side>("columns that are carried along for transforms, by such names"),
          field<&P::domain>("where the events come from"),
          field<&P::skip>("rows passed over at the front of all files together",
                          steppe::at_least(0)),
          field<&P::rows>("rows taken after that; 0: all", steppe::at_least(0)),
          field<&P::chunk>("rows handed on at a time; changes no byte of what is read",
                           steppe::between(1, 1e6)));
    }
    void validate() const {
      if (separator.size() != 1 && separator != "tab")
        throw Error{"'separator' is '" + separator + "'; it is one character, or 'tab'"};
      if (separator == "\"" || separator == "\n")
        throw Error{"'separator' cannot be a quote or a line end"};
      if (classes == 1) throw Error{"'classes' is 1; there are 2 at least, or 0 for a real value"};
      if (label_values.size() == 1) throw Error{"'label_values' has one text; a class is missing"};
      if (!label_values.empty() && classes != 2 &&
          static_cast<std::size_t>(classes) != label_values.size())
        throw Error{"'classes' is " + std::to_string(classes) + ", and 'label_values' has " +
                    std::to_string(label_values.size()) + " texts; leave 'classes' out"};
    }
    char separating() const { return separator == "tab" ? '\t' : separator[0]; }
    int class_count() const {
      return label_values.empty() ? classes : static_cast<int>(label_values.size());
    }
  };
  Parameters parameters;

  steppe::Columns columns(const steppe::Host&) const {
    steppe::csv::File file{files().front(), parameters.separating()};
    const auto layout = layout_of(file);
    steppe::Columns out;
    out.domain = parameters.domain;
    for (std::size_t i = 0; i < layout.taken.size(); ++i)
      out.items.push_back({layout.names[layout.taken[i]], "",
                           i < layout.features ? steppe::Role::feature : steppe::Role::side});
    out.items.push_back(steppe::label_column(parameters.class_count()));
    out.items.back().name = layout.names[layout.label];
    if (layout.weight)
      out.items.push_back({layout.names[*layout.weight], "", steppe::Role::weight});
    return out;
  }

  void read(const steppe::Host& host, const steppe::RowSink& sink) const {
    const auto paths = files();
    std::optional<Layout> first;
    std::optional<steppe::RowBuffer> rows;
    std::uint64_t skip = static_cast<std::uint64_t>(parameters.skip);
    for (const auto& path : paths) {
      steppe::csv::File file{path, parameters.separating()};
      const auto layout = layout_of(file);
      if (!first) {
        first = layout;
        rows.emplace(sink, layout.width(), parameters.rows, parameters.chunk);
      } else if (layout.names != first->names) {
        throw Error{"'" + path.string() + "' has other columns than '" + paths[0].string() + "'"};
      }
      const auto seen = pass_on(host, file, layout, steppe::stem_of(path), skip, *rows);
      rows->flush();
      if (seen == 0) throw Error{"'" + path.string() + "' has no rows"};
      sink.file(path, seen);
      if (rows->full()) return;
    }
  }

 private:
  std::vector<std::filesystem::path> files() const {
    auto out = steppe::files_of(parameters.path);
    steppe::require_own_stems(out);
    return out;
  }

  /// Reads the header where there is one.
  Layout layout_of(steppe::csv::File& file) const {
    Layout out;
    out.names = parameters.columns;
    if (out.names.empty()) {
      if (!file.next()) throw Error{"'" + file.name() + "' is empty"};
      for (const auto& cell : file.cells()) out.names.push_back(steppe::csv::unquoted(cell.text));
    }
    for (std::size_t i = 0; i < out.names.size(); ++i)
      for (std::size_t j = 0; j < i; ++j)
        if (out.names[i] == out.names[j])
          throw Error{"'" + file.name() + "' has two columns '" + out.names[i] + "'"};
    out.label = find(file, out.names, "label", parameters.label);
    if (!parameters.weight.empty()) out.weight = find(file, out.names, "weight", parameters.weight);
    std::vector<std::size_t> side;
    for (std::size_t i = 0; i < out.names.size(); ++i) {
      if (i == out.label || i == out.weight) continue;
      if (steppe::matches(parameters.side, out.names[i]))
        side.push_back(i);
      else if (steppe::matches(parameters.features, out.names[i]))
        out.taken.push_back(i);
    }
    out.features = out.taken.size();
    out.taken.insert(out.taken.end(), side.begin(), side.end());
    require_use(file, out.names);
    return out;
  }

  std::size_t find(const steppe::csv::File& file, const std::vector<std::string>& names,
                   const std::string& setting, const std::string& wanted) const {
    for (std::size_t i = 0; i < names.size(); ++i)
      if (names[i] == wanted) return i;
    std::size_t index = 0;
    const char* end = wanted.data() + wanted.size();
    const auto [stop, error] = std::from_chars(wanted.data(), end, index);
    if (error == std::errc{} && stop == end && index < names.size()) return index;
    throw Error{"'" + setting + "': '" + file.name() + "' has no column '" + wanted + "'; it has " +
                listed(names) +
                (parameters.columns.empty() ? "; a file without a header needs 'columns'" : "")};
  }

  static std::string listed(const std::vector<std::string>& names) {
    constexpr std::size_t most = 12;
    std::string out;
    for (std::size_t i = 0; i < std::min(names.size(), most); ++i)
      out += (i ? ", " : "") + shown(names[i]);
    return names.size() > most ? out + " and " + std::to_string(names.size() - most) + " more"
                               : out;
  }

  /// A pattern that covers no column is a slip of the pen.
  void require_use(const steppe::csv::File& file, const std::vector<std::string>& names) const {
    for (const auto* patterns : {&parameters.features, &parameters.side})
      for (const auto& pattern : *patterns) {
        bool used = false;
        for (const auto& name : names) used = used || steppe::matches({pattern}, name);
        if (!used)
          throw Error{"'" + file.name() + "' has no column '" + pattern + "'; it has " +
                      listed(names)};
      }
  }

  /// @returns the rows that were read from the file, those that were passed over with them.
  std::uint64_t pass_on(const steppe::Host& host, steppe::csv::File& file, const Layout& layout,
                        const std::string& stem, std::uint64_t& skip,
                        steppe::RowBuffer& rows) const {
    std::uint64_t row = 0;
    while (!rows.full() && file.next()) {
      if (row % 4096 == 0) {
        host.stop_if_cancelled();
        host.progress(row, 0, "rows");
      }
      const auto& cells = file.cells();
      if (cells.size() != layout.names.size())
        throw Error{file.place(cells.back()) + "the line has " + std::to_string(cells.size()) +
                    " cells instead of " + std::to_string(layout.names.size()) +
                    "; the file may be cut short, or have another 'separator'"};
      const auto id = steppe::stream_key(stem, row++);
      if (skip > 0) {
        --skip;
        continue;
      }
      fill(file, layout, rows.add(id));
    }
    return row;
  }

  void fill(const steppe::csv::File& file, const Layout& layout, float* to) const {
    const auto& cells = file.cells();
    for (std::size_t i = 0; i < layout.taken.size(); ++i)
      to[i] = number(file, cells[layout.taken[i]], layout.names[layout.taken[i]]);
    float* rest = to + layout.taken.size();
    rest[0] = label(file, cells[layout.label], layout.names[layout.label]);
    if (layout.weight) rest[1] = number(file, cells[*layout.weight], layout.names[*layout.weight]);
  }

  float label(const steppe::csv::File& file, const Cell& cell, const std::string& name) const {
    const auto& values = parameters.label_values;
    if (!values.empty()) {
      const auto text = steppe::csv::unquoted(cell.text);
      for (std::size_t i = 0; i < values.size(); ++i)
        if (text == values[i]) return static_cast<float>(i);
      throw Error{file.place(cell) + shown(text) + " in column '" + name +
                  "' is none of 'label_values': " + listed(values)};
    }
    const float out = number(file, cell, name);
    steppe::require_label(out, parameters.classes,
                          [&] { return file.place(cell) + "column '" + name + "'"; });
    return out;
  }
};

}  // namespace

STEPPE_PLUGIN(steppe::reader<Csv>(
    {.name = "csv",
     .summary = "tables of separated values, plain or packed with gzip",
     .text =
         "One event a line, as RFC 4180 has it: cells in quotes may hold separators and line ends, "
         "lines may end with CR LF, blank lines are passed over. The first line names the columns, "
         "unless `columns` does. Every column is a feature unless it is the label, the weight, a "
         "`side` column, or none of `features`; columns that are nothing are not read as numbers."
         "\n\n"
         "Numbers are read as doubles and rounded to floats. An empty cell is NaN, and so is "
         "'nan'; "
         "what becomes of NaN is the data set's to decide. Everything else that is no number is an "
         "error with file, line and column.\n\n"
         "The label is a class counted from 0, or one of the texts `label_values`. Event ids are "
         "made of the file's name and the row. `skip` and `rows` cut a test set out of one file, "
         "such as the last 500,000 events of UCI's HIGGS.",
     .source = "RFC 4180",
     .example = "[reader.susy]\nuse      = \"csv\"\npath     = [\"data/SUSY.csv.gz\"]\n"
                "columns  = [\"label\", \"lepton_pt\", \"lepton_eta\"]\nrows     = 4500000"}))
