// steppe verify: holds a plugin to the contracts of its stages, in a process of its own: a plugin
// that crashes or hangs is told, and the checks behind it go on in another process.
//
// What the child says of each check: two lines, "begin <tab> subject <tab> fact", and how it ended:
// "ok", "failed <tab> reason" or "left out <tab> reason". It says "end" after the last.
#include "framework/cli/child_process.hpp"
#include "framework/cli/commands.hpp"
#include "framework/cli/say.hpp"
#include "framework/compute/device.hpp"
#include "framework/plugin/catalogue.hpp"
#include "framework/verify/checks.hpp"

#include <algorithm>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

namespace steppe::cli {

namespace {

namespace fs = std::filesystem;
using Clock = std::chrono::steady_clock;

constexpr double most_seconds_to_load = 0.1;

// ---- the child ----

/// "attack 'tilt' on far" -> "attack 'tilt'".
std::string stage_of(const std::string& subject) {
  return subject.substr(0, subject.rfind(" on "));
}

/// `hung`: stages that are given up.
void run_check(const verify::Check& check, const std::vector<std::string>& hung = {}) {
  tell_parent("begin\t" + check.subject + "\t" + check.fact);
  if (std::ranges::find(hung, stage_of(check.subject)) != hung.end())
    return tell_parent("left out\tan earlier check of this stage did not end in time");
  try {
    const auto fault = check.fault();
    tell_parent(fault.empty() ? "ok" : "failed\t" + fault);
  } catch (const verify::LeftOut& reason) {
    tell_parent(std::string{"left out\t"} + reason.what());
  } catch (const std::exception& error) {
    tell_parent(std::string{"failed\t"} + error.what());
  }
}

/// The plugin and what the program brings with it. Nothing else: what is verified here must be the
/// same on every machine.
std::vector<plugin::SearchFolder> own_plugins() { return {plugin::search_path({}, {}).back()}; }

verify::Check loading(const fs::path& library, plugin::Catalogue& catalogue) {
  return {"the library", "is loaded in less than 100 ms", [&catalogue, library] {
            const auto begin = Clock::now();
            catalogue = plugin::Catalogue::load({}, {library});
            const auto seconds = std::chrono::duration<double>(Clock::now() - begin).count();
            if (!catalogue.set_aside().empty()) return catalogue.set_aside().front().reason;
            if (catalogue.stages().empty()) return std::string{"it holds no stage"};
            if (seconds < most_seconds_to_load) return std::string{};
            return fmt::format("it takes {:.0f} ms; do no work before a stage is created",
                               seconds * 1000);
          }};
}

/// The settings that a stage has, out of those given.
std::vector<std::string> settings_of(const plugin::StageInfo& stage,
                                     const std::vector<std::string>& given) {
  std::vector<std::string> out;
  for (const auto& setting : given)
    if (stage.find_parameter(setting.substr(0, setting.find('=')))) out.push_back(setting);
  return out;
}

/// A setting that no stage has is most likely misspelt.
std::string fault_of_settings(const plugin::Catalogue& alone,
                              const std::vector<std::string>& given) {
  for (const auto& setting : given)
    if (std::ranges::all_of(alone.stages(), [&](const plugin::StageInfo& stage) {
          return settings_of(stage, {setting}).empty();
        }))
      return fmt::format("no stage has '{}'; 'steppe describe' has the names", setting);
  return "";
}

int run_checks(const VerifyOptions& options) {
  const auto library = fs::absolute(options.plugin);
  plugin::Catalogue alone;
  auto checks = verify::library_checks(library);
  checks.insert(checks.begin(), loading(library, alone));
  if (!options.settings.empty())
    checks.push_back({"the library", "has the settings that are given",
                      [&] { return fault_of_settings(alone, options.settings); }});
  // Loading comes first in every process; the parent has heard of it if it is not the first.
  run_check(checks.front());
  const auto catalogue = plugin::Catalogue::load(own_plugins(), {library});
  for (const auto& stage : catalogue.stages()) {
    if (fs::weakly_canonical(stage.library) != fs::weakly_canonical(library)) continue;
    verify::Subject subject{catalogue, stage, settings_of(stage, options.settings)};
    if (compute::device_trouble("gpu").empty()) subject.devices.emplace_back("gpu");
    const auto more = verify::checks_of(subject);
    checks.insert(checks.end(), more.begin(), more.end());
  }
  for (std::size_t i = std::max<std::size_t>(options.first, 1); i < checks.size(); ++i)
    run_check(checks[i], options.hung);
  tell_parent("end");
  return success;
}

// ---- the parent ----

struct Verdict {
  std::string subject, fact;
  std::string result;  ///< "ok", "failed", "left out"
  std::string reason;
};

std::vector<std::string> split(const std::string& line) {
  std::vector<std::string> out;
  for (std::size_t begin = 0; begin <= line.size();) {
    const auto end = std::min(line.find('\t', begin), line.size());
    out.push_back(line.substr(begin, end - begin));
    begin = end + 1;
  }
  out.resize(std::max<std::size_t>(out.size(), 3));
  return out;
}

void print(const Verdict& verdict) {
  show(stdout, "{} {}: {}{}{}\n", verdict.subject, verdict.fact, verdict.result,
       verdict.reason.empty() ? "" : ": ", verdict.reason);
  std::fflush(stdout);
}

class Verification {
 public:
  explicit Verification(const VerifyOptions& options) : options_{options} {}

