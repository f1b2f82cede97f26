// The columns of an HDF5 file by name. Every array of numbers with an axis of rows is one, and so
// is every numeric member of a compound data set, as PyTables and pandas write them. A column is
// called as the file calls it (the attribute `columns`, pandas' `<member>_kind`), or "array.3",
// "array.3.0" by its place in a row.
#pragma once

#include <charconv>
#include <cstdint>
#include <memory>
#include <optional>
#include <utility>

#include "file_patterns.hpp"
#include "hdf5_file.hpp"
#include "pickled_names.hpp"

namespace steppe::hdf5 {

struct RowArray {
  std::shared_ptr<const Handle> data_set;
  std::string file, name;  ///< "jets/obs", or "table/table/values_block_0" of a compound one
  std::string member;      ///< empty for a plain data set
  std::vector<hsize_t> shape;
  std::vector<std::string> columns;  ///< of a row, as many as there are numbers in it

  std::uint64_t rows() const { return shape[0]; }
  std::size_t width() const { return columns.size(); }
  std::string short_name() const { return name.substr(name.rfind('/') + 1); }

  /// Rows as floats, row-major.
  void read(std::uint64_t first, std::uint64_t count, std::vector<float>& to) const {
    const std::lock_guard lock{library_lock()};
    to.resize(count * width());
    if (to.empty()) return;
    const Handle in_file{H5Dget_space(data_set->get()), H5Sclose};
    auto box = shape;
    box.resize(static_cast<std::size_t>(H5Sget_simple_extent_ndims(in_file.get())));
    box[0] = count;
    std::vector<hsize_t> start(box.size(), 0);
    start[0] = first;
    const Handle in_memory{H5Screate_simple(static_cast<int>(box.size()), box.data(), nullptr),
                           H5Sclose};
    const auto type = memory_type();
    if (H5Sselect_hyperslab(in_file.get(), H5S_SELECT_SET, start.data(), nullptr, box.data(),
                            nullptr) < 0 ||
        H5Dread(data_set->get(), type.get(), in_memory.get(), in_file.get(), H5P_DEFAULT,
                to.data()) < 0)
      throw Error{cannot_be_read(name, file)};
  }

 private:
  /// Floats, or a compound of the one member that is wanted.
  Handle memory_type() const {
    if (member.empty()) return {H5Tcopy(H5T_NATIVE_FLOAT), H5Tclose};
    const std::vector<hsize_t> inner(shape.begin() + 1, shape.end());
    const Handle numbers{
        inner.empty()
            ? H5Tcopy(H5T_NATIVE_FLOAT)
            : H5Tarray_create2(H5T_NATIVE_FLOAT, static_cast<unsigned>(inner.size()), inner.data()),
        H5Tclose};
    Handle out{H5Tcreate(H5T_COMPOUND, width() * sizeof(float)), H5Tclose};
    H5Tinsert(out.get(), member.c_str(), 0, numbers.get());
    return out;
  }
};

/// One column: its array, by place in the list, and its place in a row.
struct ColumnPlace {
  std::size_t array, column;
};

class ColumnList {
 public:
  explicit ColumnList(const std::filesystem::path& path) : file_{path} {
    const std::lock_guard lock{library_lock()};
    std::vector<std::string> names;
    H5Lvisit(
        file_.handle().get(), H5_INDEX_NAME, H5_ITER_INC,
        [](hid_t, const char* name, const H5L_info_t*, void* to) -> herr_t {
          static_cast<std::vector<std::string>*>(to)->emplace_back(name);
          return 0;
        },
        &names);
    for (const auto& name : names) add(name);
  }

  std::string name() const { return "'" + file_.path().string() + "'"; }
  const std::filesystem::path& path() const { return file_.path(); }
  const std::vector<RowArray>& arrays() const { return arrays_; }
  const std::string& column_name(const ColumnPlace& place) const {
    return arrays_[place.array].columns[place.column];
  }

  /// The columns that a selector means, in the order of the file: all of an array by its name, or
  /// those whose own names match, '*' and '?' standing for characters; "[2:5]" behind it takes some
  /// of them. @throws Error when there is none, listing what there is.
  std::vector<ColumnPlace> find(const std::string& selector) const {
    const auto bracket = selector.ends_with(']') ? selector.rfind('[') : std::string::npos;
    const auto wanted = selector.substr(0, bracket);
    auto out = of_array(wanted);
    if (out.empty()) out = matching(wanted);
    if (out.empty()) throw Error{name() + " has no column '" + wanted + "'; it has " + listed()};
    return bracket == std::string::npos ? out : cut(out, selector, bracket);
  }

  ColumnPlace find_one(const std::string& selector) const {
    const auto found = find(selector);
    if (found.size() != 1)
      throw Error{"'" + selector + "' means " + std::to_string(found.size()) + " columns of " +
                  name() + ", and should mean one"};
    return found[0];
  }

 private:
  static constexpr hsize_t widest_row = hsize_t{1} << 22U;

