#include "framework/compute/profile.hpp"

#include <algorithm>

namespace steppe::compute {

namespace {

using Clock = std::chrono::steady_clock;

thread_local Profile::Span* innermost = nullptr;
thread_local const Profile::Stage* stage_at_work = nullptr;

}  // namespace

Profile::Span::Span(Profile* profile, std::string_view kind, std::string_view name)
    : Span{profile, profile ? profile->stage(kind, name) : nullptr} {}

Profile::Span::Span(Profile* profile) : Span{profile, static_cast<Stage*>(nullptr)} {}

Profile::Span::Span(Profile* profile, Stage* stage) : profile_{profile}, stage_{stage} {
  if (!profile_) return;
  since_ = Clock::now();
  outer_ = std::exchange(innermost, this);
  stage_at_work = stage_;
  if (outer_) outer_->spent_ += since_ - outer_->since_;
}

Profile::Span::~Span() {
  if (!profile_) return;
  const auto now = Clock::now();
  innermost = outer_;
  stage_at_work = outer_ ? outer_->stage_ : nullptr;
  if (outer_) outer_->since_ = now;
  if (!stage_) return;
  const std::lock_guard lock{profile_->mutex_};
  stage_->second.add({1, spent_ + (now - since_)});
}

const Profile::Stage* Profile::at_work() { return stage_at_work; }

Profile::Stage* Profile::stage(std::string_view kind, std::string_view name) {
  const std::lock_guard lock{mutex_};
  return &*stages_.try_emplace({std::string{kind}, std::string{name}}).first;
}

void Profile::add(const Operations& operations) {
  const std::lock_guard lock{mutex_};
  for (const auto& [what, spent] : operations) operations_[what].add(spent);
}

Profile::Sums Profile::sums() const {
  const std::lock_guard lock{mutex_};
  Sums out;
  std::map<StageName, double> in_kernels;
  for (const auto& [what, spent] : operations_) {
    const auto& [stage, kernel] = what;
    out.kernels.push_back({stage ? stage->first : StageName{}, kernel, spent});
    in_kernels[out.kernels.back().stage] += spent.seconds();
  }
  for (const auto& [stage, spent] : stages_)
    if (spent.calls > 0) out.stages.push_back({stage, spent, in_kernels[stage]});
  const auto longer = [](const auto& a, const auto& b) { return a.spent.time > b.spent.time; };
  std::stable_sort(out.stages.begin(), out.stages.end(), longer);
  std::stable_sort(out.kernels.begin(), out.kernels.end(), longer);
  return out;
}

}  // namespace steppe::compute
