// Arrays in the IDX format of MNIST: a big-endian header - two zeros, a type code, the number of
// axes, their sizes - then the numbers. Plain or packed with gzip.
#pragma once

#include <steppe/error.hpp>

#include <array>
#include <bit>
#include <cstdint>
#include <string>
#include <vector>

#include "number_type.hpp"
#include "packed_file.hpp"

namespace steppe {

/// An array read from front to back.
class IdxFile {
 public:
  explicit IdxFile(const std::filesystem::path& path) : file_{path} {
    const auto magic = take(4);
    if (magic[0] != 0 || magic[1] != 0 || magic[3] < 1 || magic[3] > 4)
      throw Error{name() +
                  " is no IDX file: it does not begin with two zeros, a type and the "
                  "number of axes"};
    type_ = type_of(magic[2]);
    for (int axis = 0; axis < magic[3]; ++axis) {
      const auto size = take(4);
      shape_.push_back((std::size_t{size[0]} << 24U) | (std::size_t{size[1]} << 16U) |
                       (std::size_t{size[2]} << 8U) | size[3]);
    }
    for (std::size_t axis = 1; axis < shape_.size(); ++axis) {
      if (shape_[axis] == 0 || shape_[axis] > most_in_a_row / row_size_)
        throw Error{name() + " has shape " + shape() + ", which makes no rows"};
      row_size_ *= shape_[axis];
    }
  }

  std::string name() const { return "'" + file_.name() + "'"; }
  const std::vector<std::size_t>& sizes() const { return shape_; }
  std::uint64_t rows() const { return shape_[0]; }
  std::size_t row_size() const { return row_size_; }

  std::string shape() const {
    std::string out = "(";
    for (std::size_t i = 0; i < shape_.size(); ++i)
      out += (i ? ", " : "") + std::to_string(shape_[i]);
    return out + ")";
  }

  void read(std::size_t rows, std::vector<float>& to) {
    packed_.resize(rows * row_size_ * type_.bytes);
    to.resize(rows * row_size_);
    const auto got = file_.read(packed_.data(), packed_.size());
    if (got < packed_.size())
      throw Error{name() + " is cut short: it ends in row " +
                  std::to_string(done_ + got / (row_size_ * type_.bytes)) + " of " +
                  std::to_string(shape_[0])};
    to_floats(type_, packed_.data(), to.size(), to.data());
    done_ += rows;
  }

  void finish() {
    char more = 0;
    if (file_.read(&more, 1) > 0)
      throw Error{name() + " goes on after the " + std::to_string(shape_[0]) +
                  " rows that it says it has"};
  }

 private:
  static constexpr std::size_t most_in_a_row = std::size_t{1} << 24U;

  std::array<unsigned char, 4> take(std::size_t size) {
    std::array<unsigned char, 4> out{};
    const auto got = file_.read(reinterpret_cast<char*>(out.data()), size);
    if (got == 0 && shape_.empty()) throw Error{name() + " is empty"};
    if (got < size) throw Error{name() + " is cut short: it ends in its header"};
    return out;
  }

  NumberType type_of(unsigned code) const {
    constexpr auto big = std::endian::big;
    switch (code) {
      case 0x08:
        return {'u', 1, big};
      case 0x09:
        return {'i', 1, big};
      case 0x0B:
        return {'i', 2, big};
      case 0x0C:
        return {'i', 4, big};
      case 0x0D:
        return {'f', 4, big};
      case 0x0E:
        return {'f', 8, big};
      default:
        throw Error{name() + " holds numbers of type " + std::to_string(code) +
                    ", which IDX does not know"};
    }
  }

  steppe::PackedFile file_;
  NumberType type_;
  std::vector<std::size_t> shape_;
  std::size_t row_size_ = 1;
  std::uint64_t done_ = 0;
  std::vector<char> packed_;
};

}  // namespace steppe
