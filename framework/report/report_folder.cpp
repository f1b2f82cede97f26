#include "framework/report/report_folder.hpp"

#include "framework/data/dataset.hpp"
#include "framework/data/files.hpp"
#include "framework/report/page.hpp"
#include "framework/report/results_tables.hpp"

#include <string_view>
#include <system_error>

#include <fmt/format.h>

namespace steppe::report {

namespace {

namespace fs = std::filesystem;

fs::path made(const fs::path& folder) {
  std::error_code failure;
  fs::create_directories(folder, failure);
  if (failure)
    throw data::DataError{
        fmt::format("folder '{}' cannot be made: {}", folder.string(), failure.message())};
  return folder;
}

void write_table(const fs::path& folder, const Table& table) {
  data::write_changed(folder / (table.id + ".csv"), to_csv(table));
  data::write_changed(folder / (table.id + ".tex"), to_latex(table));
  data::write_changed(folder / (table.id + ".json"), to_json(table));
}

/// Alone a picture has a ground of its own, for it may stand on a dark page.
void write_figure(const fs::path& folder, const Figure& figure) {
  constexpr std::string_view tag = "<svg ";
  auto svg = figure.svg;
  svg.insert(tag.size(), "style=\"background:white\" ");
  data::write_changed(folder / (figure.id + ".svg"), svg);
  if (!figure.pdf.empty()) data::write_changed(folder / (figure.id + ".pdf"), figure.pdf);
}

}  // namespace

std::vector<std::string> write_report(const fs::path& folder, const Json& results,
                                      const Json& record, Drawings* before) {
  const auto tables = made(folder / "tables");
  for (const auto& table : results_tables(results)) write_table(tables, table);
  if (const auto answer = answer_table(results); !answer.rows.empty()) write_table(tables, answer);
  const auto figures = draw(plots_of(results), before);
  for (const auto& figure : figures.drawn) write_figure(made(folder / "figures"), figure);
  data::write_whole(folder / "report.html", page(results, record, figures));
  return figures.notes;
}

}  // namespace steppe::report
