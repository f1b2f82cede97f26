#include "framework/report/scores_file.hpp"

#include "framework/data/dataset.hpp"
#include "framework/data/files.hpp"

#include <array>

#include <fmt/format.h>

#ifdef STEPPE_HDF5
#include "framework/report/scores_hdf5.hpp"
#endif

namespace steppe::report {

namespace {

/// In the order of data::Split.
constexpr std::array<const char*, 3> split_names{"train", "validation", "test"};

/// "logit", or "logit_0", "logit_1", ... of several.
std::vector<std::string> headings(const std::string& name, std::size_t count) {
  if (count == 1) return {name};
  std::vector<std::string> out;
  for (std::size_t i = 0; i < count; ++i) out.push_back(fmt::format("{}_{}", name, i));
  return out;
}

/// Numbers in the shortest form that reads back as the same float.
std::string csv(const EventScores& s) {
  std::string out = "event_id";
  if (!s.labels.empty()) out += ",label";
  if (!s.splits.empty()) out += ",split";
  out += fmt::format(",weight,{},{}\n", fmt::join(headings("logit", s.outputs), ","),
                     fmt::join(headings("score", s.outputs), ","));
  const auto row = [&](const std::vector<float>& values, std::size_t r) {
    const auto* first = values.data() + r * s.outputs;
    return fmt::format("{}", fmt::join(first, first + s.outputs, ","));
  };
  for (std::size_t r = 0; r < s.event_ids.size(); ++r) {
    out += fmt::format("{}", s.event_ids[r]);
    if (!s.labels.empty()) out += fmt::format(",{}", s.labels[r]);
    if (!s.splits.empty())
      out += fmt::format(",{}", split_names.at(static_cast<std::size_t>(s.splits[r])));
    out += fmt::format(",{},{},{}\n", s.weights[r], row(s.logits, r), row(s.scores, r));
  }
  return out;
}

}  // namespace

void check_scores_file(const std::filesystem::path& path) {
  const auto extension = path.extension();
  if (extension == ".csv") return;
  if (extension != ".h5" && extension != ".hdf5")
    throw data::DataError{fmt::format(
        "'{}' ends in none of '.csv', '.h5', '.hdf5', which say what is written", path.string())};
#ifndef STEPPE_HDF5
  throw data::DataError{fmt::format(
      "'{}': this program was built without HDF5; write '.csv', or install libhdf5-dev and build "
      "again",
      path.string())};
#endif
}

void write_scores(const std::filesystem::path& path, const EventScores& scores) {
  check_scores_file(path);
  if (path.extension() == ".csv") return data::write_whole(path, csv(scores));
#ifdef STEPPE_HDF5
  data::write_whole(path, hdf5_bytes(scores));
#endif
}

}  // namespace steppe::report
