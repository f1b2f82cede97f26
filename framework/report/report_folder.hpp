// The report of a run as files: report.html, and beside it tables/*.csv, *.tex, *.json and
// figures/*.svg, *.pdf.
#pragma once

#include "framework/report/drawings.hpp"

#include <filesystem>
#include <string>
#include <vector>

#include <nlohmann/json.hpp>

namespace steppe::report {

/// Writes them into `folder`, from what results.json and run.json of a run hold. Files of an older
/// report are replaced; its tables and figures that there are no more are left alone. `before`:
/// where figures are found that were drawn before; may be null.
/// @returns notes: what is missing and why. @throws DataError when a file cannot be written, and
/// nlohmann::json::exception when the two are something else.
std::vector<std::string> write_report(const std::filesystem::path& folder,
                                      const nlohmann::ordered_json& results,
                                      const nlohmann::ordered_json& record,
                                      Drawings* before = nullptr);

}  // namespace steppe::report
