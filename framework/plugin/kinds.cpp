#include "framework/plugin/kinds.hpp"

#include "framework/compute/precision.hpp"

#include <steppe/abi.h>

#include <algorithm>
#include <array>
#include <cstddef>
#include <string>
#include <utility>

namespace steppe::plugin {

namespace {

Parameter of_type(Type type, std::string name, std::string text) {
  Parameter out;
  out.name = std::move(name);
  out.type = type;
  out.text = std::move(text);
  return out;
}

Parameter reference(std::string name, std::string kind, std::string text) {
  auto out = of_type(Type::reference, std::move(name), std::move(text));
  out.required = true;
  out.reference_kind = std::move(kind);
  return out;
}

Parameter references(std::string name, std::string kind, std::string text) {
  auto out = reference(std::move(name), std::move(kind), std::move(text));
  out.is_array = true;
  return out;
}

Parameter choice(std::string name, std::vector<std::string> choices, std::string text) {
  auto out = of_type(Type::choice, std::move(name), std::move(text));
  out.choices = std::move(choices);
  out.fallback = {out.choices.front()};
  return out;
}

Parameter flag(std::string name, std::string text) {
  auto out = of_type(Type::boolean, std::move(name), std::move(text));
  out.fallback = {false};
  return out;
}

Parameter texts(std::string name, std::vector<Scalar> fallback, std::string text) {
  auto out = of_type(Type::text, std::move(name), std::move(text));
  out.is_array = true;
  out.fallback = std::move(fallback);
  return out;
}

Parameter count(std::string name, std::int64_t fallback, double minimum, std::string text) {
  auto out = of_type(Type::integer, std::move(name), std::move(text));
  out.fallback = {fallback};
  out.minimum = minimum;
  return out;
}

Parameter above_zero(std::string name, double fallback, std::string text) {
  auto out = of_type(Type::real, std::move(name), std::move(text));
  out.fallback = {fallback};
  out.minimum = 0;
  out.above_minimum = true;
  return out;
}

/// Names the first null among the functions that every plugin of a kind must have.
template <class Table, auto... Functions>
std::string_view first_missing(const void* table,
                               const char* const (&names)[sizeof...(Functions)]) {
  const auto& functions = *static_cast<const Table*>(table);
  const std::array<bool, sizeof...(Functions)> there{(functions.*Functions != nullptr)...};
  for (std::size_t i = 0; i < there.size(); ++i)
    if (!there[i]) return names[i];
  return "";
}

std::vector<Parameter> reader_wiring() {
  auto value = of_type(Type::real, "impute_value", "what 'nan = \"impute\"' puts in");
  value.fallback = {0.0};
  value.minimum = -1e30;
  value.maximum = 1e30;
  return {choice("nan", {"refuse", "drop", "impute"},
                 "values that are not finite: an error, the event left out, or 'impute_value'"),
          value};
}

/// The three functions of a survey are all there or none.
std::string_view missing_in_survey(const steppe_transform& table) {
  if (!table.new_survey && !table.survey && !table.free_survey) return "";
  return first_missing<steppe_transform, &steppe_transform::new_survey, &steppe_transform::survey,
                       &steppe_transform::free_survey>(&table,
                                                       {"new_survey", "survey", "free_survey"});
}

std::vector<Parameter> attack_wiring() {
  auto project = references("project", "projector",
                            "what moved events are brought back to, in order: projectors");
  project.required = false;
  return {choice("space", {"auto", "inputs", "weights"},
                 "what the attack moves: events or weights; auto: what it is meant for"),
          texts("move", {std::string{"*"}},
                "columns that may move, by name; '*' stands for any characters"),
          texts("hold", {},
                "what stays as it is, of the columns that may move: names as in 'move', "
                "'padding' (empty slots) or 'flags' (columns that are 0 or 1)"),
          choice("batch_norm", {"batch", "train", "inference"},
                 "batch normalisation in the attack's passes: statistics of the batch, the same "
                 "and the running ones updated, or the running ones"),
          choice("unit", {"column", "sigma"},
                 "what lengths such as epsilon are measured in: units of each column, or its "
                 "standard deviation over the training split"),
          project};
}

std::vector<Parameter> model_wiring() {
  auto preprocess = choice(
      "preprocess", {"standardise", "standardise_filled", "standardise_running"},
      "layers in front of the model: mean 0 and deviation 1 in each column, over the training "
      "split, over its filled slots (empty ones become 0), or followed from batch to batch");
  preprocess.is_array = true;
  preprocess.fallback = {};
  return {preprocess};
}

std::vector<Parameter> trainer_wiring() {
  auto balance =
      of_type(Type::boolean, "balance_classes",
              "give every class the same weight in the training loss (events of class "
              "c are multiplied by sum w / (classes sum_c w)); evaluation stays as it is");
  balance.fallback = {false};
  auto class_weights = of_type(Type::real, "class_weights",
                               "factor on the weights of the events of each class in the training "
                               "loss, class 0 first; evaluation stays as it is");
  class_weights.is_array = true;
  class_weights.minimum = 0;
  auto attack = references("attack", "attack",
                           "attacks on the training events or weights, in order; 'none': clean");
  attack.required = false;
  attack.fallback = {std::string{"none"}};
  return {
      reference("data", "dataset", "data set to train on: its training split"),
      reference("model", "model", "network to train"),
      reference("optimizer", "optimizer", "how a gradient moves the weights"),
      attack,
      balance,
      class_weights,
      choice(
          "precision", compute::precision_names(),
          "products in the passes that train: in f32, or by bfloat16 terms (three, two or one of "
          "each operand) where the processor has AMX, else in f32; weights and all else are f32"),
      choice("attack_precision", compute::precision_names(),
             "the same for the passes that attacks of the training ask for"),
      choice("loss", {"auto", "binary_cross_entropy", "cross_entropy", "squared_error", "huber"},
             "what is made small; auto: the cross-entropy of the target's classes, or the "
             "squared error where it is a real value"),
      above_zero("huber_delta", 1.0,
                 "loss = 'huber': the error from which on it grows linearly, in the unit of "
                 "the target")};
}

std::vector<Parameter> sharpness_wiring() {
  return {
      reference("of", "trainer", "trained network to measure"),
      reference("on", "dataset", "events to measure it on"),
      choice("space", {"weights", "inputs"}, "in which space to measure"),
      choice("split", {"test", "train", "validation", "all"}, "events of which split"),
      choice("classes", {"both", "signal", "background", "each"},
             "events of which class; 'each': the background's numbers, then the signal's, named "
             "background.* and signal.*, and the mean of their curves under its own name"),
      count("events", 2048, 0, "events of each class, the first of the split; 0: all"),
      count("batch", 128, 1, "events of a batch: pieces and batch statistics are of so many"),
      choice("pieces", {"all", "batches"},
             "in the space of weights: one mean loss of all events, or one of each batch"),
      choice("batch_norm", {"inference", "batch"},
             "batch normalisation: running statistics, or those of each batch, as the released "
             "gradient ascent has them"),
      flag("chain",
           "weights are not put back: the next batch and the next class ('each') start on those "
           "that the measure walked to, and in the space of inputs all classes' walks over "
           "weights come first, as in the released gradient ascent"),
      choice("label", {"true", "zero"},
             "label the loss is taken with; 'zero': 0 for every event, as the released code"),
      texts("move", {std::string{"*"}}, "columns, or tensors of weights, that may move"),
      texts("hold", {}, "what stays as it is, as for attacks")};
}

// A table with a row for each kind. NOLINTNEXTLINE(readability-function-size)
std::vector<Kind> make_kinds() {
  return {
      {"reader", "Dataset", "reads events from files, or makes them", reader_wiring(),
       [](const void* t) {
         return first_missing<steppe_reader, &steppe_reader::columns, &steppe_reader::read>(
             t, {"columns", "read"});
       }},
      {"transform",
       "Dataset",
       "turns events into other events, one by one",
       {references("input", "dataset", "data sets to transform")},
       [](const void* t) {
         const auto missing =
             first_missing<steppe_transform, &steppe_transform::columns, &steppe_transform::apply>(
                 t, {"columns", "apply"});
         return missing.empty() ? missing_in_survey(*static_cast<const steppe_transform*>(t))
                                : missing;
       }},
      {"model", "Graph", "describes a network as a graph of operations", model_wiring(),
       [](const void* t) {
         return first_missing<steppe_model, &steppe_model::build>(t, {"build"});
       }},
      {"layer",
       "operation",
       "an operation of models, called by its name",
       {},
       [](const void* t) {
         return first_missing<steppe_layer, &steppe_layer::shape, &steppe_layer::forward,
                              &steppe_layer::backward>(t, {"shape", "forward", "backward"});
       }},
      {"attack", "moved point", "moves events or weights so that the loss rises", attack_wiring(),
       [](const void* t) {
         return first_missing<steppe_attack, &steppe_attack::ball, &steppe_attack::perturb>(
             t, {"ball", "perturb"});
       }},
      {"projector",
       "allowed point",
       "brings moved events back to what is allowed",
       {},
       [](const void* t) {
         return first_missing<steppe_projector, &steppe_projector::project>(t, {"project"});
       }},
      {"optimizer",
       "moved weights",
       "moves weights along a gradient",
       {},
       [](const void* t) {
         return first_missing<steppe_optimizer, &steppe_optimizer::step>(t, {"step"});
       }},
      {"trainer", "Weights", "orders batches, attacks, gradients and steps into a training",
       trainer_wiring(),
       [](const void* t) {
         return first_missing<steppe_trainer, &steppe_trainer::begin, &steppe_trainer::epoch>(
             t, {"begin", "epoch"});
       }},
      {"sharpness", "Table", "measures how sharp the minimum of a trained network is",
       sharpness_wiring(),
       [](const void* t) {
         return first_missing<steppe_sharpness, &steppe_sharpness::measure>(t, {"measure"});
       }},
      {"metric",
       "Table",
       "turns scores, or the points of a study, into numbers with uncertainties",
       {},
       [](const void* t) -> std::string_view {
         const auto& table = *static_cast<const steppe_metric*>(t);
         return table.measure || table.compare ? "" : "measure";
       }},
  };
}

}  // namespace

std::span<const Kind> kinds() {
  static const std::vector<Kind> table = make_kinds();
  return table;
}

const Kind* find_kind(std::string_view name) {
  const auto all = kinds();
  const auto found =
      std::find_if(all.begin(), all.end(), [&](const Kind& kind) { return kind.name == name; });
  return found == all.end() ? nullptr : &*found;
}

}  // namespace steppe::plugin
