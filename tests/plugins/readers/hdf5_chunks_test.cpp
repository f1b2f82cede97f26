// Packed arrays, unpacked by us: the values are those that libhdf5 gives.
#include "plugins/readers/hdf5_file.hpp"

#include <cmath>
#include <cstdlib>
#include <filesystem>
#include <functional>
#include <numeric>

#include <gtest/gtest.h>

namespace {

namespace fs = std::filesystem;
namespace hdf5 = steppe::hdf5;
using Shape = std::vector<hsize_t>;

std::size_t size_of(const Shape& shape) {
  return std::accumulate(shape.begin(), shape.end(), std::size_t{1}, std::multiplies<>{});
}

struct Packing {
  Shape chunk;
  bool shuffled = true, checked = false;
  hid_t type = H5T_IEEE_F32LE;
};

/// A file with one array, gone after the test.
class PackedArray : public ::testing::Test {
 protected:
  PackedArray() { EXPECT_NE(::mkdtemp(folder_.data()), nullptr); }
  ~PackedArray() override { fs::remove_all(folder_); }

  fs::path path() const { return fs::path{folder_} / "array.h5"; }

  /// Numbers as jets have them: few digits, many zeros.
  static std::vector<float> numbers(const Shape& shape) {
    std::vector<float> out(size_of(shape));
    for (std::size_t i = 0; i < out.size(); ++i)
      out[i] = i % 5 == 0 ? 0.0F : std::sin(static_cast<float>(i)) * 1e3F;
    return out;
  }

  /// `change` may do something to the array that was written.
  void write(const Shape& shape, const Packing& packing,
             const std::function<void(hid_t)>& change = {}) {
    file_.reset();
    const hid_t file = H5Fcreate(path().c_str(), H5F_ACC_TRUNC, H5P_DEFAULT, H5P_DEFAULT);
    const auto rank = static_cast<int>(shape.size());
    const hid_t space = H5Screate_simple(rank, shape.data(), nullptr);
    const hid_t how = H5Pcreate(H5P_DATASET_CREATE);
    if (!packing.chunk.empty()) {
      H5Pset_chunk(how, rank, packing.chunk.data());
      if (packing.shuffled) H5Pset_shuffle(how);
      H5Pset_deflate(how, 4);
      if (packing.checked) H5Pset_fletcher32(how);
    }
    const hid_t set = H5Dcreate2(file, "array", packing.type, space, H5P_DEFAULT, how, H5P_DEFAULT);
    H5Dwrite(set, H5T_NATIVE_FLOAT, H5S_ALL, H5S_ALL, H5P_DEFAULT, numbers(shape).data());
    if (change) change(set);
    H5Dclose(set);
    H5Pclose(how);
    H5Sclose(space);
    H5Fclose(file);
  }

  static std::vector<float> by_library(const hdf5::Handle& set, const Shape& start,
                                       const Shape& count) {
    const auto rank = static_cast<int>(count.size());
    const hid_t in_file = H5Dget_space(set.get());
    const hid_t in_memory = H5Screate_simple(rank, count.data(), nullptr);
    H5Sselect_hyperslab(in_file, H5S_SELECT_SET, start.data(), nullptr, count.data(), nullptr);
    std::vector<float> out(size_of(count));
    EXPECT_GE(H5Dread(set.get(), H5T_NATIVE_FLOAT, in_memory, in_file, H5P_DEFAULT, out.data()), 0);
    H5Sclose(in_memory);
    H5Sclose(in_file);
    return out;
  }

  hdf5::Handle open() {
    file_.emplace(path());
    return {H5Dopen2(file_->handle().get(), "array", H5P_DEFAULT), H5Dclose};
  }

  std::vector<float> by_reader(const Shape& start, const Shape& count) const {
    std::vector<float> out;
    hdf5::File{path()}.data_set("array").read(start, count, out);
    return out;
  }

