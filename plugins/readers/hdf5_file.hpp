// HDF5 files for readers: opened for reading, closed by themselves, every failure a sentence that
// names the file and what was found in it.
#pragma once

#include <steppe/error.hpp>

#include <algorithm>
#include <array>
#include <filesystem>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "hdf5_chunks.hpp"

namespace steppe::hdf5 {

inline std::string describe_shape(const std::vector<hsize_t>& shape) {
  std::string out = "(";
  for (std::size_t i = 0; i < shape.size(); ++i) out += (i ? ", " : "") + std::to_string(shape[i]);
  return out + ")";
}

/// Names the filter that a data set is packed with and that this machine cannot unpack.
inline void require_filters(const Handle& data_set, const std::string& name,
                            const std::string& file) {
  const Handle how{H5Dget_create_plist(data_set.get()), H5Pclose};
  for (int i = 0; i < H5Pget_nfilters(how.get()); ++i) {
    unsigned flags = 0, settings = 0;
    std::size_t values = 0;
    std::array<char, 64> called{};
    const auto filter = H5Pget_filter2(how.get(), static_cast<unsigned>(i), &flags, &values,
                                       nullptr, called.size() - 1, called.data(), &settings);
    if (filter < 0 || H5Zfilter_avail(filter) > 0) continue;
    throw Error{"'" + name + "' of '" + file + "' is packed with the filter '" + called.data() +
                "' (" + std::to_string(filter) +
                "), which HDF5 does not find here; on Debian see hdf5-filter-plugin-*"};
  }
}

inline std::string cannot_be_read(const std::string& name, const std::string& file) {
  return "'" + name + "' of '" + file + "' cannot be read; the file may be cut short";
}

namespace detail {

inline std::vector<std::string> variable_texts(const Handle& handle, const Handle& type,
                                               const Handle& space, std::size_t count) {
  std::vector<char*> raw(count, nullptr);
  std::vector<std::string> out;
  if (H5Aread(handle.get(), type.get(), raw.data()) < 0) return out;
  for (const char* text : raw) out.emplace_back(text ? text : "");
  H5Dvlen_reclaim(type.get(), space.get(), H5P_DEFAULT, raw.data());
  return out;
}

inline std::vector<std::string> fixed_texts(const Handle& handle, const Handle& type,
                                            std::size_t count) {
  const auto width = H5Tget_size(type.get());
  std::string raw(count * width, '\0');
  std::vector<std::string> out;
  if (H5Aread(handle.get(), type.get(), raw.data()) < 0) return out;
  for (std::size_t i = 0; i < count; ++i) {
    auto text = raw.substr(i * width, width);
    text.resize(std::min(text.find('\0'), text.size()));
    out.push_back(std::move(text));
  }
  return out;
}

}  // namespace detail

/// A list of texts stored with an object; empty when it is not there.
inline std::vector<std::string> text_attribute(const Handle& object, const std::string& attribute) {
  const std::lock_guard lock{library_lock()};
  if (H5Aexists(object.get(), attribute.c_str()) <= 0) return {};
  const Handle handle{H5Aopen(object.get(), attribute.c_str(), H5P_DEFAULT), H5Aclose};
  const Handle space{H5Aget_space(handle.get()), H5Sclose};
  const auto count = static_cast<std::size_t>(H5Sget_simple_extent_npoints(space.get()));
  const Handle type{H5Aget_type(handle.get()), H5Tclose};
  if (H5Tget_class(type.get()) != H5T_STRING) return {};
  return H5Tis_variable_str(type.get()) > 0 ? detail::variable_texts(handle, type, space, count)
                                            : detail::fixed_texts(handle, type, count);
}

/// A numeric array of a file.
class DataSet {
 public:
  DataSet(const std::filesystem::path& file, std::string name, Handle handle)
      : file_{file.string()}, name_{std::move(name)}, handle_{std::move(handle)} {
    const std::lock_guard lock{library_lock()};
    const Handle type{H5Dget_type(handle_.get()), H5Tclose};
    const H5T_class_t kind = H5Tget_class(type.get());
    if (kind != H5T_FLOAT && kind != H5T_INTEGER)
      throw Error{"'" + name_ + "' of '" + file_ + "' does not hold plain numbers"};
    const Handle space{H5Dget_space(handle_.get()), H5Sclose};
    require_filters(handle_, name_, file_);
    shape_.resize(static_cast<std::size_t>(std::max(0, H5Sget_simple_extent_ndims(space.get()))));
    if (!shape_.empty()) H5Sget_simple_extent_dims(space.get(), shape_.data(), nullptr);
    packed_ = PackedChunks::of(handle_);
  }

