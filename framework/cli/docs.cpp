// steppe docs: a page of Markdown on every kind of stage, and the keys of pipeline files in the
// page on them.
#include "framework/cli/checked.hpp"
#include "framework/cli/say.hpp"
#include "framework/cli/stage_text.hpp"
#include "framework/data/dataset.hpp"
#include "framework/data/files.hpp"

#include <fstream>
#include <iterator>
#include <string>

#include <fmt/format.h>

namespace steppe::cli {

namespace {

std::string contents(const std::filesystem::path& file) {
  std::ifstream stream{file, std::ios::binary};
  return {std::istreambuf_iterator<char>{stream}, {}};
}

}  // namespace

int docs(const DocsOptions& options) {
  const auto catalogue = plugin::Catalogue::load(plugin::search_path(options.plugin_folders, {}));
  std::error_code failure;
  std::filesystem::create_directories(options.out, failure);
  if (failure)
    throw data::DataError{
        fmt::format("folder '{}' cannot be made: {}", options.out.string(), failure.message())};
  std::size_t pages = 1;
  data::write_whole(options.out / "README.md", kinds_page(catalogue));
  for (const auto& kind : plugin::kinds()) {
    if (catalogue.names(kind.name).empty()) continue;
    data::write_whole(options.out / (std::string{kind.name} + ".md"), kind_page(kind, catalogue));
    ++pages;
  }
  if (!options.keys.empty())
    data::write_whole(options.keys,
                      with_file_parts(contents(options.keys), options.keys.string(), catalogue));
  show(stdout, "{} pages in {}\n", pages, options.out.string());
  return success;
}

}  // namespace steppe::cli
