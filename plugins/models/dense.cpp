// A dense tagger: blocks of dense -> activation -> batch_norm -> dropout, then one logit, or one a
// class. The defaults are the network of arXiv:2411.09296 as its authors released it:
// 602 -> 128 -> 64 -> 32 -> 1 with SiLU, 88,001 parameters.
#include <steppe/model.hpp>

#include <string>
#include <vector>

namespace {

struct Dense {
  struct Parameters {
    std::vector<std::int64_t> hidden = {128, 64, 32};
    std::string activation = "silu";
    bool batch_norm = true;
    double dropout = 0.0;
    std::vector<std::string> front = {};

    static auto schema() {
      return steppe::schema(
          steppe::field<&Parameters::hidden>("units of the hidden layers, first to last",
                                             steppe::between(1, 65536)),
          steppe::field<&Parameters::activation>(
              "function behind every hidden layer",
              steppe::choices({"silu", "relu", "leaky_relu", "sigmoid", "gelu", "tanh", "elu",
                               "selu", "softplus"})),
          steppe::field<&Parameters::batch_norm>(
              "normalise every hidden layer over the batch, after its activation"),
          steppe::field<&Parameters::dropout>(
              "part of the units behind every hidden layer that is left out in training, drawn for "
              "each event and step",
              steppe::between(0.0, 0.999)),
          steppe::field<&Parameters::front>(
              "operations in front of the first hidden layer, by name and with their defaults: "
              "'compress_tails', or any layer of a plugin"));
    }
  } parameters;

  void build(steppe::Graph& graph) const {
    auto node = graph.input();
    for (const auto& operation : parameters.front) node = graph.add(operation.c_str(), node);
    for (const auto units : parameters.hidden) {
      node = graph.add("dense", node, {{"units", units}});
      node = graph.add(parameters.activation.c_str(), node);
      if (parameters.batch_norm) node = graph.add("batch_norm", node);
      if (parameters.dropout > 0) node = graph.add("dropout", node, {{"rate", parameters.dropout}});
    }
    graph.output(graph.add("dense", node, {{"units", graph.outputs()}}));
  }
};

}  // namespace

STEPPE_PLUGIN(steppe::model<Dense>({
    .name = "dense",
    .summary = "a fully connected network",
    .text = "Blocks of dense -> activation -> batch_norm -> dropout, then a dense layer of one "
            "unit, or of one a class where there are several; without batch_norm and dropout where "
            "they are off. No hidden layers make it logistic or linear regression.\n\n"
            "Weights start as in PyTorch: uniform in +-1/sqrt(inputs).",
    .source = "section III of arXiv:2411.09296 and the code released with it",
    .example = "[model.tagger]\nuse        = \"dense\"\nhidden     = [128, 64, 32]\n"
               "preprocess = [\"standardise\"]",
}))