  const std::vector<Verdict>& verdicts() const { return verdicts_; }

  /// Until all checks have a verdict.
  void run() {
    while (!run_once()) {
    }
  }

 private:
  /// One process. @returns whether it came to the end.
  bool run_once() {
    std::vector<std::string> arguments{
        "steppe",       "verify",  fs::absolute(options_.plugin).string(),
        "--in-process", "--first", std::to_string(verdicts_.size())};
    for (const auto& setting : options_.settings)
      arguments.insert(arguments.end(), {"--set", setting});
    for (const auto& stage : hung_) arguments.insert(arguments.end(), {"--hung", stage});
    ChildProcess child{arguments};
    bool again = !verdicts_.empty(), at_end = false;  // loading, heard of before
    std::optional<Verdict> current;
    while (const auto line = child.read_line(std::chrono::duration<double>{options_.seconds})) {
      const auto words = split(*line);
      if (words[0] == "end") at_end = true;
      if (words[0] == "begin") {
        current = Verdict{words[1], words[2], "", ""};
      } else if (current) {
        if (!again) add(*current, words[0], words[1]);
        again = false;
        current.reset();
      }
    }
    const auto end = child.finish();
    if (current && !again && child.late()) hung_.push_back(stage_of(current->subject));
    if (current && !again) add(*current, "failed", end.empty() ? "it ended the program" : end);
    if (at_end) return true;
    if (current && !again) return verdicts_.size() == 1;  // a library that cannot be loaded
    add({"the program", "comes to the end of its checks", "", ""}, "failed", end);
    return true;
  }

  void add(Verdict verdict, const std::string& result, const std::string& reason) {
    verdict.result = result;
    verdict.reason = reason;
    if (!options_.json) print(verdict);
    verdicts_.push_back(std::move(verdict));
  }

  const VerifyOptions& options_;
  std::vector<Verdict> verdicts_;
  std::vector<std::string> hung_;  ///< stages whose other checks would take as long
};

void print_json(const std::vector<Verdict>& verdicts) {
  auto out = nlohmann::ordered_json::array();
  for (const auto& v : verdicts)
    out.push_back(
        {{"subject", v.subject}, {"fact", v.fact}, {"result", v.result}, {"reason", v.reason}});
  show(stdout, "{}\n", out.dump(1, ' ', false, nlohmann::json::error_handler_t::replace));
}

/// What is wrong with a path that is no file.
std::string no_library(const fs::path& path) {
  if (!fs::is_directory(path))
    return fmt::format("there is no file '{}'; give the library of a plugin", path.string());
  std::vector<std::string> libraries;
  std::error_code unreadable;
  for (const auto& entry : fs::directory_iterator{path, unreadable})
    if (entry.path().extension() == ".so") libraries.push_back(entry.path().string());
  std::ranges::sort(libraries);
  if (libraries.empty())
    return fmt::format("'{}' is a folder, and holds no library; give the library of a plugin",
                       path.string());
  return fmt::format("'{}' is a folder; give one library of it, such as '{}'", path.string(),
                     libraries.front());
}

}  // namespace

int verify_plugin(const VerifyOptions& options) {
  if (options.in_process) return run_checks(options);
  if (!fs::is_regular_file(options.plugin)) {
    say(stderr, "{}", no_library(options.plugin));
    return bad_input;
  }
  Verification verification{options};
  verification.run();
  const auto& all = verification.verdicts();
  if (options.json) print_json(all);
  const auto failed = std::ranges::count(all, "failed", &Verdict::result);
  const auto left_out = std::ranges::count(all, "left out", &Verdict::result);
  if (!options.json)
    show(stdout, "{} checks: {} ok, {} failed, {} left out\n", all.size(),
         static_cast<std::ptrdiff_t>(all.size()) - failed - left_out, failed, left_out);
  return failed == 0 ? success : run_failed;
}

}  // namespace steppe::cli
