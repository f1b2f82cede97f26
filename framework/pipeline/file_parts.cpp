// What the parts of a pipeline file that belong to the host are for, in words. The keys come from
// tables.cpp, so that texts, schema and checks tell of the same ones.
#include "framework/pipeline/tables.hpp"

#include <algorithm>

namespace steppe::pipeline {

namespace {

FilePart extends() {
  return {
      "extends",
      "extends",
      "files this one stands on; its own values win",
      "A path, or a list of paths, from the folder of this file. It stands above all headings. "
      "Tables are "
      "merged key by key at any depth; everything else, lists too, is replaced as a whole. Later "
      "files of a list win over earlier ones, this file wins over all of them, and `--set` over "
      "this file.",
      {},
      "extends = \"presets/paper_code.toml\"\n"};
}

FilePart pipeline_part() {
  return {
      "pipeline",
      "[pipeline]",
      "the study as a whole",
      "`name` has small letters, digits, '_' and '-'; results go to `runs/<name>` where `--out` "
      "says nothing else.",
      pipeline_parameters(),
      "[pipeline]\nname = \"first\"\nseed = 20241114\n"};
}

FilePart splits() {
  return {
      "pipeline.splits",
      "[pipeline.splits]",
      "how events are divided: to train on, to watch the training with, to test on",
      "An event's split follows from its id alone: the same hard event is in the same split in "
      "every simulation, trial and study. The fractions sum to 1, and `train` is above 0. The "
      "defaults hold where the whole table is left out.",
      split_parameters(),
      "[pipeline]\nname   = \"first\"\nsplits = { train = 0.7, validation = 0.1, test = 0.2 }\n"};
}

FilePart values() {
  return {
      "values",
      "[values]",
      "names to use as {name} anywhere else, and with --set",
      "Names of your own, each a number, a text, true or false; a value may use those above it. "
      "Anywhere else `\"{name}\"`, in quotes, stands for a value or for an axis of `[matrix]`. "
      "Alone in its quotes it has the value's type, so `epochs = \"{epochs}\"` is a number; "
      "inside a longer text, as in `\"{data}/*.h5\"`, it becomes text. `{{` and `}}` are the "
      "braces themselves.\n\n"
      "Axes differ from point to point, so they can be used in stages and in `[evaluate]` "
      "alone; values everywhere but in `extends`. `--set values.epochs=2` changes a value that "
      "the file has.",
      {},
      "[values]\nepochs = 5\ndata   = \"/data/jets\"\n"};
}

FilePart matrix() {
  return {
      "matrix",
      "[matrix]",
      "axes: every combination of their values is a point of the study; a number n stands for 0 "
      "... n - 1",
      "Names of your own, each with a list of values, used as `\"{name}\"`. Without this table "
      "the study has one point. A training that several points need is done once.\n\n"
      "`trial` is special. Its values, integers from 0, choose the random streams: starting "
      "weights, order of events, random attacks. It need not be used by name; tables show means "
      "over it, with errors and significances. All points of one trial share their streams, so "
      "that differences between them are paired. Without it there is one trial, 0.\n\n"
      "The value \"none\" is what gains are taken against: every point is compared with the one "
      "that has \"none\" on an axis and is the same on the others. `test` is the axis that "
      "`[evaluate]` makes.",
      {},
      "[matrix]\nattack = [\"none\", \"fgsm\"]\ntrial  = 5\n\n"
      "[trainer.fit]\nattack = \"{attack}\"        # and what else it needs\n"};
}

FilePart distribution() {
  return {
      "distribution",
      "[distribution.NAME]",
      "histograms of columns of data sets, compared with the first of them",
      "Any number of headings, each with a name of your own. Counts events by class, with their "
      "weights, in the same bins for all data sets; side columns, such as the mass of a jet, too. "
      "The report shows the histograms with their ratio to the first data set, and how far apart "
      "they are.",
      distribution_parameters(),
      "[distribution.jets]\nof      = [\"features.pythia\", \"features.herwig\"]\n"
      "columns = [\"jet.mass\"]\n"};
}

FilePart evaluate() {
  return {
      "evaluate",
      "[evaluate]",
      "what is scored, on what, by which metrics",
      "At every point the networks of the trainer `of` score the data sets `on`. These make the "
      "axis `test`, whose values are the ends of their names: 'pythia' for `features.pythia`. "
      "Without this heading nothing is scored; `[sharpness.*]` headings measure by themselves."
      "\n\n`split` is of the data sets `on`: \"all\" for files that hold test events and nothing "
      "else. `attack` moves the scored events for metrics that compare before and after, such "
      "as `fooling_ratio`; all others get clean scores. Attacks in training are the trainer's "
      "`attack`.",
      evaluate_parameters(),
      "[evaluate]\nof      = \"fit\"\non      = [\"features.pythia\", \"features.herwig\"]\n"
      "split   = \"test\"\nmetrics = [\"auc\", \"fooling_ratio\"]\nattack  = \"fgsm\"\n"};
}

FilePart require() {
  return {
      "require",
      "[[require]]",
      "gates on the results: exit code 3 when one does not hold",
      "As many blocks as there are gates. A value, in brackets the coordinates it is wanted at, "
      "one of `>` `>=` `<` `<=` `==`, and a bound. All that the coordinates pick must hold, in "
      "the mean over trials; axes that are not named may have any value. `@ 2 sigma` asks that "
      "the bound holds with so much to spare.\n\n"
      "The value is one of a metric (`auc`), of a metric of the whole study (`delta_s`), or "
      "`heading.value` of a sharpness measure (`hessian_weights.eigenvalue`).",
      require_parameters(),
      "[[require]]\n"
      "that = \"auc(train='pythia', test='pythia', attack='none') > 0.85 @ 2 sigma\"\n"};
}

FilePart stage() {
  return {
      "stage",
      "[KIND.NAME]",
      "a stage: what kind it is, and a name of your own that others use",
      "Beside `use` it takes the settings of its plugin and those of its kind. Names have "
      "letters, digits, '_' and '-'. A heading named like a plugin needs no `use`; a plugin that "
      "whose defaults will do needs no heading: `optimizer = \"adamw\"`.\n\n"
      "A reader's data set has the name of its heading. A transform makes one data set of each "
      "of its inputs, named `transform.input`: `[transform.features]` with `input = "
      "[\"pythia\", \"herwig\"]` makes `features.pythia` and `features.herwig`, and a further "
      "transform `cut` of these makes `cut.pythia` and `cut.herwig`. Of a single input "
      "`features` is enough.",
      stage_parameters(),
      "[reader.pythia]\nuse        = \"toy_jets\"\nsimulation = \"pythia\"\n"};
}

}  // namespace

const std::vector<FilePart>& file_parts() {
  static const std::vector<FilePart> parts{extends(),      pipeline_part(), splits(),
                                           values(),       matrix(),        stage(),
                                           distribution(), evaluate(),      require()};
  return parts;
}

const FilePart& file_part(std::string_view name) {
  return *std::ranges::find(file_parts(), name, &FilePart::name);
}

}  // namespace steppe::pipeline
