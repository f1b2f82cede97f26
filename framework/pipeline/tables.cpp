#include "framework/pipeline/tables.hpp"

#include "framework/data/splits.hpp"

#include <string>
#include <utility>

namespace steppe::pipeline {

namespace {

using plugin::Parameter;
using plugin::Type;

Parameter parameter(std::string name, Type type, std::string text) {
  Parameter out;
  out.name = std::move(name);
  out.type = type;
  out.text = std::move(text);
  return out;
}

Parameter required(Parameter from) {
  from.required = true;
  return from;
}

Parameter array(Parameter from) {
  from.is_array = true;
  return from;
}

Parameter with_default(Parameter from, plugin::Scalar value) {
  from.fallback = {std::move(value)};
  return from;
}

Parameter between(Parameter from, double minimum, double maximum) {
  from.minimum = minimum;
  from.maximum = maximum;
  return from;
}

Parameter reference(std::string name, std::string kind, std::string text) {
  auto out = parameter(std::move(name), Type::reference, std::move(text));
  out.reference_kind = std::move(kind);
  return required(std::move(out));
}

Parameter fraction(std::string name, double fallback) {
  auto out = parameter(std::move(name), Type::real,
                       "fraction of the events; 0 where the table leaves it out");
  return between(with_default(std::move(out), fallback), 0, 1);
}

Parameter split(std::string fallback, std::string text) {
  auto out = with_default(parameter("split", Type::choice, std::move(text)), std::move(fallback));
  out.choices = {"train", "validation", "test", "all"};
  return out;
}

}  // namespace

std::vector<Parameter> pipeline_parameters() {
  auto seed = with_default(
      parameter("seed", Type::integer, "number that starts all random streams"), std::int64_t{1});
  seed.minimum = 0;
  return {required(parameter("name", Type::text, "of the study; names its files")), seed,
          with_default(parameter("device", Type::text,
                                 "where it runs: 'cpu', 'gpu', a GPU by its number ('gpu:1'), or "
                                 "'auto', a GPU where there is one; 'far' is for tests"),
                       std::string{"cpu"}),
          array(parameter("plugins", Type::path,
                          "folders with plugins of this study, from the file's own"))};
}

std::vector<Parameter> split_parameters() {
  const data::SplitFractions whole;
  return {fraction("train", whole.train), fraction("validation", whole.validation),
          fraction("test", whole.test)};
}

std::vector<Parameter> evaluate_parameters() {
  auto attack = reference("attack", "attack",
                          "attack on the scored events, for metrics that compare; 'none': clean");
  attack.required = false;
  attack.fallback = {std::string{"none"}};
  return {reference("of", "trainer", "trainer whose networks are scored"),
          array(reference("on", "dataset", "data sets they are scored on: the axis 'test'")),
          split("test", "events that are scored"),
          array(reference("metrics", "metric",
                          "what is measured, at every point or of the whole study")),
          attack};
}

std::vector<Parameter> distribution_parameters() {
  return {
      array(reference("of", "dataset", "data sets; the first is the reference of the ratio")),
      required(array(parameter("columns", Type::text,
                               "columns by name or pattern; '*' stands for any characters"))),
      split("train", "events that are counted"),
      between(with_default(parameter("bins", Type::integer,
                                     "bins of 'range'; without it at most this many, of a round "
                                     "width"),
                           std::int64_t{40}),
              1, 1000),
      array(parameter("range", Type::real,
                      "lower and upper end; else what all data sets have, but for outliers"))};
}

std::vector<Parameter> require_parameters() {
  return {required(parameter("that", Type::text,
                             "what must hold, such as auc(test='pythia') > 0.85 @ 2 sigma"))};
}

std::vector<Parameter> stage_parameters() {
  return {with_default(parameter("use", Type::text, "name of the plugin; else the heading's"),
                       std::string{})};
}

}  // namespace steppe::pipeline
