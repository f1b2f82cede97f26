// The headings of a pipeline file: which there are, and that nothing else is.
#pragma once

#include "framework/pipeline/document.hpp"
#include "framework/plugin/kinds.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace steppe::pipeline {

/// [attack.pgd]
struct Heading {
  const plugin::Kind* kind = nullptr;
  std::string name;
  Position position;
  const Table* table = nullptr;
};

/// Points into the document.
struct Outline {
  std::vector<Heading> headings;
  const Entry* pipeline = nullptr;
  const Entry* values = nullptr;
  const Entry* matrix = nullptr;
  const Entry* evaluate = nullptr;
  const Entry* distribution = nullptr;  ///< a table of tables
  const Entry* require = nullptr;

  const Heading* find(std::string_view kind, std::string_view name) const;
  std::vector<std::string> names(std::string_view kind) const;
  /// Of the first heading with this name; empty when there is none.
  std::string_view kind_of(std::string_view name) const;
};

Outline make_outline(const Document& document, std::vector<Problem>& problems);

}  // namespace steppe::pipeline
