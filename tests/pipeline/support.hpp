// What the tests of the pipeline floor share: the catalogue of test stages, and text in and out.
#pragma once

#include "framework/pipeline/plan.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace steppe::pipeline::testing {

/// The stages of test_plugins.cpp, and a library `broken.so` that was set aside.
const plugin::Catalogue& catalogue();

/// tests/pipeline
std::filesystem::path folder();

/// All problems, one a line.
std::string printed(const std::vector<Problem>& problems);

struct Checked {
  std::optional<Plan> plan;
  std::vector<Problem> problems;

  std::string text() const { return printed(problems); }
};

/// `text` as the file study.toml beside good.toml.
Checked check(std::string_view text, const std::vector<std::string>& sets = {});
/// good.toml with `text` laid over it. Only the problems of the text remain.
Checked check_good_with(std::string_view text, const std::vector<std::string>& sets = {});

}  // namespace steppe::pipeline::testing
