// Paths that lead to the same files wherever a document is read again.
#pragma once

#include "framework/pipeline/document.hpp"
#include "framework/plugin/catalogue.hpp"

namespace steppe::pipeline {

/// The document with every relative path among the settings of stages, and in `[pipeline] plugins`,
/// made absolute against the folder of the file that says it; `--set` speaks from the current
/// folder. One that begins with "{name}" keeps it: what the name stands for decides.
Document with_absolute_paths(Document document, const plugin::Catalogue& catalogue);

}  // namespace steppe::pipeline
