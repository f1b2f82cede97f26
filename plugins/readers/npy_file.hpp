// NumPy's arrays: a `.npy` file is a header in the spelling of a Python dictionary, then the
// numbers (numpy.lib.format, versions 1 to 3); a `.npz` file is a zip archive of such files, stored
// or deflated. Arrays are read row by row from front to back, so none is ever held whole.
#pragma once

#include <charconv>
#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "number_type.hpp"
#include "packed_file.hpp"
#include <zip.h>

namespace steppe::npy {

/// Gives up to `size` bytes, fewer only at the end.
using Bytes = std::function<std::size_t(char*, std::size_t size)>;

inline std::string describe_shape(const std::vector<std::uint64_t>& shape) {
  std::string out = "(";
  for (std::size_t i = 0; i < shape.size(); ++i) out += (i ? ", " : "") + std::to_string(shape[i]);
  return out + (shape.size() == 1 ? ",)" : ")");
}

/// The array whose bytes are read; `name` is for messages: "'X' of 'jets.npz'".
class Array {
 public:
  /// @throws Error when the bytes are no such array, or one that is not read here.
  Array(std::string name, Bytes bytes) : name_{std::move(name)}, bytes_{std::move(bytes)} {
    parse(header());
  }

  const std::string& name() const { return name_; }
  /// At least one axis.
  const std::vector<std::uint64_t>& shape() const { return shape_; }
  std::uint64_t rows() const { return shape_[0]; }
  /// Numbers a row.
  std::size_t row_size() const { return row_size_; }

  /// The next `rows` rows, row-major. @throws Error when the array ends before.
  void read(std::size_t rows, std::vector<float>& to) {
    packed_.resize(rows * row_size_ * type_.bytes);
    to.resize(rows * row_size_);
    const auto got = bytes_(packed_.data(), packed_.size());
    if (got < packed_.size())
      throw Error{name_ + " is cut short: it ends in row " +
                  std::to_string(done_ + got / (row_size_ * type_.bytes)) + " of " +
                  std::to_string(shape_[0])};
    to_floats(type_, packed_.data(), to.size(), to.data());
    done_ += rows;
  }

  /// After the last row: nothing may follow. An archive checks its sums here as well.
  void finish() {
    char more = 0;
    if (bytes_(&more, 1) > 0)
      throw Error{name_ + " goes on after the " + std::to_string(shape_[0]) +
                  " rows that it says it has"};
  }

 private:
  static constexpr std::size_t most_in_a_row = std::size_t{1} << 24U;

  std::string take(std::size_t size) {
    std::string out(size, '\0');
    if (bytes_(out.data(), size) < size)
      throw Error{name_ + " is cut short: it ends in its header"};
    return out;
  }

  std::string header() {
    std::string magic(8, '\0');
    const auto got = bytes_(magic.data(), magic.size());
    if (got == 0) throw Error{name_ + " is empty"};
    if (got < magic.size() || magic.compare(0, 6, "\x93NUMPY") != 0)
      throw Error{name_ + " is no NumPy array"};
    const int version = static_cast<unsigned char>(magic[6]);
    if (version < 1 || version > 3)
      throw Error{name_ + " has version " + std::to_string(version) +
                  " of NumPy's format; 1 to 3 are read"};
    const auto digits = take(version == 1 ? 2 : 4);
    std::size_t size = 0;
    for (std::size_t i = digits.size(); i-- > 0;)
      size = size * 256 + static_cast<unsigned char>(digits[i]);
    if (size > most_in_a_row) throw Error{name_ + " is no NumPy array: its header has no end"};
    return take(size);
  }

  void parse(const std::string& header) {
    read_type(value_of(header, "'descr':"));
    if (value_of(header, "'fortran_order':").starts_with("True"))
      throw Error{name_ +
                  " is in Fortran order, which scatters its rows; save it again after "
                  "numpy.ascontiguousarray"};
    read_shape(value_of(header, "'shape':"));
  }

  std::string_view value_of(std::string_view header, std::string_view key) const {
    const auto place = header.find(key);
    const auto value =
        place == std::string_view::npos ? place : header.find_first_not_of(' ', place + key.size());
    if (value == std::string_view::npos)
      throw Error{name_ + " has no " + std::string{key.substr(0, key.size() - 1)} +
                  " in its header"};
    return header.substr(value);
  }

