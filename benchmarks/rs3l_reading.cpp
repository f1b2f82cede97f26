// How fast `steppe` loads jets in RS3L's layout, and how much memory of its own that takes.
//
//   rs3l_reading STEPPE [JETS]
//
// Makes a file of 100,000 jets with five simulations, one of them filled, packed as such files are
// (gzip with shuffle, 2048 jets a piece); lets `steppe run` load it, make the 602 features of
// jet_features and train on hardly anything; and prints the seconds of the data node and the
// highest RssAnon seen, looked up every 5 ms. The jets are random numbers that fit together as raw
// columns.
#include <algorithm>
#include <array>
#include <chrono>
#include <cmath>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <random>
#include <string>
#include <thread>
#include <vector>

#include <fcntl.h>
#include <hdf5.h>
#include <nlohmann/json.hpp>
#include <sys/wait.h>
#include <unistd.h>

namespace {

constexpr hsize_t simulations = 5, features = 11, slots = 40, singles = 13, piece = 2048;

/// Few significant digits, as in files that are kept small.
float rounded(double x) { return static_cast<float>(std::round(x * 2048) / 2048); }

/// One jet: its singletons, and its candidates at `to[feature * piece * slots + slot]`.
void make_jet(std::mt19937& random, std::uint64_t number, float* single, float* to) {
  std::uniform_real_distribution<double> uniform{0, 1};
  std::normal_distribution<double> normal{0, 0.2};
  const double pt = 400 + 300 * uniform(random), eta = 4 * uniform(random) - 2;
  const double phi = 6 * uniform(random) - 3, energy = 1.02 * pt * std::cosh(eta);
  const std::array<double, singles> jet{
      number % 2 == 0 ? 4.0 : 1.0, 0, 0, 0, 0, 0, 0, 0, 0, pt, eta, phi, energy};
  for (std::size_t i = 0; i < singles; ++i) single[i] = static_cast<float>(jet[i]);
  const auto filled = 15 + static_cast<std::size_t>(40 * uniform(random));
  double left = pt;
  for (std::size_t slot = 0; slot < std::min<std::size_t>(filled, slots); ++slot) {
    const double share = left * 0.15, deta = normal(random), dphi = normal(random);
    left -= share;
    const double e = share * std::cosh(eta + deta);
    const bool charged = uniform(random) < 0.6;
    const std::array<double, features> values{share,
                                              share / pt,
                                              rounded(eta + deta),
                                              rounded(phi + dphi),
                                              std::hypot(deta, dphi),
                                              e,
                                              e / energy,
                                              charged ? 1.0 : 0.0,
                                              charged ? 211.0 : 22.0,
                                              charged ? rounded(normal(random)) : 0.0,
                                              charged ? rounded(normal(random)) : 0.0};
    for (std::size_t f = 0; f < features; ++f)
      to[f * slots * piece + slot] = static_cast<float>(values[f]);
  }
}

class DataSet {
 public:
  DataSet(hid_t file, const char* name, const std::vector<hsize_t>& shape,
          std::vector<hsize_t> chunk) {
    chunk[0] = std::min(chunk[0], shape[0]);
    const auto rank = static_cast<int>(shape.size());
    space_ = H5Screate_simple(rank, shape.data(), nullptr);
    const hid_t how = H5Pcreate(H5P_DATASET_CREATE);
    H5Pset_chunk(how, rank, chunk.data());
    H5Pset_shuffle(how);
    H5Pset_deflate(how, 6);
    set_ = H5Dcreate2(file, name, H5T_IEEE_F32LE, space_, H5P_DEFAULT, how, H5P_DEFAULT);
    H5Pclose(how);
  }
  ~DataSet() {
    H5Dclose(set_);
    H5Sclose(space_);
  }
  DataSet(const DataSet&) = delete;
  DataSet& operator=(const DataSet&) = delete;

  void write(const std::vector<hsize_t>& start, const std::vector<hsize_t>& count,
             const float* values) const {
    const hid_t memory = H5Screate_simple(static_cast<int>(count.size()), count.data(), nullptr);
    H5Sselect_hyperslab(space_, H5S_SELECT_SET, start.data(), nullptr, count.data(), nullptr);
    if (H5Dwrite(set_, H5T_NATIVE_FLOAT, memory, space_, H5P_DEFAULT, values) < 0) {
      std::cerr << "the file cannot be written\n";
      std::exit(1);
    }
    H5Sclose(memory);
  }

