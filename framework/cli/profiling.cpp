#include "framework/cli/profiling.hpp"

#include "framework/compute/peak.hpp"
#include "framework/pipeline/node_names.hpp"
#include "framework/report/aligned.hpp"

#include <algorithm>
#include <thread>
#include <utility>
#include <vector>

#include <fmt/format.h>

namespace steppe::cli {

namespace {

using compute::Kernel;
using compute::Profile;
using compute::Transpose;

constexpr double least_share_shown = 0.005;

/// "attack 'pgd'", "scoring"
std::string text_of(const Profile::StageName& stage) {
  const auto& [kind, name] = stage;
  if (kind.empty()) return "outside of stages";
  return name.empty() ? kind : fmt::format("{} '{}'", kind, name);
}

constexpr const char* name_of(Transpose transpose) {
  if (transpose == Transpose::none) return "none";
  return transpose == Transpose::first ? "first" : "second";
}

/// "matmul a b 128x602x128": rows, terms of each sum, columns.
std::string text_of(const Kernel& kernel) {
  if (kernel.flops() == 0) return std::string{kernel.operation};
  return fmt::format("{} {} {} {}x{}x{}", kernel.operation,
                     kernel.transpose == Transpose::first ? "aT" : "a",
                     kernel.transpose == Transpose::second ? "bT" : "b", kernel.rows, kernel.inner,
                     kernel.columns);
}

std::uint64_t flops_of(const Profile::KernelTime& row) {
  return row.kernel.flops() * row.spent.calls;
}

double gflops_of(const Profile::KernelTime& row) {
  const double seconds = row.spent.seconds();
  return seconds > 0 ? 1e-9 * static_cast<double>(flops_of(row)) / seconds : 0;
}

/// A line of a table, with what it is sorted by.
struct Line {
  double seconds;
  std::vector<std::string> cells;
};

}  // namespace

Profiling::Profiling(bool wanted) : wanted_{wanted} {
  if (wanted_) peak_gflops_ = compute::peak_gflops();
}

void Profiling::found(const std::string& node) {
  const std::lock_guard lock{mutex_};
  found_nodes_.insert(node);
}

void Profiling::finish(const pipeline::Plan& plan, double seconds, int threads) {
  if (!wanted_) return;
  peak_gflops_ = std::max(peak_gflops_, compute::peak_gflops());
  sums_ = profile_.sums();
  seconds_ = seconds;
  threads_ = threads > 0 ? threads : static_cast<int>(std::thread::hardware_concurrency());
  in_stages_ = 0;
  for (const auto& stage : sums_.stages) in_stages_ += stage.spent.seconds();
  found_.clear();
  const auto count = [&](const char* kind, const std::vector<std::string>& names) {
    const auto is_found = [&](const std::string& name) { return found_nodes_.contains(name); };
    const auto number = std::ranges::count_if(names, is_found);
    if (number > 0) found_.push_back({kind, static_cast<std::size_t>(number), names.size()});
  };
  const auto names = pipeline::node_names(plan);
  count("data sets", names.data);
  count("trainings", names.trainings);
  count("scores", names.scores);
  count("sharpness measures", names.sharpness);
  count("distributions", names.distributions);
}

double Profiling::share_of_peak(const Profile::KernelTime& kernel) const {
  return gflops_of(kernel) / peak_gflops_;
}

Json Profiling::json() const {
  Json stages = Json::array(), kernels = Json::array(), found = Json::array();
  for (const auto& [stage, spent, in_kernels] : sums_.stages)
    stages.push_back({{"kind", stage.first},
                      {"name", stage.second},
                      {"calls", spent.calls},
                      {"seconds", spent.seconds()},
                      {"seconds_in_kernels", in_kernels}});
  for (const auto& row : sums_.kernels) {
    auto& added = kernels.emplace_back(Json{{"operation", row.kernel.operation},
                                            {"kind", row.stage.first},
                                            {"name", row.stage.second},
                                            {"calls", row.spent.calls},
                                            {"seconds", row.spent.seconds()}});
    if (row.kernel.flops() == 0) continue;
    added["rows"] = row.kernel.rows;
    added["inner"] = row.kernel.inner;
    added["columns"] = row.kernel.columns;
    added["transpose"] = name_of(row.kernel.transpose);
    added["flops"] = flops_of(row);
    added["gflops"] = gflops_of(row);
    added["share_of_peak"] = share_of_peak(row);
  }
  for (const auto& one : found_)
    found.push_back({{"nodes", one.kind}, {"found", one.found}, {"of", one.of}});
  return {{"seconds", seconds_},
          {"threads", threads_},
          {"seconds_in_stages", in_stages_},
          {"peak_gflops", peak_gflops_},
          {"stages", stages},
          {"kernels", kernels},
          {"found", found}};
}

std::string Profiling::kernels_text(std::size_t width) const {
  std::vector<Line> rows;
  for (const auto& row : sums_.kernels) {
    const bool is_product = row.kernel.flops() > 0;
    rows.push_back({row.spent.seconds(),
                    {text_of(row.kernel), text_of(row.stage), fmt::format("{}", row.spent.calls),
                     "", "", is_product ? fmt::format("{:.1f}", gflops_of(row)) : "",
                     is_product ? fmt::format("{:.0f} %", 100 * share_of_peak(row)) : ""}});
  }
  for (const auto& [stage, spent, in_kernels] : sums_.stages)
    rows.push_back(
        {spent.seconds() - in_kernels,
         {"not in kernels", text_of(stage), fmt::format("{}", spent.calls), "", "", "", ""}});
  std::ranges::stable_sort(rows,
                           [](const Line& a, const Line& b) { return a.seconds > b.seconds; });
  const auto too_short = std::ranges::find_if(
      rows, [&](const Line& row) { return row.seconds < least_share_shown * in_stages_; });
  if (const auto others = rows.end() - too_short; others > 1) {
    double seconds = 0;
    for (auto row = too_short; row != rows.end(); ++row) seconds += row->seconds;
    rows.erase(too_short, rows.end());
    rows.push_back({seconds, {fmt::format("{} others", others), "", "", "", "", "", ""}});
  }
  report::Layout table{
      {{"kernel", "stage", "calls", "seconds", "share", "Gflop/s", "of peak"}}, 2, 1, 40};
  for (auto& [seconds, cells] : rows) {
    cells[3] = fmt::format("{:.3f}", seconds);
    cells[4] = fmt::format("{:.1f} %", 100 * seconds / in_stages_);
    table.lines.push_back(std::move(cells));
  }
  return report::aligned(std::move(table), width);
}

std::string Profiling::stages_text(std::size_t width) const {
  report::Layout table{{{"stage", "calls", "seconds", "share", "in kernels"}}, 1, 1, 40};
  for (const auto& [stage, spent, in_kernels] : sums_.stages) {
    const double seconds = spent.seconds();
    table.lines.push_back({text_of(stage), fmt::format("{}", spent.calls),
                           fmt::format("{:.3f}", seconds),
                           fmt::format("{:.1f} %", 100 * seconds / in_stages_),
                           fmt::format("{:.1f} %", seconds > 0 ? 100 * in_kernels / seconds : 0)});
  }
  return report::aligned(std::move(table), width);
}

std::string Profiling::text(std::size_t width) const {
  std::string out;
  if (!sums_.stages.empty())
    out = fmt::format(
        "{}\n{}\n{:.2f} s of work in stages, on {} thread{} in {:.2f} s; one core does up to "
        "{:.1f} "
        "Gflop/s (f32)\n",
        kernels_text(width), stages_text(width), in_stages_, threads_, threads_ == 1 ? "" : "s",
        seconds_, peak_gflops_);
  for (const auto& one : found_)
    out += fmt::format("{}: {} of {} found in the store, not run\n", one.kind, one.found, one.of);
  return out;
}

}  // namespace steppe::cli
