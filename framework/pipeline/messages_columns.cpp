// Columns: those of distributions, targets and features.
#include "framework/pipeline/messages.hpp"

#include <algorithm>

#include <fmt/format.h>

namespace steppe::pipeline::message {

namespace {

/// "has 2 classes", "is a real value"
std::string described(const Column& target) {
  return target.classes == 0 ? "is a real value" : fmt::format("has {} classes", target.classes);
}

}  // namespace

std::string bad_range(std::string_view subject) {
  return fmt::format("'{}' must be two numbers, the lower end and the upper end", subject);
}
std::string too_many_columns(std::string_view subject, std::size_t count, std::size_t limit) {
  return fmt::format("'{}' covers {} columns, and {} can be shown; name fewer", subject, count,
                     limit);
}
std::string missing_column(std::string_view data, std::string_view column, std::string_view first) {
  return fmt::format("data set '{}' has no column '{}', which '{}' has", data, column, first);
}
std::string other_unit(const Column& column, std::string_view data, const Column& other,
                       std::string_view other_data) {
  return fmt::format("column '{}' has the unit '{}' in data set '{}' and '{}' in '{}'", column.name,
                     column.unit, data, other.unit, other_data);
}

std::string no_target(std::string_view data) {
  return fmt::format("data set '{}' has no target column: nothing says what is signal", data);
}
std::string bad_classes(std::string_view data, const Column& target) {
  return fmt::format(
      "target '{}' of data set '{}' has classes = {}; a target has two at least, or 0 where it is "
      "a "
      "real value",
      target.name, data, target.classes);
}
std::string wrong_loss(network::LossKind kind, std::string_view data, const Column& target) {
  using enum network::LossKind;
  const auto needs = kind == binary_cross_entropy ? "two classes"
                     : kind == cross_entropy      ? "three classes or more"
                                                  : "real values";
  return fmt::format("loss '{}' is for {}, and the target of data set '{}' {}; use '{}'",
                     network::name(kind), needs, data, described(target),
                     network::name(network::usual_loss(static_cast<std::size_t>(target.classes))));
}
std::string other_target(std::string_view data, const Column& has, std::string_view training,
                         const Column& wants) {
  return fmt::format(
      "data set '{}' does not fit the network trained on '{}': its target {}, and "
      "that of the training {}",
      data, training, described(has), described(wants));
}
std::string not_two_classes(std::string_view setting, std::string_view data, const Column& target) {
  return fmt::format(
      "'{}' chooses between two classes, and the target of data set '{}' {}; leave "
      "it out",
      setting, data, described(target));
}
std::string wrong_class_weights(std::size_t count, std::string_view data, const Column& target) {
  if (target.classes == 0)
    return fmt::format("'{}' is about classes, and the target of data set '{}' {}; leave it out",
                       count == 0 ? "balance_classes" : "class_weights", data, described(target));
  return fmt::format("'class_weights' has {} entries, and the target of data set '{}' {}", count,
                     data, described(target));
}
std::string no_features(std::string_view data) {
  return fmt::format("data set '{}' has no feature columns: a model would see nothing", data);
}
std::string other_features(std::string_view data, const Names& has, std::string_view training,
                           const Names& wants) {
  const auto [mine, theirs] = std::mismatch(has.begin(), has.end(), wants.begin(), wants.end());
  std::string difference;
  if (mine == has.end())
    difference = fmt::format("('{}') is missing", *theirs);
  else if (theirs == wants.end())
    difference = fmt::format("('{}') is one too many", *mine);
  else
    difference = fmt::format("is '{}' instead of '{}'", *mine, *theirs);
  return fmt::format("data set '{}' does not fit the network trained on '{}': feature {} {}", data,
                     training, mine - has.begin() + 1, difference);
}

}  // namespace steppe::pipeline::message
