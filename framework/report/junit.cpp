#include "framework/report/junit.hpp"

#include "framework/report/escape.hpp"

#include <algorithm>

#include <fmt/format.h>

namespace steppe::report {

namespace {

/// `trouble`: "failure", "error" or "skipped", with the reason; empty when all is well. Jenkins
/// shows the attribute, GitLab what is inside.
std::string test_case(const std::string& group, const std::string& name, double seconds,
                      const std::string& trouble, const std::string& reason,
                      const std::string& where) {
  const auto head = fmt::format("  <testcase classname=\"{}\" name=\"{}\" time=\"{:.3f}\"",
                                escape_markup(group), escape_markup(name), seconds);
  if (trouble.empty()) return head + "/>\n";
  return fmt::format("{}>\n    <{} message=\"{}\">{}</{}>\n  </testcase>\n", head, trouble,
                     escape_markup(reason), escape_markup(reason + "\n" + where), trouble);
}

}  // namespace

std::string junit_xml(const RunVerdict& run) {
  const auto errors = run.failures.size() + (run.stopped ? 1 : 0);
  const auto shut = std::count_if(run.gates.begin(), run.gates.end(),
                                  [](const auto& gate) { return !gate.verdict.holds; });
  const auto* verdict = errors == 0 ? "failure" : "skipped";
  const auto counts =
      fmt::format("tests=\"{}\" failures=\"{}\" errors=\"{}\" skipped=\"{}\" time=\"{:.3f}\"",
                  1 + run.gates.size() + run.failures.size(), errors == 0 ? shut : 0, errors,
                  errors == 0 ? 0 : shut, run.seconds);
  auto out = fmt::format(
      "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites {}>\n"
      " <testsuite name=\"{}\" {}>\n",
      counts, escape_markup(run.name), counts);
  out += test_case(run.name, "run", run.seconds, run.stopped ? "error" : "",
                   "stopped before the end", "");
  for (const auto& [node, sentence] : run.failures)
    out += test_case(run.name + ".nodes", node, 0, "error", sentence, node);
  for (const auto& gate : run.gates)
    out += test_case(run.name + ".gates", gate.that, 0, gate.verdict.holds ? "" : verdict,
                     gate.verdict.reason, gate.at);
  return out + " </testsuite>\n</testsuites>\n";
}

}  // namespace steppe::report
