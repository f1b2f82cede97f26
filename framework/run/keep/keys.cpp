#include "framework/run/keep/keys.hpp"

#include "framework/compute/device.hpp"
#include "framework/compute/matmul.hpp"
#include "framework/run/keep/data_files.hpp"
#include "framework/run/weights/weights_file.hpp"

#include <filesystem>
#include <map>
#include <set>

#include <fmt/format.h>

namespace steppe::run {

namespace {

namespace fs = std::filesystem;
using pipeline::Plan;
using pipeline::Stage;
using store::KeyMaker;

bool is_precision(const plugin::Setting& setting) {
  return setting.name == "precision" || setting.name == "attack_precision";
}

class Keys {
 public:
  Keys(const Plan& plan, const Computing& computing, store::Contents& contents)
      : plan_{plan}, layers_{computing.layers}, contents_{contents}, numerics_{"numerics"} {
    const auto library = compute::matmul_library();
    numerics_.text("build", computing.build);
    numerics_.text("oneDNN", library.version);
    numerics_.text("instruction_set", library.instruction_set);
    numerics_.text("device", compute::device_numerics(plan.device));
  }

  StudyKeys all() {
    StudyKeys out;
    for (const auto& node : plan_.data) out.data.push_back(data(node));
    for (const auto& node : plan_.trainings)
      out.trainings.push_back(training(node, out.data[node.data]));
    for (const auto& node : plan_.scores)
      out.scores.push_back(score(node, out.trainings[node.training], out.data[node.data]));
    for (const auto& node : plan_.sharpness)
      out.sharpness.push_back(sharpness(node, out.trainings[node.training], out.data[node.data]));
    for (const auto& node : plan_.distributions)
      out.distributions.push_back(distribution(node, out.data));
    return out;
  }

 private:
  /// What every node depends on.
  KeyMaker begin(const char* kind) const {
    KeyMaker out{kind};
    out.part("numerics", numerics_);
    out.count("seed", plan_.seed);
    return out;
  }

  KeyMaker data(const pipeline::DataNode& node) {
    auto out = begin("data");
    add_stage(out, node.reader);
    for (const auto& transform : node.transforms) add_stage(out, transform);
    return out;
  }

  KeyMaker training(const pipeline::TrainingNode& node, const KeyMaker& data) {
    auto out = begin("training");
    out.part("data", data);
    add_splits(out);
    out.count("trial", node.trial);
    add_stage(out, node.model);
    add_graph(out, node);
    out.text("loss", loss_text(node.loss));
    add_stage(out, node.optimizer);
    add_stage(out, node.trainer);
    out.text("precision", compute::name_of(node.precision.update));
    if (!node.attacks.empty())
      out.text("attack_precision", compute::name_of(node.precision.attack));
    out.count("attacks", node.attacks.size());
    for (const auto& attack : node.attacks) add_stage(out, attack);
    return out;
  }

  KeyMaker score(const pipeline::ScoreNode& node, const KeyMaker& training, const KeyMaker& data) {
    auto out = begin("score");
    out.part("training", training);
    out.part("on", data);
    add_splits(out);
    out.text("split", node.split);
    out.flag("attacked", node.attack.has_value());
    if (node.attack) add_stage(out, *node.attack);
    out.count("metrics", node.metrics.size());
    for (const auto& metric : node.metrics) add_stage(out, metric);
    return out;
  }

  KeyMaker sharpness(const pipeline::SharpnessNode& node, const KeyMaker& training,
                     const KeyMaker& data) {
    auto out = begin("sharpness");
    out.part("training", training);
    out.part("on", data);
    add_splits(out);
    add_stage(out, node.stage);
    return out;
  }

  /// Data sets are told apart by name in what it gives.
  KeyMaker distribution(const pipeline::DistributionNode& node, const std::vector<KeyMaker>& data) {
    auto out = begin("distribution");
    for (const auto d : node.data) out.part("of." + plan_.data[d].name, data[d]);
    for (std::size_t c = 0; c < node.columns.size(); ++c)
      out.text(fmt::format("column.{}", c), node.columns[c]);
    add_splits(out);
    out.text("split", node.split);
    out.count("bins", node.bins);
    for (std::size_t e = 0; e < node.range.size(); ++e)
      out.real(fmt::format("range.{}", e), node.range[e]);
    return out;
  }

