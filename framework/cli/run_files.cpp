#include "framework/cli/run_files.hpp"

#include "framework/data/dataset.hpp"

#include <fstream>
#include <iterator>
#include <system_error>

namespace steppe::cli {

namespace {

std::string text_of(const std::filesystem::path& path) {
  std::ifstream in{path, std::ios::binary};
  if (!in)
    throw data::DataError{
        fmt::format("'{}' cannot be opened; give the folder of a run", path.string())};
  return {std::istreambuf_iterator<char>{in}, {}};
}

/// `format`: how what it says of itself begins.
Json parse(const std::string& text, const std::filesystem::path& path, const std::string& format) {
  Json out;
  try {
    out = Json::parse(text);
  } catch (const Json::exception& error) {
    throw data::DataError{fmt::format("'{}': {}", path.string(), error.what())};
  }
  if (!out.is_object() || out.value("format", Json{}) != format)
    throw data::DataError{fmt::format("'{}' is not of the format '{}'", path.string(), format)};
  return out;
}

}  // namespace

Json read_record(const std::filesystem::path& folder) {
  const auto path = folder / "run.json";
  return parse(text_of(path), path, "steppe-run/1");
}

RunFiles read_run(const std::filesystem::path& run) {
  RunFiles out;
  std::error_code no_name;  // too long, or the like
  out.folder = std::filesystem::is_regular_file(run, no_name) ? run.parent_path() : run;
  const auto path = out.folder / "results.json";
  out.results_text = text_of(path);
  out.results = parse(out.results_text, path, "steppe-results/1");
  out.record = read_record(out.folder);
  return out;
}

}  // namespace steppe::cli
