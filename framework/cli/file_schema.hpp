// The JSON Schema of pipeline files, made from the catalogue: what an editor needs to complete
// keys, to show what a setting means, and to mark what is wrong while it is typed.
//
// It says what a file by itself can say. A file may stand on others (`extends`), or be there to be
// stood on, so only one with a [pipeline] name and without `extends` has to be complete. What needs
// more than one value at a time (references, columns, gates) is left to `steppe check`.
#pragma once

#include "framework/cli/json.hpp"
#include "framework/plugin/catalogue.hpp"

namespace steppe::cli {

/// Draft 2020-12.
Json file_schema(const plugin::Catalogue& catalogue);

/// Of one setting: its type or, where {name} may stand for it, a text; a list may be its one item.
Json setting_schema(const plugin::Parameter& parameter);

}  // namespace steppe::cli