 private:
  std::string folder_ = testing::TempDir() + "hdf5-chunks.XXXXXX";
  std::optional<hdf5::File> file_;
};

TEST_F(PackedArray, HasTheValuesOfTheLibraryInAnyBoxOfAnyChunks) {
  const Shape shape{37, 5, 11, 8};
  for (const auto& chunk : {Shape{10, 1, 1, 8}, {16, 2, 11, 3}, {37, 5, 11, 8}, {1, 5, 4, 4}})
    for (const bool shuffled : {true, false}) {
      write(shape, {chunk, shuffled});
      const auto set = open();
      const auto packed = hdf5::PackedChunks::of(set);
      ASSERT_TRUE(packed);
      EXPECT_EQ(packed->rows(), chunk[0]);
      for (const auto& [start, count] : {std::pair<Shape, Shape>{{0, 0, 0, 0}, shape},
                                         {{0, 3, 0, 0}, {37, 1, 11, 8}},
                                         {{9, 1, 2, 1}, {12, 2, 7, 5}},
                                         {{36, 4, 10, 7}, {1, 1, 1, 1}}}) {
        std::vector<float> got(size_of(count), -1.0F);
        ASSERT_TRUE(packed->read(set, start, count, got.data()));
        EXPECT_EQ(got, by_library(set, start, count));
      }
    }
}

TEST_F(PackedArray, OfAnotherMakeIsLeftToTheLibrary) {
  const Shape shape{20, 6};
  for (const auto& packing :
       {Packing{{}}, Packing{{5, 6}, true, true}, Packing{{5, 6}, true, false, H5T_IEEE_F64LE},
        Packing{{5, 6}, true, false, H5T_IEEE_F32BE},
        Packing{{5, 6}, true, false, H5T_STD_I32LE}}) {
    write(shape, packing);
    EXPECT_FALSE(hdf5::PackedChunks::of(open()));
    const auto all = by_reader({0, 0}, shape);
    EXPECT_NEAR(all[7], numbers(shape)[7], 1);
  }
}

TEST_F(PackedArray, WithAChunkThatIsNotPackedIsLeftToTheLibrary) {
  const std::vector<float> plain{1, 2, 3, 4, 5, 6, 7, 8};
  write({8, 4}, {{2, 4}}, [&](hid_t set) {
    const hsize_t offset[] = {4, 0};
    H5Dwrite_chunk(set, H5P_DEFAULT, 3, offset, plain.size() * sizeof(float), plain.data());
  });
  EXPECT_EQ(by_reader({4, 0}, {2, 4}), plain);
}

TEST_F(PackedArray, ThatWasNeverWrittenHasItsFillValue) {
  write({8, 4}, {{2, 4}});
  const hid_t file = H5Fopen(path().c_str(), H5F_ACC_RDWR, H5P_DEFAULT);
  const hsize_t shape[] = {6, 4}, chunk[] = {2, 4};
  const hid_t space = H5Screate_simple(2, shape, nullptr), how = H5Pcreate(H5P_DATASET_CREATE);
  const float fill = 2.5F;
  H5Pset_chunk(how, 2, chunk);
  H5Pset_deflate(how, 1);
  H5Pset_fill_value(how, H5T_NATIVE_FLOAT, &fill);
  H5Dclose(H5Dcreate2(file, "empty", H5T_IEEE_F32LE, space, H5P_DEFAULT, how, H5P_DEFAULT));
  H5Pclose(how);
  H5Sclose(space);
  H5Fclose(file);
  std::vector<float> got;
  hdf5::File{path()}.data_set("empty").read({1, 0}, {3, 4}, got);
  EXPECT_EQ(got, std::vector<float>(12, fill));
}

TEST_F(PackedArray, ThatIsDamagedIsRefusedByName) {
  write({8, 4}, {{2, 4}}, [&](hid_t set) {
    const hsize_t offset[] = {4, 0};
    const std::string damaged = "this was never packed";
    H5Dwrite_chunk(set, H5P_DEFAULT, 0, offset, damaged.size(), damaged.data());
  });
  EXPECT_EQ(by_reader({0, 0}, {4, 4}).size(), 16U);
  try {
    by_reader({0, 0}, {8, 4});
    FAIL();
  } catch (const steppe::Error& error) {
    EXPECT_EQ(std::string{error.what()},
              "'array' of '" + path().string() + "' cannot be read; the file may be cut short");
  }
}

}  // namespace
