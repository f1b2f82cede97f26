// Scores of single events as a file for other programs: CSV, or HDF5 where it was built in.
#pragma once

#include "framework/data/splits.hpp"

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

namespace steppe::report {

/// One entry an event.
struct EventScores {
  std::string network;  ///< which training gave them
  std::vector<std::uint64_t> event_ids;
  std::vector<float> labels;  ///< empty where the data have none
  std::vector<float> weights;
  std::vector<data::Split> splits;  ///< train, validation or test; empty of data of another study
  std::size_t outputs = 1;          ///< logits of an event
  std::vector<float> logits;        ///< events x outputs
  std::vector<float> scores;        ///< events x outputs: probabilities of signal, or of each class
};

/// @throws DataError, as `write_scores` would, for a file that it cannot write.
void check_scores_file(const std::filesystem::path& path);

/// By the file's extension: ".csv", ".h5" or ".hdf5"; whole or not at all. @throws DataError naming
/// the file and what to do.
void write_scores(const std::filesystem::path& path, const EventScores& scores);

}  // namespace steppe::report
