// [values] and [matrix]: the names a file may use, and the points of its study.
#pragma once

#include "framework/pipeline/document.hpp"
#include "framework/pipeline/outline.hpp"
#include "framework/pipeline/substitute.hpp"

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace steppe::pipeline {

struct Axis {
  std::string name;
  Position position;
  std::vector<Node> values;  ///< scalars; empty when the axis is wrong
};

/// Every combination of the axes, the last one fastest. Without axes there is one point.
struct Matrix {
  std::vector<Axis> axes;  ///< in the order of the file

  std::size_t points() const;
  std::vector<std::string> coordinates(std::size_t point) const;
  /// `values` with the coordinates of a point.
  Scope scope(const Scope& values, std::size_t point) const;
  /// The coordinate on the axis `trial`, 0 where there is none.
  std::uint64_t trial(std::size_t point) const;

 private:
  std::size_t index(std::size_t point, std::size_t axis) const;
};

/// The values; axes are known by name, and out of reach.
Scope read_values(const Outline& outline, std::vector<Problem>& problems);
Matrix read_matrix(const Outline& outline, const Scope& values, std::vector<Problem>& problems);

}  // namespace steppe::pipeline
