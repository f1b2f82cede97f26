// Which trained network is meant: `apply` and `export` find it the same way.
#pragma once

#include <filesystem>
#include <string>

namespace steppe::cli {

/// A weight file, and the folder that relative paths of its pipeline start from.
struct Trained {
  std::filesystem::path weights;
  std::filesystem::path folder;
};

/// `run`: the folder of a run, or a weight file itself. `training`: what tells one training of the
/// run from the others, "train=pythia,attack=none"; may be empty where there is one. @throws
/// DataError listing the trainings there are when none or several are meant.
Trained find_trained(const std::filesystem::path& run, const std::string& training);

/// Before anything is read or computed. @throws DataError where a file's folder is not there.
void require_folder_of(const std::filesystem::path& file);

}  // namespace steppe::cli
