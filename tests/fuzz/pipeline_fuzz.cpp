// Any text is a plan or gives problems; a document that was understood is understood again as it is
// written down in run.json.
#include "framework/pipeline/plan.hpp"

#include <cstdlib>
#include <filesystem>
#include <vector>

#include "fuzz.hpp"

namespace {

using steppe::pipeline::Problem;

const steppe::plugin::Catalogue& catalogue() {
  static const auto loaded = steppe::plugin::Catalogue::load({{STEPPE_FUZZ_PLUGINS, "fuzz", true}});
  return loaded;
}

}  // namespace

int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  namespace pipeline = steppe::pipeline;
  // Beside the files of tests/pipeline/wrong, so that what they extend is found.
  const std::filesystem::path name{STEPPE_PIPELINE_TESTS "/wrong/fuzzed.toml"};
  std::vector<Problem> problems;
  const auto document =
      pipeline::parse_document(steppe::fuzz::text(bytes, size), name, {}, problems);
  const bool understood = problems.empty();
  const auto plan = pipeline::make_plan(document, catalogue(), problems);
  if (plan.has_value() == pipeline::has_errors(problems)) std::abort();

  std::vector<Problem> again;
  pipeline::parse_document(pipeline::to_toml(document), name, {}, again);
  if (understood && !again.empty()) std::abort();
  return 0;
}