 private:
  hid_t space_ = -1, set_ = -1;
};

void make_file(const std::string& path, hsize_t jets) {
  const hid_t file = H5Fcreate(path.c_str(), H5F_ACC_TRUNC, H5P_DEFAULT, H5P_DEFAULT);
  {
    const DataSet single{file, "singletons", {jets, simulations, singles}, {piece, 1, singles}};
    const DataSet candidates{
        file, "jet_pflow_cands", {jets, simulations, features, slots}, {piece, 1, 1, slots}};
    std::mt19937 random{1};
    std::vector<float> some(piece * singles), inside(features * piece * slots);
    for (hsize_t first = 0; first < jets; first += piece) {
      const auto rows = std::min(piece, jets - first);
      std::fill(inside.begin(), inside.end(), 0.0F);
      for (hsize_t r = 0; r < rows; ++r)
        make_jet(random, first + r, some.data() + r * singles, inside.data() + r * slots);
      single.write({first, 0, 0}, {rows, 1, singles}, some.data());
      for (hsize_t f = 0; f < features; ++f)
        candidates.write({first, 0, f, 0}, {rows, 1, 1, slots}, inside.data() + f * piece * slots);
    }
  }
  H5Fclose(file);
}

void make_pipeline(const std::string& path, const std::string& data) {
  std::ofstream{path} << "[pipeline]\nname = \"rs3l-reading\"\nseed = 1\n"
                         "splits = { train = 0.01, validation = 0.01, test = 0.98 }\n"
                         "[reader.jets]\nuse = \"rs3l\"\npath = [\""
                      << data
                      << "\"]\n[transform.features]\nuse = \"jet_features\"\ninput = [\"jets\"]\n"
                         "[model.tagger]\nuse = \"dense\"\nhidden = [8]\n[optimizer.adamw]\n"
                         "[trainer.fit]\nuse = \"supervised\"\ndata = \"features.jets\"\n"
                         "model = \"tagger\"\noptimizer = \"adamw\"\nepochs = 1\n";
}

/// KiB; 0 once the process has ended.
std::uint64_t anonymous_memory(pid_t process) {
  std::ifstream status{"/proc/" + std::to_string(process) + "/status"};
  for (std::string word; status >> word;) {
    std::uint64_t value = 0;
    if (word == "RssAnon:" && status >> value) return value;
  }
  return 0;
}

/// Runs the pipeline. @returns the highest RssAnon in KiB.
std::uint64_t run(const std::string& steppe, const std::string& pipeline, const std::string& out) {
  const pid_t process = fork();
  if (process == 0) {
    const int silent = open("/dev/null", O_WRONLY);
    dup2(silent, STDOUT_FILENO);
    execl(steppe.c_str(), steppe.c_str(), "run", pipeline.c_str(), "--out", out.c_str(), nullptr);
    _exit(127);
  }
  std::uint64_t peak = 0;
  int status = 0;
  while (waitpid(process, &status, WNOHANG) == 0) {
    peak = std::max(peak, anonymous_memory(process));
    std::this_thread::sleep_for(std::chrono::milliseconds{5});
  }
  if (status != 0) {
    std::cerr << "'" << steppe << " run " << pipeline << "' failed\n";
    std::exit(1);
  }
  return peak;
}

}  // namespace

int main(int count, char** arguments) {
  if (count < 2) {
    std::cerr << "usage: rs3l_reading STEPPE [JETS]\n";
    return 2;
  }
  const hsize_t jets = count > 2 ? std::strtoull(arguments[2], nullptr, 10) : 100000;
  const auto folder =
      std::filesystem::temp_directory_path() / ("steppe-rs3l-reading-" + std::to_string(getpid()));
  std::filesystem::create_directories(folder);
  const auto data = (folder / "jets.h5").string(), pipeline = (folder / "study.toml").string();
  make_file(data, jets);
  make_pipeline(pipeline, data);
  const auto peak = run(arguments[1], pipeline, (folder / "out").string());
  const auto record = nlohmann::json::parse(std::ifstream{folder / "out" / "run.json"});
  const double seconds = record.at("nodes").at(0).at("seconds");
  std::printf("%llu jets of %.0f bytes in the file\n", static_cast<unsigned long long>(jets),
              static_cast<double>(std::filesystem::file_size(data)) / static_cast<double>(jets));
  std::printf("loaded in %.2f s, %.0f jets/s\n", seconds, static_cast<double>(jets) / seconds);
  std::printf("peak RssAnon %.0f MiB\n", static_cast<double>(peak) / 1024);
  std::filesystem::remove_all(folder);
  return 0;
}
