// Jets in RS3L's layout: a file of them, and how long bare libhdf5 takes to unpack it.
//
//   rs3l_reading make FILE.h5 [JETS]
//   rs3l_reading decode FILE.h5 [ROWS]
//
// `make` writes 100,000 jets, unless another number is given, with five simulations, one of them
// filled, packed as such files are (gzip with shuffle, 2048 jets a piece). The jets are random
// numbers that fit together as raw columns. `decode` reads that simulation, 4096 rows at a time,
// and does nothing with it. benchmarks/reading.py compares.
#include <algorithm>
#include <array>
#include <chrono>
#include <cmath>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <iostream>
#include <random>
#include <string>
#include <vector>

#include <hdf5.h>

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

/// Reads all rows of simulation 0 of a data set, some at a time. @returns its number of rows.
hsize_t decode(hid_t file, const char* name, hsize_t rows_at_once) {
  const hid_t set = H5Dopen2(file, name, H5P_DEFAULT), in_file = H5Dget_space(set);
  const int rank = H5Sget_simple_extent_ndims(in_file);
  std::vector<hsize_t> shape(static_cast<std::size_t>(rank)), start(shape.size(), 0);
  H5Sget_simple_extent_dims(in_file, shape.data(), nullptr);
  auto count = shape;
  count[1] = 1;
  std::vector<float> values;
  for (; start[0] < shape[0]; start[0] += count[0]) {
    count[0] = std::min(rows_at_once, shape[0] - start[0]);
    std::size_t size = 1;
    for (const auto n : count) size *= n;
    values.resize(size);
    const hid_t in_memory = H5Screate_simple(rank, count.data(), nullptr);
    H5Sselect_hyperslab(in_file, H5S_SELECT_SET, start.data(), nullptr, count.data(), nullptr);
    if (H5Dread(set, H5T_NATIVE_FLOAT, in_memory, in_file, H5P_DEFAULT, values.data()) < 0) {
      std::cerr << "'" << name << "' cannot be read\n";
      std::exit(1);
    }
    H5Sclose(in_memory);
  }
  H5Sclose(in_file);
  H5Dclose(set);
  return shape[0];
}

double core_seconds() { return static_cast<double>(std::clock()) / CLOCKS_PER_SEC; }

void time_decoding(const std::string& path, hsize_t rows_at_once) {
  const auto begin = std::chrono::steady_clock::now();
  const auto before = core_seconds();
  const hid_t file = H5Fopen(path.c_str(), H5F_ACC_RDONLY, H5P_DEFAULT);
  decode(file, "singletons", rows_at_once);
  const auto jets = decode(file, "jet_pflow_cands", rows_at_once);
  H5Fclose(file);
  const std::chrono::duration<double> took = std::chrono::steady_clock::now() - begin;
  std::printf("{\"jets\": %llu, \"seconds\": %.6f, \"core_seconds\": %.6f}\n",
              static_cast<unsigned long long>(jets), took.count(), core_seconds() - before);
}

}  // namespace

int main(int count, char** arguments) {
  const std::string what = count > 2 ? arguments[1] : "";
  const hsize_t number = count > 3 ? std::strtoull(arguments[3], nullptr, 10) : 0;
  if (what == "make") {
    make_file(arguments[2], number > 0 ? number : 100000);
  } else if (what == "decode") {
    time_decoding(arguments[2], number > 0 ? number : 4096);
  } else {
    std::cerr << "usage: rs3l_reading make FILE.h5 [JETS] | decode FILE.h5 [ROWS]\n";
    return 2;
  }
  return 0;
}
