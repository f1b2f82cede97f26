// Stages and their settings in words, as `describe`, the pages of `docs` and `--json` say them.
#pragma once

#include "framework/cli/json.hpp"
#include "framework/plugin/catalogue.hpp"
#include "framework/plugin/kinds.hpp"

#include <string>

namespace steppe::cli {

/// "list: each a real number, [0, inf), in units of the columns"
std::string facts(const plugin::Parameter& parameter);
/// "0.01", "['*']", "required"
std::string default_text(const plugin::Parameter& parameter);

/// All that a stage says about itself, its own settings and those of its kind.
Json stage_json(const plugin::StageInfo& stage);
/// A list where the setting is one; null where there is no default.
Json default_json(const plugin::Parameter& parameter);

/// A page on one kind: what every stage of it takes, then each stage with its text, settings,
/// source and example. Markdown.
std::string kind_page(const plugin::Kind& kind, const plugin::Catalogue& catalogue);
/// The page that leads to those of the kinds.
std::string kinds_page(const plugin::Catalogue& catalogue);

}  // namespace steppe::cli
