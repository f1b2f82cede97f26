// The checked plan: what a pipeline file asks for, resolved for every point of its matrix. Nodes
// that several points need are there once.
#pragma once

#include "framework/compute/precision.hpp"
#include "framework/data/splits.hpp"
#include "framework/network/graph.hpp"
#include "framework/network/loss.hpp"
#include "framework/pipeline/document.hpp"
#include "framework/plugin/catalogue.hpp"

#include <steppe/columns.hpp>

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace steppe::pipeline {

/// A stage with all its settings: the file's, the defaults for the rest.
struct Stage {
  const plugin::StageInfo* info = nullptr;
  std::string name;               ///< heading in the file: "pgd" of [attack.pgd]
  plugin::Settings settings;      ///< what the plugin gets
  plugin::Settings wiring;        ///< what the host reads itself (kinds.hpp)
  Position position;              ///< of its heading, or of the reference where it has none
  std::string key;                ///< kind, name, plugin, version and settings as a line of text
  std::vector<Stage> projectors;  ///< of an attack, in the order they are applied
};

/// An attack's key with those of its projectors.
std::string attack_key(const Stage& attack);

/// A data set: a reader and the transforms behind it.
struct DataNode {
  std::string name;    ///< as the file refers to it: "features.pythia"
  std::string branch;  ///< "pythia": its coordinate on the axis `test`
  Stage reader;
  std::vector<Stage> transforms;
  Columns columns;  ///< of the last stage
  std::string key;
  std::vector<std::string> kept;  ///< side columns that distributions show
};

/// The domain its columns name. Data without one are a domain of their own.
inline const std::string& domain_of(const DataNode& node) {
  return node.columns.domain.empty() ? node.branch : node.columns.domain;
}

/// What the products of a training's passes are made in on this processor, which may be less than
/// its trainer asks for.
struct Precisions {
  compute::Precision update = compute::Precision::f32;
  compute::Precision attack = compute::Precision::f32;
};

/// One training: a model, an optimizer, attacks and a trainer on a data set.
struct TrainingNode {
  std::size_t data = 0;  ///< index into Plan::data
  Stage trainer, model, optimizer;
  std::vector<Stage> attacks;
  std::vector<std::string> preprocess;
  network::Graph graph{1};  ///< preprocessing first
  network::Loss loss;       ///< by the trainer's wiring and the target of the data
  Precisions precision;
  std::uint64_t trial = 0;
  std::string key;  ///< includes the trial
};

/// Ends the names of values on the scores after the attack of [evaluate]: "auc.attacked".
inline constexpr auto under_attack = ".attacked";

/// One trained network scored on one data set.
struct ScoreNode {
  std::size_t training = 0;
  std::size_t data = 0;
  std::string split;  ///< "train", "validation", "test", "all"
  std::vector<Stage> metrics;
  std::optional<Stage> attack;     ///< on the scored events; the clean ones are scored in any case
  std::vector<std::string> again;  ///< metrics that measure the attacked scores by themselves too
};

/// One sharpness measure of one trained network on one data set.
struct SharpnessNode {
  std::size_t training = 0;
  std::size_t data = 0;
  Stage stage;
};

/// Histograms of columns of some data sets: [distribution.<name>].
struct DistributionNode {
  std::string name;                  ///< its heading
  std::vector<std::size_t> data;     ///< the first is what the others are compared with
  std::vector<std::string> columns;  ///< names, in the order of the first data set
  std::string split;
  std::size_t bins = 0;
  std::vector<double> range;  ///< low and high; empty: as the data have it
  /// Axis and value, where it lies in the matrix: of axes that it depends on alone.
  std::vector<std::pair<std::string, std::string>> coordinates;
};

/// Where a sharpness measure lies in the matrix.
struct SharpnessRow {
  std::vector<std::string> coordinates;  ///< one a name in Plan::axes but `test`
  std::size_t node = 0;                  ///< index into Plan::sharpness
};

/// One row of the results: where it lies in the matrix, and the node that fills it.
struct Row {
  std::vector<std::string> coordinates;  ///< one a name in Plan::axes
  std::size_t score = 0;
};

enum class Comparison { above, at_least, below, at_most, equal };

/// Where the value of a gate is found.
enum class Subject {
  points,  ///< what metrics measure at every point
  study,   ///< what a metric makes of all points
  sharpness
};

/// A gate on the results: everything that the selectors leave must hold `value_name` against the
/// bound. "auc(train='pythia', test='pythia') > 0.85"
struct Requirement {
  std::string that;  ///< as written
  Position position;
  Subject subject = Subject::points;
  std::string stage;       ///< heading of the study metric or the sharpness measure
  std::string value_name;  ///< "auc"
  /// Axis and coordinate: {"train", "pythia"}. Both exist, each axis once.
  std::vector<std::pair<std::string, std::string>> selectors;
  Comparison comparison = Comparison::above;
  double bound = 0;
  double sigmas = 0;  ///< by how many the bound must hold: "> 0.85 @ 2 sigma"
};

using data::SplitFractions;

struct Plan {
  std::filesystem::path file;
  std::string name;
  std::vector<std::string> extends;  ///< files it stands on, without folder and ending
  std::uint64_t seed = 0;
  std::string device = "cpu";
  SplitFractions splits;
  std::vector<std::string> axes;  ///< of the matrix in file order, then "test"
  std::vector<DataNode> data;
  std::vector<TrainingNode> trainings;
  std::vector<ScoreNode> scores;
  std::vector<SharpnessNode> sharpness;
  std::vector<DistributionNode> distributions;
  std::vector<Stage> comparisons;            ///< metrics that look at all points at once
  std::vector<SharpnessRow> sharpness_rows;  ///< in matrix order, then in the order of the file
  std::vector<Row> rows;                     ///< in matrix order, last axis fastest
  std::vector<Requirement> requirements;
  std::string resolved;  ///< the document with --set and extends applied, as TOML
};

/// Checks everything that can be known before the first event is read: keys, types, ranges,
/// references, columns, the network's shape. @returns a plan when there is no error; problems
/// (errors and notes) are appended, all of them, ordered by position, none twice.
std::optional<Plan> make_plan(const Document& document, const plugin::Catalogue& catalogue,
                              std::vector<Problem>& problems);

/// One data set of a file, at one point of its matrix, and nothing else of it: for a trained
/// network that meets new events. `coordinates`: axis and value, all of them. @returns nothing, and
/// problems, when it cannot be had; its reader may open files.
std::optional<DataNode> plan_data(
    const Document& document, const plugin::Catalogue& catalogue,
    const std::vector<std::pair<std::string, std::string>>& coordinates, const std::string& name,
    std::vector<Problem>& problems);

/// `[pipeline] plugins`, resolved against the file that says it; read before the catalogue is
/// loaded.
std::vector<std::filesystem::path> plugin_folders(const Document& document);

}  // namespace steppe::pipeline
