// steppe apply: a trained network, with its preprocessing, on new events.
#include "framework/cli/checked.hpp"
#include "framework/cli/saved_pipeline.hpp"
#include "framework/cli/say.hpp"
#include "framework/cli/trained.hpp"
#include "framework/compute/device.hpp"
#include "framework/pipeline/plan.hpp"
#include "framework/plugin/layers.hpp"
#include "framework/report/scores_file.hpp"
#include "framework/run/events/dataset.hpp"
#include "framework/run/memory.hpp"
#include "framework/run/objective/evaluator.hpp"
#include "framework/run/weights/weights_file.hpp"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <numeric>
#include <span>

#include <fmt/format.h>

namespace steppe::cli {

namespace {

namespace fs = std::filesystem;
using data::DataError;

/// A name that can be no file: letters, digits, dots, '_', '-', and nothing of this name on disk.
bool is_data_name(const std::string& text) {
  return !fs::exists(text) && std::ranges::all_of(text, [](unsigned char c) {
    return std::isalnum(c) || c == '_' || c == '-' || c == '.';
  });
}

/// `--set` for the reader: the given files in place of those of the pipeline.
std::string path_setting(const std::string& reader, const std::vector<std::string>& files) {
  std::vector<std::string> quoted;
  for (const auto& file : files) quoted.push_back(pipeline::toml_text(fs::absolute(file).string()));
  return fmt::format("reader.{}.path=[{}]", reader, fmt::join(quoted, ", "));
}

/// The data set to score, and where it was found.
struct Source {
  plugin::Catalogue catalogue;
  std::optional<pipeline::DataNode> node;
  /// Of the study's own data; files may hold any events.
  std::optional<data::SplitFractions> splits;
};

/// Checked. Prints what is wrong.
Source plan(const ApplyOptions& options, const run::Origin& origin, const Trained& trained) {
  Source out;
  const bool by_name = options.data.size() == 1 && is_data_name(options.data.front());
  const auto reader = reader_of(origin.data);
  auto sets = options.sets;
  if (!by_name) sets.push_back(path_setting(reader, options.data));
  // The folder is real: relative paths start there.
  const auto place = trained.folder / trained.weights.filename();
  std::vector<pipeline::Problem> problems;
  const auto whole = pipeline::parse_document(origin.pipeline, place, sets, problems);
  out.catalogue = plugin::Catalogue::load(
      plugin::search_path(options.plugin_folders, pipeline::plugin_folders(whole)));
  const auto document = only_data(whole);
  if (!by_name) require_files(document, reader, out.catalogue);
  const auto& name = by_name ? options.data.front() : origin.data;
  if (!pipeline::has_errors(problems))
    out.node = pipeline::plan_data(document, out.catalogue, origin.coordinates, name, problems);
  name_source(problems, place, trained.weights);
  for (const auto& problem : problems) say(stderr, pipeline::to_text(problem));
  if (pipeline::has_errors(problems)) out.node.reset();
  const auto names = data_names(document);
  if (by_name && std::ranges::find(names, name) == names.end() && !out.node)
    say(stderr, "--data takes files, or one of the data sets: {}", fmt::join(names, ", "));
  if (by_name) out.splits = splits_of(document);
  return out;
}

void require_features(const Columns& wanted, const data::Dataset& data, const std::string& name) {
  const auto has = data.feature_table();
  const auto same = [](const Column& a, const Column& b) { return a.name == b.name; };
  if (std::ranges::equal(wanted.items, has.items, same)) return;
  const auto [want, got] = std::ranges::mismatch(wanted.items, has.items, same);
  throw DataError{fmt::format(
      "the network reads {} features and '{}' has {}; the first that differs is '{}' against '{}'",
      wanted.size(), name, has.size(), want == wanted.items.end() ? "" : want->name,
      got == has.items.end() ? "" : got->name)};
}

float sigmoid(float logit) {
  return static_cast<float>(1.0 / (1.0 + std::exp(-static_cast<double>(logit))));
}

/// Appends what the outputs of one event say: the probability of signal, that of each class, or the
/// value itself.
void append_scores(std::span<const float> outputs, const network::Loss& loss,
                   std::vector<float>& to) {
  if (outputs.size() == 1) return to.push_back(loss.classes > 0 ? sigmoid(outputs[0]) : outputs[0]);
  const double top = std::ranges::max(outputs);
  double sum = 0;
  for (const float logit : outputs) sum += std::exp(double{logit} - top);
  for (const float logit : outputs)
    to.push_back(static_cast<float>(std::exp(double{logit} - top) / sum));
}

report::EventScores score(const run::SavedNetwork& saved, const data::Dataset& data,
                          const std::optional<data::SplitFractions>& splits) {
  std::vector<std::uint32_t> rows(data.rows());
  std::iota(rows.begin(), rows.end(), 0U);
  const auto queue = saved.trained.device->queue();
  report::EventScores out;
  out.logits =
      run::Evaluator{*saved.trained.network, *queue, data}.run(saved.trained.at, rows).logits;
  out.outputs = saved.trained.loss().outputs;
  for (std::size_t r = 0; r < rows.size(); ++r)
    append_scores(std::span{out.logits}.subspan(r * out.outputs, out.outputs), saved.trained.loss(),
                  out.scores);
  out.event_ids.assign(data.event_ids().begin(), data.event_ids().end());
  for (const auto row : rows) {
    if (data.labelled()) out.labels.push_back(*data.labels().row(row));
    out.weights.push_back(*data.weights().row(row));
    if (splits) out.splits.push_back(data::split_of(data.event_ids()[row], *splits));
  }
  return out;
}

}  // namespace

int apply(const ApplyOptions& options) {
  report::check_scores_file(options.out);
  require_folder_of(options.out);
  const auto trained = find_trained(options.run, options.training);
  const auto source = plan(options, run::read_origin(trained.weights), trained);
  if (!source.node) return bad_input;
  const auto saved = run::load_weights(trained.weights, compute::open_device(options.device),
                                       plugin::layer_operations(source.catalogue));
  plugin::Surroundings around;
  around.log = [](steppe_log_level, const std::string& text) { say(stderr, text); };
  const auto data =
      run::load_dataset(*source.node, around, {data::Purpose::apply, {run::data_in_memory(0), {}}});
  require_features(saved.trained.features, *data, source.node->name);
  auto scores = score(saved, *data, source.splits);
  scores.network = trained.weights.stem().string();
  report::write_scores(options.out, scores);
  show(stdout, "{} events scored by '{}': {}\n", data->rows(), scores.network,
       options.out.string());
  return success;
}

}  // namespace steppe::cli
