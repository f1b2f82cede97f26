// steppe export: a trained network for other programs.
#include "framework/cli/commands.hpp"
#include "framework/cli/say.hpp"
#include "framework/cli/trained.hpp"
#include "framework/compute/device.hpp"
#include "framework/data/files.hpp"
#include "framework/plugin/layers.hpp"
#include "framework/run/onnx_file.hpp"

#include <fmt/format.h>

namespace steppe::cli {

int export_network(const ExportOptions& options) {
  const auto [weights, folder] = find_trained(options.run, options.training);
  const auto catalogue = plugin::Catalogue::load(plugin::search_path({}, {}));
  const auto saved =
      run::load_weights(weights, compute::open_device("cpu"), plugin::layer_operations(catalogue));
  data::write_whole(options.out, run::to_onnx(saved));
  show(stdout, "'{}' as ONNX: {}\n", weights.stem().string(), options.out.string());
  return success;
}

}  // namespace steppe::cli