  /// Most points of a study share most of their stages.
  void add_stage(KeyMaker& to, const Stage& stage) {
    auto place = stages_.find(pipeline::attack_key(stage));
    if (place == stages_.end())
      place = stages_.emplace(pipeline::attack_key(stage), this->stage(stage)).first;
    to.part(stage.info->kind + "." + stage.name, place->second);
  }

  /// Its heading's name numbers its random streams. References in the wiring lead to other nodes,
  /// which are part of the key themselves. A precision that is not to be had here shapes nothing:
  /// trainings say what they are made in.
  KeyMaker stage(const Stage& stage) {
    KeyMaker out{stage.info->kind};
    out.text("name", stage.name);
    out.text("plugin", stage.info->name + " " + stage.info->version);
    out.key("library", library(stage.info->library));
    for (const auto& setting : stage.settings.items) add(out, setting);
    for (const auto& setting : stage.wiring.items)
      if (setting.type != plugin::Type::reference && !is_precision(setting)) add(out, setting);
    out.count("projectors", stage.projectors.size());
    for (const auto& projector : stage.projectors) add_stage(out, projector);
    return out;
  }

  void add(KeyMaker& to, const plugin::Setting& setting) {
    if (setting.is_array) to.count(setting.name + ".count", setting.items.size());
    for (std::size_t i = 0; i < setting.items.size(); ++i) {
      const auto name = setting.is_array ? fmt::format("{}.{}", setting.name, i) : setting.name;
      const auto& item = setting.items[i];
      if (const auto* text = std::get_if<std::string>(&item))
        setting.type == plugin::Type::path ? add_files(to, name, *text) : to.text(name, *text);
      else if (const auto* integer = std::get_if<std::int64_t>(&item))
        to.integer(name, *integer);
      else if (const auto* flag = std::get_if<bool>(&item))
        to.flag(name, *flag);
      else
        to.real(name, std::get<double>(item));
    }
  }

  /// Event ids are made of a file's name, so it counts; its folder does not.
  void add_files(KeyMaker& to, const std::string& name, const std::string& path) {
    const auto files = data_files(path);
    to.count(name + ".files", files.size());
    for (const auto& file : files)
      to.key(fmt::format("{}.{}", name, file.filename().string()), contents_.of(file));
  }

  /// Model, data and loss decide the graph.
  void add_graph(KeyMaker& to, const pipeline::TrainingNode& node) {
    const auto [place, is_new] = graphs_.try_emplace(
        fmt::format("{} <- {} -> {}", node.model.key, node.data, node.loss.outputs));
    auto& [text, layers] = place->second;
    if (is_new) {
      text = graph_text(node.graph);
      std::set<std::string> used;
      for (const auto& operation : node.graph.nodes()) used.insert(operation.op);
      for (const auto* layer : layers_)
        if (used.contains(layer->name)) layers.push_back(layer);
    }
    to.text("graph", text);
    for (const auto* layer : layers) to.key("layer." + layer->name, library(layer->library));
  }

  void add_splits(KeyMaker& to) const {
    to.real("splits.train", plan_.splits.train);
    to.real("splits.validation", plan_.splits.validation);
    to.real("splits.test", plan_.splits.test);
  }

  store::Key library(const fs::path& file) {
    const auto known = libraries_.find(file);
    if (known != libraries_.end()) return known->second;
    return libraries_.emplace(file, contents_.of(file)).first->second;
  }

  const Plan& plan_;
  const std::vector<const plugin::StageInfo*>& layers_;
  store::Contents& contents_;
  KeyMaker numerics_;
  std::map<fs::path, store::Key> libraries_;
  std::map<std::string, KeyMaker> stages_;  ///< by their keys in the plan
  std::map<std::string, std::pair<std::string, std::vector<const plugin::StageInfo*>>> graphs_;
};

}  // namespace

StudyKeys keys_of(const Plan& plan, const Computing& computing, store::Contents& contents) {
  return Keys{plan, computing, contents}.all();
}

}  // namespace steppe::run
