#include "framework/verify/measure_trial.hpp"

#include "framework/verify/checks.hpp"
#include "framework/verify/threads.hpp"

#include <cmath>
#include <cstring>

#include <fmt/format.h>

namespace steppe::verify {

MeasureTrial::MeasureTrial(const plugin::Catalogue& catalogue, const std::string& measure,
                           const std::string& wiring, const std::string& device,
                           const std::vector<std::string>& sets)
    : plan_{tiny_plan(catalogue,
                      "\n[sharpness.it]\nuse = \"" + measure +
                          "\"\nof = \"fit\"\non = \"features\"\nsplit = \"train\"\nevents = 60\n" +
                          wiring,
                      sets)},
      data_{load_first(plan_)},
      trained_{run::train(plan_.trainings.front(), *data_, {}, compute::open_device(device), {})} {}

std::vector<std::uint64_t> bits_of(const pipeline::MeasuredSharpness& measured) {
  std::vector<double> numbers;
  for (const auto& q : measured.quantities) {
    numbers.push_back(q.value);
    numbers.push_back(q.uncertainty);
  }
  for (const auto& c : measured.curves) numbers.insert(numbers.end(), c.y.begin(), c.y.end());
  std::vector<std::uint64_t> out(numbers.size());
  std::memcpy(out.data(), numbers.data(), numbers.size() * sizeof(double));
  return out;
}

std::string MeasureTrial::fault_of_network() {
  const auto weights = now(trained_.at.weights), statistics = now(trained_.at.buffers);
  const auto measured = measure();
  if (measured.quantities.empty()) return "it gives no number";
  for (const auto& q : measured.quantities)
    if (q.undefined.empty() && !std::isfinite(q.value))
      return fmt::format("'{}' is {}; say results.undefined(name, reason) where there is no number",
                         q.name, q.value);
  if (!same_bits(now(trained_.at.weights), weights)) return "it changes the network's weights";
  if (!same_bits(now(trained_.at.buffers), statistics)) return "it changes running statistics";
  return "";
}

std::string MeasureTrial::fault_of_repetition() {
  return bits_of(measure()) == bits_of(measure()) ? "" : "the second time it gives other numbers";
}

std::string fault_of_threads(const plugin::Catalogue& catalogue, const std::string& measure,
                             const std::string& wiring, const std::string& device,
                             std::vector<std::string> sets) {
  sets.push_back(fmt::format("values.jets={}", jets_on_threads));
  for (const auto events : events_on_threads) {
    auto of_events = sets;
    of_events.push_back(fmt::format("sharpness.it.events={}", events / 2));  // of each class
    of_events.push_back(fmt::format("sharpness.it.batch={}", events));
    const MeasureTrial trial{catalogue, measure, wiring, device, of_events};
    const auto fault = fault_of_threads([&] { return bits_of(trial.measure()); });
    if (!fault.empty()) return fmt::format("of {} events: {}", events, fault);
  }
  return "";
}

std::vector<Check> sharpness_checks(const Subject& subject) {
  std::vector<Check> out;
  const auto sets = subject.sets("sharpness.it");
  for (const auto& device : subject.devices)
    for (const std::string space : {"weights", "inputs"}) {
      const auto wiring = fmt::format("space = \"{}\"\nmove = [\"{}\"]\n", space,
                                      space == "weights" ? "dense_3.*" : "jet.*");
      const auto add = [&](const char* fact, std::string (MeasureTrial::*fault)()) {
        out.push_back({subject.title(device), fmt::format("{} (space = \"{}\")", fact, space),
                       [=, &catalogue = subject.catalogue, name = subject.stage.name] {
                         MeasureTrial trial{catalogue, name, wiring, device, sets};
                         return (trial.*fault)();
                       }});
      };
      add("gives numbers and leaves the network alone", &MeasureTrial::fault_of_network);
      add("gives the same twice", &MeasureTrial::fault_of_repetition);
      if (device == subject.devices.front())
        out.push_back(
            {subject.title(device),
             fmt::format("gives the same bytes on 1, 2 and 4 threads (space = \"{}\")", space),
             [=, &catalogue = subject.catalogue, name = subject.stage.name] {
               return fault_of_threads(catalogue, name, wiring, device, sets);
             }});
    }
  return out;
}

}  // namespace steppe::verify
