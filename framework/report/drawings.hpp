// Figures that were drawn before. A report does not know where they are kept: whoever makes one
// gives it such a place, or none.
#pragma once

#include <filesystem>
#include <optional>
#include <string>

namespace steppe::report {

/// What gnuplot left of one figure.
struct Drawing {
  std::string svg;  ///< the bytes of a file
  std::string pdf;  ///< the same; empty where gnuplot writes no PDF
};

class Drawings {
 public:
  virtual ~Drawings() = default;
  /// What this `program` made of this `script`, which has all numbers in it.
  virtual std::optional<Drawing> find(const std::filesystem::path& program,
                                      const std::string& script) = 0;
  virtual void keep(const std::filesystem::path& program, const std::string& script,
                    const Drawing& drawing, const std::string& name) = 0;
};

}  // namespace steppe::report
