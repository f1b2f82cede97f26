// The form of the file, {name}, and the matrix.
#include "framework/pipeline/messages.hpp"

#include "framework/pipeline/message_words.hpp"

#include <steppe/nearest.hpp>

#include <cstring>

#include <fmt/format.h>

namespace steppe::pipeline::message {

std::string file_is_folder(std::string_view file) {
  return fmt::format("'{}' is a folder; name a pipeline file in it", file);
}
std::string unreadable_file(std::string_view file, int reason) {
  return fmt::format("'{}' cannot be read: {}", file, std::strerror(reason));
}
std::string no_file(const std::filesystem::path& file, const Names& beside) {
  return fmt::format("there is no file '{}'{}", file.string(),
                     did_you_mean(file.filename().string(), beside));
}

std::string too_many_dots(std::size_t limit) {
  return fmt::format("a line with more than {} dots; a key has three parts at most", limit);
}
std::string text_with_nul() { return "the character U+0000 ends a text for plugins; leave it out"; }
std::string unknown_heading(std::string_view key, const Names& known) {
  return fmt::format("a pipeline file has no '{}'{}", key,
                     suggestion(key, known, "at its top level are"));
}
std::string not_a_table(std::string_view heading) {
  return fmt::format("'{}' must be a table: write it as a heading [{}]", heading, heading);
}
std::string heading_without_name(std::string_view kind) {
  return fmt::format("{} needs a name: write for example [{}.my_{}]", with_article(kind), kind,
                     kind);
}
std::string bad_heading_name(std::string_view name) {
  return fmt::format("'{}' cannot be the name of a stage; use letters, digits, '_' and '-'", name);
}
std::string layer_has_no_heading(std::string_view name) {
  return fmt::format("layers have no headings: a model calls '{}' by its name", name);
}
std::string none_is_no_attack() {
  return "'none' stands for no attack; give this stage another name";
}
std::string same_data_name(std::string_view name) {
  return fmt::format("a reader and a transform are both called '{}'; rename one of them", name);
}
std::string no_pipeline() {
  return "there is no heading [pipeline]; it gives the study its 'name'";
}
std::string bad_pipeline_name(std::string_view name) {
  return fmt::format(
      "'pipeline.name' = '{}' cannot name files; use at most 100 of a-z, 0-9, '_' and '-'", name);
}
std::string unknown_device(std::string_view name) {
  const Names known{"cpu", "gpu", "auto", "far"};
  return fmt::format("there is no device '{}'{}", name, suggestion(name, known, "there are"));
}
std::string device_not_there(std::string_view name, std::string_view why) {
  return fmt::format("device '{}' is not there: {}", name, why);
}
std::string no_plugin_folder(std::string_view folder) {
  return fmt::format("'pipeline.plugins': there is no folder '{}'", folder);
}
std::string bad_splits(double sum) {
  return fmt::format("the fractions of 'pipeline.splits' sum to {} instead of 1", sum);
}
std::string no_training_split() {
  return "'pipeline.splits' leaves no event to train on; 'train' must be above 0";
}

std::string unknown_name(std::string_view name, const Names& known) {
  const auto near = name.empty() ? "" : did_you_mean(name, known);
  return fmt::format("'{{{}}}' is no value and no axis of the matrix{}", name,
                     near.empty() ? "; a plain brace is '{{'" : near);
}
std::string axis_out_of_reach(std::string_view name) {
  return fmt::format(
      "'{{{}}}' is an axis of the matrix, which has no one value here; use it in a "
      "stage or in [evaluate]",
      name);
}
std::string value_out_of_reach(std::string_view name) {
  return fmt::format("value '{}' is not known here yet; values may use those above them", name);
}
std::string open_brace() { return "a '{' has no '}'; a plain brace is '{{'"; }
std::string no_such_value(std::string_view name, const Names& known) {
  return fmt::format("the file has no value '{}' to set{}", name, did_you_mean(name, known));
}
std::string value_not_scalar(std::string_view name) {
  return fmt::format("'values.{}' must be a text, a number, true or false", name);
}

std::string bad_axis(std::string_view name) {
  return fmt::format(
      "axis '{}' must be an array of texts, numbers or flags, or an integer n for "
      "the values 0 to n-1",
      name);
}
std::string empty_axis(std::string_view name) {
  return fmt::format("axis '{}' has no values, so the study would have no points", name);
}
std::string repeated_coordinate(std::string_view axis, std::string_view coordinate) {
  return fmt::format("axis '{}' has the value '{}' twice", axis, coordinate);
}
std::string axis_is_value(std::string_view name) {
  return fmt::format("'{}' is a value and an axis of the matrix; rename one of them", name);
}
std::string axis_test() {
  return "the axis 'test' is made by [evaluate]; give this one another name";
}
std::string bad_trial() {
  return "the axis 'trial' numbers the random streams: its values must be integers from 0";
}
std::string too_many_points(std::size_t limit) {
  return fmt::format("the matrix has more than {} points", limit);
}

}  // namespace steppe::pipeline::message
