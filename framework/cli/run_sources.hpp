// What a run is made of, beside the program: files, plugins, the state of the repository. Looked at
// before it begins, for all of these may change while it runs.
#pragma once

#include "framework/cli/checked.hpp"
#include "framework/cli/json.hpp"
#include "framework/store/contents.hpp"

namespace steppe::cli {

/// The keys `files`, `git`, `plugins` and `data_files` of a run.json. Contents are keys of all
/// bytes (docs/store.md), null of a file that cannot be read.
Json run_sources(const PipelineOptions& options, const CheckedPipeline& checked,
                 store::Contents& contents);

}  // namespace steppe::cli
