// A trained network as a file that says all there is to say: weights, fitted preprocessing, the
// graph, the features it wants, and the pipeline that made them. Layout in docs/results.md.
#pragma once

#include "framework/data/tensor_file.hpp"
#include "framework/run/objective/trained.hpp"

#include <filesystem>
#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace steppe::run {

/// Where a trained network comes from.
struct Origin {
  std::string training;  ///< name of the trainer's stage: "fit"
  std::vector<std::pair<std::string, std::string>> coordinates;  ///< axis and value
  std::string data;                                              ///< "features.pythia"
  std::string pipeline;                                          ///< the whole file, as TOML
};

struct SavedNetwork {
  Origin origin;
  TrainedNetwork trained;
};

/// "fit.train=pythia.attack=none.trial=0.safetensors". What no file name can hold becomes '_', and
/// a long name is cut; then digits that are the origin's own follow, so that no two meet.
std::string weights_file_name(const Origin& origin);

/// What the file of a network says.
data::TensorFile weights_content(const TrainedNetwork& trained, const Origin& origin);
/// `network` with the weights, statistics and features of such a file, without a history. @throws
/// DataError when they do not fit.
TrainedNetwork network_of(const data::TensorFile& content,
                          std::shared_ptr<const network::Network> network,
                          const std::shared_ptr<compute::Device>& device);
/// A graph and a loss as the file has them, JSON.
std::string graph_text(const network::Graph& graph);
std::string loss_text(const network::Loss& loss);

/// Whole or not at all. @throws DataError.
void save_weights(const std::filesystem::path& path, const TrainedNetwork& trained,
                  const Origin& origin);

/// Where the network of a file comes from. @throws DataError as `load_weights`.
Origin read_origin(const std::filesystem::path& path);

/// The network again, ready to be applied on `device`, without its history. `layers`: operations
/// that plugins bring. @throws DataError naming the file and what does not fit.
SavedNetwork load_weights(const std::filesystem::path& path,
                          const std::shared_ptr<compute::Device>& device,
                          const network::OperationList& layers = {});

}  // namespace steppe::run