  void add(const std::string& name) {
    const Handle object{H5Oopen(file_.handle().get(), name.c_str(), H5P_DEFAULT), H5Oclose};
    if (!object || H5Iget_type(object.get()) != H5I_DATASET) return;
    const auto data_set = std::make_shared<const Handle>(
        H5Dopen2(file_.handle().get(), name.c_str(), H5P_DEFAULT), H5Dclose);
    const Handle space{H5Dget_space(data_set->get()), H5Sclose};
    const int rank = H5Sget_simple_extent_ndims(space.get());
    if (rank < 1) return;
    std::vector<hsize_t> shape(static_cast<std::size_t>(rank));
    H5Sget_simple_extent_dims(space.get(), shape.data(), nullptr);
    const Handle type{H5Dget_type(data_set->get()), H5Tclose};
    if (is_number(type)) add({data_set, file_.path().string(), name, "", shape, {}});
    if (H5Tget_class(type.get()) == H5T_COMPOUND && rank == 1)
      add_members(data_set, name, type, shape);
  }

  static bool is_number(const Handle& type) {
    const auto kind = H5Tget_class(type.get());
    return kind == H5T_FLOAT || kind == H5T_INTEGER;
  }

  void add_members(const std::shared_ptr<const Handle>& data_set, const std::string& name,
                   const Handle& type, const std::vector<hsize_t>& rows) {
    for (int i = 0; i < H5Tget_nmembers(type.get()); ++i) {
      const auto place = static_cast<unsigned>(i);
      char* text = H5Tget_member_name(type.get(), place);
      const std::string member = text;
      H5free_memory(text);
      const Handle of_member{H5Tget_member_type(type.get(), place), H5Tclose};
      auto shape = rows;
      if (H5Tget_class(of_member.get()) == H5T_ARRAY) {
        const Handle item{H5Tget_super(of_member.get()), H5Tclose};
        if (!is_number(item)) continue;
        shape.resize(1 + static_cast<std::size_t>(H5Tget_array_ndims(of_member.get())));
        H5Tget_array_dims2(of_member.get(), shape.data() + 1);
      } else if (!is_number(of_member)) {
        continue;
      }
      add({data_set, file_.path().string(), name + "/" + member, member, shape, {}});
    }
  }

  void add(RowArray array) {
    hsize_t width = 1;
    for (std::size_t axis = 1; axis < array.shape.size(); ++axis) {
      if (array.shape[axis] == 0 || array.shape[axis] > widest_row / width) return;
      width *= array.shape[axis];
    }
    array.columns = names_of(array, width);
    arrays_.push_back(std::move(array));
  }

  static std::vector<std::string> names_of(const RowArray& array, hsize_t width) {
    if (array.shape.size() == 1) return {array.short_name()};
    auto out =
        text_attribute(*array.data_set, array.member.empty() ? "columns" : array.member + "_kind");
    if (!array.member.empty() && out.size() == 1) out = names_in_pickle(out[0]);
    if (out.size() == width) return out;
    out.clear();
    for (hsize_t i = 0; i < width; ++i) {
      std::string place;
      hsize_t rest = i;
      for (std::size_t axis = array.shape.size() - 1; axis > 0; --axis) {
        place = "." + std::to_string(rest % array.shape[axis]) + place;
        rest /= array.shape[axis];
      }
      out.push_back(array.short_name() + place);
    }
    return out;
  }

  std::vector<ColumnPlace> of_array(const std::string& wanted) const {
    std::optional<std::size_t> found;
    for (std::size_t a = 0; a < arrays_.size(); ++a) {
      if (arrays_[a].name != wanted && arrays_[a].short_name() != wanted) continue;
      if (found)
        throw Error{name() + " has '" + arrays_[*found].name + "' and '" + arrays_[a].name +
                    "'; say which '" + wanted + "' is meant"};
      found = a;
    }
    std::vector<ColumnPlace> out;
    for (std::size_t c = 0; found && c < arrays_[*found].width(); ++c) out.push_back({*found, c});
    return out;
  }

  std::vector<ColumnPlace> matching(const std::string& pattern) const {
    std::vector<ColumnPlace> out;
    for (std::size_t a = 0; a < arrays_.size(); ++a)
      for (std::size_t c = 0; c < arrays_[a].width(); ++c)
        if (matches({pattern}, arrays_[a].columns[c])) out.push_back({a, c});
    return out;
  }

  std::vector<ColumnPlace> cut(const std::vector<ColumnPlace>& from, const std::string& selector,
                               std::size_t bracket) const {
    const char* at = selector.data() + bracket + 1;
    const char* last = selector.data() + selector.size() - 1;
    const auto number = [&](std::size_t& to) {
      const auto [next, error] = std::from_chars(at, last, to);
      at = next;
      return error == std::errc{};
    };
    std::size_t begin = 0, end = 0;
    bool good = number(begin);
    end = begin + 1;
    if (good && at < last && *at == ':') good = (++at, number(end));
    if (!good || at != last)
      throw Error{"'" + selector + "' ends with no range such as [0:4] or [3]"};
    if (begin >= end || end > from.size())
      throw Error{"'" + selector + "' is out of range: " + name() + " has " +
                  std::to_string(from.size()) + " such columns"};
    return {from.begin() + static_cast<std::ptrdiff_t>(begin),
            from.begin() + static_cast<std::ptrdiff_t>(end)};
  }

  std::string listed() const {
    constexpr std::size_t most = 12;
    std::string out;
    for (std::size_t a = 0; a < std::min(arrays_.size(), most); ++a)
      out += (a ? ", '" : "'") + arrays_[a].name + "' of shape " + describe_shape(arrays_[a].shape);
    if (arrays_.size() > most) out += " and " + std::to_string(arrays_.size() - most) + " more";
    return out.empty() ? "no array of numbers" : out;
  }

  File file_;
  std::vector<RowArray> arrays_;
};

}  // namespace steppe::hdf5
