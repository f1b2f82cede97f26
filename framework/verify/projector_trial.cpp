#include "framework/verify/projector_trial.hpp"

#include "framework/verify/checks.hpp"

#include <algorithm>

#include <fmt/format.h>

namespace steppe::verify {

namespace {

std::vector<std::string> attacked_by_fgsm(std::vector<std::string> sets) {
  sets.emplace_back("values.attack=fgsm");
  return sets;
}

}  // namespace

ProjectorTrial::ProjectorTrial(const plugin::Catalogue& catalogue, const std::string& projector,
                               const std::string& settings, const std::string& device,
                               const std::vector<std::string>& sets)
    : plan_{tiny_plan(catalogue,
                      "\n[projector.it]\nuse = \"" + projector + "\"\n" + settings +
                          "[attack.fgsm]\nproject = [\"it\"]\n",
                      attacked_by_fgsm(sets))},
      bench_{plan_, device, rows},
      before_{bench_.batch.features()},
      after_{bench_.device->matrix(rows, before_.columns)},
      projection_{plan_.trainings[0].attacks[0].projectors, *bench_.data, surroundings()} {
  // Moved by up to four units, so that every kind of limit is crossed.
  bench_.queue->uniform({3, 1}, bench_.batch.event_ids(), -4.0F, 4.0F, after_);
  bench_.queue->axpy(1.0F, before_, after_);
}

plugin::Surroundings ProjectorTrial::surroundings() {
  plugin::Surroundings out;
  out.queue = bench_.queue.get();
  return out;
}

std::vector<float> ProjectorTrial::projected() {
  projection_.apply(before_, after_);
  return values_of(*bench_.queue, after_);
}

std::string ProjectorTrial::fault_of_repetition() {
  const auto once = projected();
  return same_bits(projected(), once) ? "" : "the second time it moves events elsewhere";
}

std::string ProjectorTrial::fault_of_clean_events() {
  const auto clean = values_of(*bench_.queue, before_);
  projected();
  return same_bits(values_of(*bench_.queue, before_), clean) ? "" : "it changes them";
}

std::string ProjectorTrial::fault_of_one_event() {
  const auto moved = values_of(*bench_.queue, after_);
  const auto together = projected();
  for (std::size_t r = 0; r < rows; ++r) {
    const auto from = static_cast<std::ptrdiff_t>(r * before_.columns);
    {
      const compute::Mapped view{*bench_.queue, after_};
      std::copy_n(moved.begin() + from, before_.columns, view->row(r));
    }
    const auto before = before_.slice_rows(r, 1), after = after_.slice_rows(r, 1);
    projection_.apply(before, after);
    const auto alone = values_of(*bench_.queue, after);
    if (!same_bits(alone, {together.begin() + from,
                           together.begin() + from + static_cast<std::ptrdiff_t>(alone.size())}))
      return fmt::format("event {} goes elsewhere when it is alone", r);
  }
  return "";
}

std::vector<Check> projector_checks(const Subject& subject) {
  std::vector<Check> out;
  const auto sets = subject.sets("projector.it");
  for (const auto& device : subject.devices) {
    const auto add = [&](const char* fact, std::string (ProjectorTrial::*fault)()) {
      out.push_back({subject.title(device), fact,
                     [=, &catalogue = subject.catalogue, name = subject.stage.name] {
                       ProjectorTrial trial{catalogue, name, "", device, sets};
                       return (trial.*fault)();
                     }});
    };
    add("twice is as good as once", &ProjectorTrial::fault_of_repetition);
    add("leaves the clean events alone", &ProjectorTrial::fault_of_clean_events);
    add("projects each event by itself", &ProjectorTrial::fault_of_one_event);
  }
  return out;
}

}  // namespace steppe::verify