  void read_type(std::string_view value) {
    const auto end = value.size() > 1 ? value.find('\'', 1) : std::string_view::npos;
    if (value.front() != '\'' || end == std::string_view::npos || end < 4)
      throw Error{name_ + " holds records, not plain numbers"};
    const auto text = value.substr(1, end - 1);
    type_.order = text[0] == '>' ? std::endian::big : std::endian::little;
    type_.kind = text[1] == 'b' ? 'u' : text[1];  // a Boolean is a byte of 0 or 1
    std::from_chars(text.data() + 2, text.data() + text.size(), type_.bytes);
    if (!is_known(type_))
      throw Error{name_ + " holds numbers of type '" + std::string{text} +
                  "'; whole numbers of 1 to 8 bytes and floats of 4 and 8 are read"};
  }

  void read_shape(std::string_view value) {
    const auto end = value.find(')');
    if (value.front() != '(' || end == std::string_view::npos)
      throw Error{name_ + " has no shape in its header"};
    const char* last = value.data() + end;
    for (const char* at = value.data() + 1; at < last;) {
      std::uint64_t size = 0;
      const auto [next, error] = std::from_chars(at, last, size);
      if (error == std::errc{}) shape_.push_back(size);
      at = error == std::errc{} ? next : at + 1;
    }
    if (shape_.empty()) throw Error{name_ + " is a single number, not an array"};
    for (std::size_t i = 1; i < shape_.size(); ++i) {
      if (shape_[i] == 0 || shape_[i] > most_in_a_row / row_size_)
        throw Error{name_ + " has shape " + describe_shape(shape_) + ", which makes no rows"};
      row_size_ *= shape_[i];
    }
  }

  std::string name_;
  Bytes bytes_;
  NumberType type_;
  std::vector<std::uint64_t> shape_;
  std::size_t row_size_ = 1;
  std::uint64_t done_ = 0;
  std::vector<char> packed_;
};

/// A plain `.npy` file, or one packed with gzip.
inline Array open_npy(const std::filesystem::path& path) {
  const auto file = std::make_shared<PackedFile>(path);
  return {"'" + path.string() + "'",
          [file](char* to, std::size_t size) { return file->read(to, size); }};
}

class Archive {
 public:
  /// @throws Error when the file is no zip archive.
  explicit Archive(const std::filesystem::path& path) : path_{path.string()} {
    if (!std::filesystem::exists(path)) throw Error{"there is no file '" + path_ + "'"};
    if (std::filesystem::file_size(path) == 0) throw Error{"'" + path_ + "' is empty"};
    int code = 0;
    zip_.reset(zip_open(path.c_str(), ZIP_RDONLY, &code), zip_discard);
    if (!zip_) throw Error{"'" + path_ + "' is no .npz file (a zip archive), or is cut short"};
  }

  /// Several may be read side by side. @throws Error listing what there is instead.
  Array array(const std::string& name) const {
    auto* raw = zip_fopen(zip_.get(), (name + ".npy").c_str(), 0);
    if (!raw) refuse(name);
    // The archive has to outlive its open members.
    const std::shared_ptr<zip_file_t> member{raw, [zip = zip_](zip_file_t* m) { zip_fclose(m); }};
    const auto called = "'" + name + "' of '" + path_ + "'";
    return {called, [member, called](char* to, std::size_t size) {
              return read(member.get(), called, to, size);
            }};
  }

 private:
  static std::size_t read(zip_file_t* member, const std::string& called, char* to,
                          std::size_t size) {
    std::size_t done = 0;
    while (done < size) {
      const auto got = zip_fread(member, to + done, size - done);
      if (got < 0)
        throw Error{called + " cannot be unpacked (" +
                    zip_error_strerror(zip_file_get_error(member)) + ")"};
      if (got == 0) break;
      done += static_cast<std::size_t>(got);
    }
    return done;
  }

  [[noreturn]] void refuse(const std::string& name) const {
    std::string has;
    for (zip_int64_t i = 0; i < zip_get_num_entries(zip_.get(), 0); ++i) {
      const std::string member = zip_get_name(zip_.get(), static_cast<zip_uint64_t>(i), 0);
      if (member == name + ".npy")
        throw Error{"'" + name + "' of '" + path_ + "' cannot be opened (" +
                    zip_strerror(zip_.get()) + ")"};
      has += (has.empty() ? "'" : ", '") + member + "'";
    }
    throw Error{"'" + path_ + "' has no array '" + name + "'; it has " +
                (has.empty() ? "nothing" : has)};
  }

  std::string path_;
  std::shared_ptr<zip_t> zip_;
};

}  // namespace steppe::npy
