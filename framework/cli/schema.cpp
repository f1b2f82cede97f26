// steppe schema: the JSON Schema of pipeline files, with the plugins that are there.
#include "framework/cli/commands.hpp"
#include "framework/cli/file_schema.hpp"
#include "framework/cli/say.hpp"
#include "framework/data/files.hpp"

#include <fmt/format.h>

namespace steppe::cli {

int schema(const SchemaOptions& options) {
  const auto catalogue = plugin::Catalogue::load(plugin::search_path(options.plugin_folders, {}));
  const auto text = to_text(file_schema(catalogue));
  if (options.out.empty())
    show(stdout, text);
  else
    data::write_whole(options.out, text);
  return success;
}

}  // namespace steppe::cli
