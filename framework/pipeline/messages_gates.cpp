// Gates, and notes on what is right and perhaps not meant.
#include "framework/pipeline/message_words.hpp"
#include "framework/pipeline/messages.hpp"

#include <steppe/nearest.hpp>

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace steppe::pipeline::message {

std::string bad_requirement(std::string_view expected) {
  return fmt::format("expected {}; write for example \"auc(test='pythia') > 0.85\"", expected);
}
std::string unknown_axis(std::string_view name, const Names& axes) {
  return fmt::format("there is no axis '{}'{}", name, suggestion(name, axes, "there are"));
}
std::string unknown_coordinate(std::string_view axis, std::string_view coordinate,
                               const Names& known) {
  return fmt::format("axis '{}' has no '{}'{}", axis, coordinate,
                     suggestion(coordinate, known, "it has"));
}
std::string axis_selected_twice(std::string_view name) {
  return fmt::format("axis '{}' is selected twice", name);
}
std::string no_row_selected() { return "no point of the study has all these coordinates"; }
std::string unknown_value(std::string_view name, const Names& known) {
  return fmt::format("the study will give no value '{}'{}", name,
                     suggestion(name, known, "it will give"));
}
std::string unknown_value_of(std::string_view stage, std::string_view name, const Names& known) {
  return fmt::format("'{}' will give no value '{}'{}", stage, name,
                     suggestion(name, known, "it will give"));
}
std::string unknown_measure(std::string_view name, const Names& known) {
  return fmt::format("there is no sharpness measure and no metric of the whole study '{}'{}", name,
                     suggestion(name, known, "there are"));
}
std::string axis_not_there(std::string_view subject, std::string_view axis) {
  return fmt::format("values of {} do not depend on the axis '{}'; leave it out", subject, axis);
}
std::string bad_sigmas() { return "the number of sigmas after '@' must be above 0 and at most 30"; }
std::string sigmas_of_equality() {
  return "'@' needs a bound to stay away from: use '>', '>=', '<' or '<='";
}
std::string nothing_to_require() {
  return "a gate needs results; add a heading [evaluate] or [sharpness.<name>]";
}

std::string unused_heading(std::string_view kind, std::string_view name) {
  return fmt::format("[{}.{}] is not used by any point", kind, name);
}
std::string all_defaults(std::string_view kind, std::string_view name, std::string_view settings,
                         std::string_view moves) {
  return fmt::format("{} '{}' has no heading [{}.{}], so all is as by default{}{}{}", kind, name,
                     kind, name, settings.empty() && moves.empty() ? "" : ": ", settings,
                     settings.empty() || moves.empty() ? moves : fmt::format("; {}", moves));
}
std::string unused_axis(std::string_view name) {
  return fmt::format("axis '{}' is not used: its points differ in nothing{}", name,
                     did_you_mean(name, Names{"trial"}));
}
std::string attack_without_strength(std::string_view strength) {
  return fmt::format("'{}' is 0: the attack moves nothing", strength);
}
std::string unused_value(std::string_view name) {
  return fmt::format("value '{}' is not used; '{{{}}}' stands for it", name, name);
}
std::string repeated_gate(const Position& first) {
  return fmt::format("this gate is there already: {}", to_text(first));
}
std::string idle_huber_delta() { return "'huber_delta' is not used: it belongs to loss = 'huber'"; }
std::string sigmas_of_one_trial() {
  return "there is one trial: its sigma is that of the test sample, without the spread over "
         "trainings; give the axis 'trial' in [matrix] more";
}
std::string scores_of_training_events(std::string_view split) {
  return fmt::format(
      "split = \"{}\" has events that networks are trained on: of them they know more than of "
      "others",
      split);
}
std::string no_number(std::string_view metric, std::string_view reason) {
  return fmt::format("metric '{}' will have no number in this study: {}", metric, reason);
}
std::string nothing_measured() {
  return "nothing will be measured: there is no heading [evaluate]";
}
std::string nothing_trained() {
  return "nothing will be trained: there is no heading [trainer.<name>]";
}
std::string trained_in_f32(const Names& precisions, std::string_view why) {
  return fmt::format("precision '{}' {}: trained in f32", fmt::join(precisions, "' or '"), why);
}

}  // namespace steppe::pipeline::message
