// The pipeline in a weight file, as `apply` needs it: what gives the data, and nothing else.
// Plugins of attacks, measures and trainers may be gone by then.
#pragma once

#include "framework/data/splits.hpp"
#include "framework/pipeline/document.hpp"
#include "framework/plugin/catalogue.hpp"

#include <filesystem>
#include <string>
#include <vector>

namespace steppe::cli {

/// "features.pythia" -> "pythia": the reader's heading.
std::string reader_of(const std::string& data);

/// A document without the headings of stages other than readers and transforms.
pipeline::Document only_data(pipeline::Document document);

/// Readers and what transforms make of them: "toy", "features.pythia".
std::vector<std::string> data_names(const pipeline::Document& document);

/// @throws DataError where the reader of this heading has no setting 'path'.
void require_files(const pipeline::Document& document, const std::string& reader,
                   const plugin::Catalogue& catalogue);

/// As [pipeline.splits] has them.
data::SplitFractions splits_of(const pipeline::Document& document);

/// Problems of the text that was read as `place` are those of the pipeline in the weight file.
void name_source(std::vector<pipeline::Problem>& problems, const std::filesystem::path& place,
                 const std::filesystem::path& weights);

}  // namespace steppe::cli
