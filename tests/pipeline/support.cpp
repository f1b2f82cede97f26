#include "support.hpp"

#include <fmt/format.h>

namespace steppe::pipeline::testing {

const plugin::Catalogue& catalogue() {
  static const auto loaded = plugin::Catalogue::load({{STEPPE_TEST_PLUGINS, "test", true}});
  return loaded;
}

std::filesystem::path folder() { return STEPPE_PIPELINE_TESTS; }

std::string printed(const std::vector<Problem>& problems) {
  std::string out;
  for (const auto& problem : problems) out += to_text(problem) + "\n";
  return out;
}

Checked check(std::string_view text, const std::vector<std::string>& sets) {
  std::filesystem::current_path(folder());
  Checked out;
  const auto document = parse_document(text, "study.toml", sets, out.problems);
  out.plan = make_plan(document, catalogue(), out.problems);
  return out;
}

Checked check_good_with(std::string_view text, const std::vector<std::string>& sets) {
  return check(fmt::format("extends = 'good.toml'\n{}", text), sets);
}

}  // namespace steppe::pipeline::testing
