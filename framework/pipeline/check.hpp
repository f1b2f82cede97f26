// Settings of one table against what is declared: unknown keys, types, ranges, choices, what is
// missing. Stages, [pipeline] and [evaluate] are all checked here.
#pragma once

#include "framework/pipeline/document.hpp"
#include "framework/pipeline/substitute.hpp"
#include "framework/plugin/settings.hpp"

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace steppe::pipeline {

/// A table under check.
struct Owner {
  std::string title;   ///< in messages: "attack 'pgd'"
  std::string prefix;  ///< of its settings: "pgd"
  Position position;   ///< where something missing is reported
  const Table& table;
};

/// Settings in the order of their schema; those that are wrong are left out, and said.
struct Checked {
  plugin::Settings settings;
  bool good = true;
};

class Checker {
 public:
  Checker(const Scope& scope, std::vector<Problem>& problems)
      : scope_{scope}, problems_{problems} {}

  /// Refuses keys that are in none of `known`.
  bool keys(const Owner& owner, const std::vector<std::string>& known) const;
  /// Every parameter: the table's value, or else the default. Paths become absolute.
  Checked settings(const Owner& owner, std::span<const plugin::Parameter> parameters) const;

 private:
  std::optional<plugin::Setting> setting(const Owner& owner, const plugin::Parameter& parameter,
                                         const Node& written) const;
  std::optional<plugin::Scalar> item(const std::string& subject, const plugin::Parameter& parameter,
                                     const Node& written) const;

  const Scope& scope_;
  std::vector<Problem>& problems_;
};

/// Names of parameters, in their order.
std::vector<std::string> names_of(std::span<const plugin::Parameter> parameters);

/// A name in the file that stands for something else in it.
struct Reference {
  std::string name;
  Position position;
};

/// The references a checked setting holds, each where it was written.
std::vector<Reference> references(const Owner& owner, const plugin::Settings& settings,
                                  std::string_view name);

}  // namespace steppe::pipeline
