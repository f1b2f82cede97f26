// What the tables that belong to the host may say, described like the settings of a plugin.
#pragma once

#include "framework/plugin/settings.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace steppe::pipeline {

/// [pipeline], without its table `splits`.
std::vector<plugin::Parameter> pipeline_parameters();
/// [pipeline.splits]; the defaults hold where the whole table is left out.
std::vector<plugin::Parameter> split_parameters();
/// [evaluate]
std::vector<plugin::Parameter> evaluate_parameters();
/// [distribution.<name>]
std::vector<plugin::Parameter> distribution_parameters();
/// [[require]]
std::vector<plugin::Parameter> require_parameters();
/// What every stage may say beside its settings and wiring: `use`.
std::vector<plugin::Parameter> stage_parameters();

/// A part of a pipeline file that belongs to the host, in words: for the schema, `describe` and the
/// page on pipeline files.
struct FilePart {
  std::string name;                     ///< "pipeline.splits"
  std::string written;                  ///< as it stands in a file: "[pipeline.splits]"
  std::string summary;                  ///< a clause
  std::string text;                     ///< paragraphs
  std::vector<plugin::Parameter> keys;  ///< empty where the file chooses the names
  std::string example;                  ///< TOML
};

/// All of them, in the order of a file.
const std::vector<FilePart>& file_parts();
/// One that is there.
const FilePart& file_part(std::string_view name);

}  // namespace steppe::pipeline
