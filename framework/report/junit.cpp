#include "framework/report/junit.hpp"

#include "framework/report/escape.hpp"

#include <algorithm>

#include <fmt/format.h>

namespace steppe::report {

namespace {

/// `trouble`: "failure" or "error", with the reason; empty when all is well.
std::string test_case(const std::string& group, const std::string& name, double seconds,
                      const std::string& trouble, const std::string& reason,
                      const std::string& where) {
  const auto head = fmt::format("  <testcase classname=\"{}\" name=\"{}\" time=\"{:.3f}\"",
                                escape_markup(group), escape_markup(name), seconds);
  if (trouble.empty()) return head + "/>\n";
  return fmt::format("{}>\n    <{} message=\"{}\">{}</{}>\n  </testcase>\n", head, trouble,
                     escape_markup(reason), escape_markup(where), trouble);
}

}  // namespace

std::string junit_xml(const RunVerdict& run) {
  const auto failed = std::count_if(run.gates.begin(), run.gates.end(),
                                    [](const auto& gate) { return !gate.verdict.holds; });
  const auto errors = run.failures.size() + (run.stopped ? 1 : 0);
  const auto counts =
      fmt::format("tests=\"{}\" failures=\"{}\" errors=\"{}\" time=\"{:.3f}\"",
                  1 + run.gates.size() + run.failures.size(), failed, errors, run.seconds);
  auto out = fmt::format(
      "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites {}>\n"
      " <testsuite name=\"{}\" {}>\n",
      counts, escape_markup(run.name), counts);
  out += test_case(run.name, "run", run.seconds, run.stopped ? "error" : "",
                   "stopped before the end", "");
  for (const auto& [node, sentence] : run.failures)
    out += test_case(run.name + ".nodes", node, 0, "error", sentence, node);
  for (const auto& gate : run.gates)
    out += test_case(run.name + ".gates", gate.that, 0, gate.verdict.holds ? "" : "failure",
                     gate.verdict.reason, gate.at);
  return out + " </testsuite>\n</testsuites>\n";
}

}  // namespace steppe::report
