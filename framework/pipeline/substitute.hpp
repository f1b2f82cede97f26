// What {name} stands for. A text that is "{name}" and nothing more becomes the value with its
// type; inside a longer text the value is written out. "{{" and "}}" are braces.
#pragma once

#include "framework/pipeline/document.hpp"

#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace steppe::pipeline {

/// The names of [values] and of the axes of the matrix, with their values at one point. Copies
/// share the record of which names were used.
class Scope {
 public:
  struct Named {
    std::optional<Node> value;  ///< none: it is wrong, which has been said
    Position origin;            ///< where its first characters were written
  };

  void set(const std::string& name, std::optional<Node> value, const Position& origin);
  /// A name that has no value here; `why` is the sentence for those who use it.
  void set_out_of_reach(const std::string& name, std::string why);

  const Named* find(const std::string& name) const;
  /// Nothing when nobody gave a reason.
  const std::string* out_of_reach(const std::string& name) const;
  bool was_used(const std::string& name) const { return used_->contains(name); }
  std::vector<std::string> names() const;

 private:
  std::map<std::string, Named> named_;
  std::map<std::string, std::string> out_of_reach_;
  std::shared_ptr<std::set<std::string>> used_ = std::make_shared<std::set<std::string>>();
};

/// The value as it is at this point, at the position where it was written. Nothing, and a problem,
/// when a name is unknown.
std::optional<Node> substitute(const Node& written, const Scope& scope,
                               std::vector<Problem>& problems);

/// Who wrote the first characters of a text: the file against which a path is resolved.
Position first_written(const Node& written, const Scope& scope);

/// A scalar as it appears inside a text and as a coordinate: pythia, 5, 0.1, true.
std::string plain_text(const Node& scalar);

}  // namespace steppe::pipeline
