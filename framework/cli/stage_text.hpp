// Stages and their settings in words, as `describe`, the pages of `docs` and `--json` say them.
#pragma once

#include "framework/cli/json.hpp"
#include "framework/pipeline/tables.hpp"
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
/// A kind, with the names of its stages.
Json kind_json(const plugin::Kind& kind, const plugin::Catalogue& catalogue);
/// All that is said about a part of a pipeline file.
Json file_part_json(const pipeline::FilePart& part);
/// A list where the setting is one; null where there is no default.
Json default_json(const plugin::Parameter& parameter);

/// A page on one kind: what every stage of it takes, then each stage with its text, settings,
/// source and example. Markdown.
std::string kind_page(const plugin::Kind& kind, const plugin::Catalogue& catalogue);
/// The page that leads to those of the kinds.
std::string kinds_page(const plugin::Catalogue& catalogue);

/// The page with what is between its two marks written again: a section on every part of a pipeline
/// file, and the kinds of stages. Markdown.
/// @throws data::DataError where the page has no such marks.
std::string with_file_parts(const std::string& page, const std::string& name,
                            const plugin::Catalogue& catalogue);

}  // namespace steppe::cli