  const std::vector<hsize_t>& shape() const { return shape_; }
  /// Rows that come out of the file at once; 1 where it does not matter.
  hsize_t rows_of_chunk() const { return packed_ ? packed_->rows() : 1; }

  /// Reads the box of `count` values from `start` as floats, in the order of the file.
  void read(const std::vector<hsize_t>& start, const std::vector<hsize_t>& count,
            std::vector<float>& to) const {
    std::size_t size = 1;
    for (const auto n : count) size *= n;
    to.resize(size);
    if (size == 0 || (packed_ && packed_->read(handle_, start, count, to.data()))) return;
    const std::lock_guard lock{library_lock()};
    const Handle in_file{H5Dget_space(handle_.get()), H5Sclose};
    const Handle in_memory{H5Screate_simple(static_cast<int>(count.size()), count.data(), nullptr),
                           H5Sclose};
    if (H5Sselect_hyperslab(in_file.get(), H5S_SELECT_SET, start.data(), nullptr, count.data(),
                            nullptr) < 0 ||
        H5Dread(handle_.get(), H5T_NATIVE_FLOAT, in_memory.get(), in_file.get(), H5P_DEFAULT,
                to.data()) < 0)
      throw Error{cannot_be_read(name_, file_)};
  }

  std::vector<std::string> text_attribute(const char* attribute) const {
    return hdf5::text_attribute(handle_, attribute);
  }

  /// Refuses another number of dimensions. `wanted`: how the shape should read.
  void require_rank(std::size_t rank, const std::string& wanted) const {
    if (shape_.size() == rank) return;
    throw Error{"'" + name_ + "' of '" + file_ + "' has shape " + describe_shape(shape_) +
                " instead of " + wanted};
  }

 private:
  std::string file_, name_;
  Handle handle_;
  std::vector<hsize_t> shape_;
  std::optional<PackedChunks> packed_;
};

class File {
 public:
  /// @throws Error when the file is not there or is no HDF5 file.
  explicit File(const std::filesystem::path& path) : path_{path}, handle_{open(path)} {}

  const std::filesystem::path& path() const { return path_; }
  const Handle& handle() const { return handle_; }

  /// @throws Error listing what the file has instead.
  DataSet data_set(const std::string& name) const {
    const std::lock_guard lock{library_lock()};
    if (H5Lexists(handle_.get(), name.c_str(), H5P_DEFAULT) > 0) {
      Handle handle{H5Dopen2(handle_.get(), name.c_str(), H5P_DEFAULT), H5Dclose};
      if (handle) return {path_, name, std::move(handle)};
    }
    std::string has;
    for (const auto& other : names()) has += (has.empty() ? "'" : ", '") + other + "'";
    throw Error{"'" + path_.string() + "' has no data set '" + name + "'; it has " +
                (has.empty() ? "nothing" : has)};
  }

 private:
  static Handle open(const std::filesystem::path& path) {
    const std::lock_guard lock{library_lock()};
    // The library prints a stack of its own for every failure; ours are told in one sentence.
    H5Eset_auto2(H5E_DEFAULT, nullptr, nullptr);
    if (!std::filesystem::exists(path)) throw Error{"there is no file '" + path.string() + "'"};
    Handle handle{H5Fopen(path.c_str(), H5F_ACC_RDONLY, H5P_DEFAULT), H5Fclose};
    if (!handle) throw Error{"'" + path.string() + "' is no HDF5 file, or is cut short"};
    return handle;
  }

  std::vector<std::string> names() const {
    std::vector<std::string> out;
    H5Literate(
        handle_.get(), H5_INDEX_NAME, H5_ITER_INC, nullptr,
        [](hid_t, const char* name, const H5L_info_t*, void* to) -> herr_t {
          static_cast<std::vector<std::string>*>(to)->emplace_back(name);
          return 0;
        },
        &out);
    return out;
  }

  std::filesystem::path path_;
  Handle handle_;
};

}  // namespace steppe::hdf5
