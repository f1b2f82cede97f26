#include "framework/pipeline/require.hpp"

#include "framework/pipeline/check.hpp"
#include "framework/pipeline/messages.hpp"
#include "framework/pipeline/tables.hpp"

#include <algorithm>
#include <array>
#include <cctype>
#include <charconv>
#include <optional>
#include <string_view>
#include <utility>

namespace steppe::pipeline {

namespace {

/// A syntax error at an offset of the text.
struct Unexpected {
  std::size_t offset;
  std::string_view expected;
};

/// A piece of the text and where it starts.
struct Word {
  std::string text;
  std::size_t offset = 0;
};

struct Selector {
  Word axis, coordinate;
};

class RequirementParser {
 public:
  explicit RequirementParser(std::string_view text) : text_{text} {}

  /// @throws Unexpected
  void parse(Requirement& out, std::vector<Selector>& selectors) {
    out.value_name = word("the name of a value").text;
    if (take("(")) {
      while (!take(")")) {
        auto axis = word("the name of an axis or ')'");
        if (!take("=")) throw Unexpected{at_, "'=' and a coordinate"};
        selectors.push_back({std::move(axis), coordinate()});
        if (!take(",") && !at(')')) throw Unexpected{at_, "',' or ')'"};
      }
    }
    out.comparison = comparison();
    out.bound = number();
    skip_space();
    if (at_ != text_.size()) throw Unexpected{at_, "nothing more"};
  }

 private:
  static bool in_word(char c) {
    return std::isalnum(static_cast<unsigned char>(c)) ||
           std::string_view{"_-.+"}.find(c) != std::string_view::npos;
  }

  void skip_space() {
    while (at_ < text_.size() && std::isspace(static_cast<unsigned char>(text_[at_]))) ++at_;
  }
  bool at(char c) {
    skip_space();
    return at_ < text_.size() && text_[at_] == c;
  }
  bool take(std::string_view token) {
    skip_space();
    if (!text_.substr(at_).starts_with(token)) return false;
    at_ += token.size();
    return true;
  }

  Word word(std::string_view expected) {
    skip_space();
    const auto begin = at_;
    while (at_ < text_.size() && in_word(text_[at_])) ++at_;
    if (at_ == begin) throw Unexpected{at_, expected};
    return {std::string{text_.substr(begin, at_ - begin)}, begin};
  }

  Word coordinate() {
    if (!at('\'') && !at('"')) return word("a coordinate");
    const auto begin = at_ + 1;
    const auto end = text_.find(text_[at_], begin);
    if (end == std::string_view::npos) throw Unexpected{at_, "a closing quote"};
    at_ = end + 1;
    return {std::string{text_.substr(begin, end - begin)}, begin};
  }

  Comparison comparison() {
    static constexpr std::array<std::pair<std::string_view, Comparison>, 5> all{
        {{">=", Comparison::at_least},
         {"<=", Comparison::at_most},
         {"==", Comparison::equal},
         {">", Comparison::above},
         {"<", Comparison::below}}};
    for (const auto& [token, meaning] : all)
      if (take(token)) return meaning;
    throw Unexpected{at_, "one of '>', '>=', '<', '<=', '=='"};
  }

  double number() {
    const auto digits = word("a number");
    double out = 0;
    const char* begin = digits.text.data() + (digits.text.starts_with('+') ? 1 : 0);
    const char* end = digits.text.data() + digits.text.size();
    if (const auto [last, error] = std::from_chars(begin, end, out);
        error != std::errc{} || last != end)
      throw Unexpected{digits.offset, "a number"};
    return out;
  }

  std::string_view text_;
  std::size_t at_ = 0;
};

class RequirementReader {
 public:
  RequirementReader(const Scope& values, const Plan& plan, bool rows_known,
                    std::vector<Problem>& problems)
      : checker_{values, problems},
        values_{values},
        plan_{plan},
        rows_known_{rows_known},
        problems_{problems} {}

  std::optional<Requirement> read(const Node& node) {
    if (!node.table()) {
      problems_.push_back({node.position, message::not_a_table("[require]")});
      return std::nullopt;
    }
    const auto parameters = require_parameters();
    const Owner owner{"[[require]]", "require", node.position, *node.table()};
    const bool keys = checker_.keys(owner, names_of(parameters));
    const auto checked = checker_.settings(owner, parameters);
    if (!keys || !checked.good) return std::nullopt;
    const auto& written = node.table()->find("that")->node;
    return parse(*substitute(written, values_, problems_));
  }

 private:
  std::optional<Requirement> parse(const Node& that) {
    Requirement out;
    out.that = *that.text();
    out.position = that.position;
    std::vector<Selector> selectors;
    try {
      RequirementParser{out.that}.parse(out, selectors);
    } catch (const Unexpected& error) {
      problems_.push_back(
          {place_in_text(that, error.offset), message::bad_requirement(error.expected)});
      return std::nullopt;
    }
    bool good = true;
    for (const auto& [axis, coordinate] : selectors) {
      good = look_up(that, axis, coordinate) && good;
      const auto same = [&](const auto& other) { return other.first == axis.text; };
      if (std::any_of(out.selectors.begin(), out.selectors.end(), same)) {
        problems_.push_back(
            {place_in_text(that, axis.offset), message::axis_selected_twice(axis.text)});
        good = false;
      }
      out.selectors.emplace_back(axis.text, coordinate.text);
    }
    if (good && rows_known_ &&
        std::none_of(plan_.rows.begin(), plan_.rows.end(),
                     [&](const Row& row) { return selects(out, row); }))
      problems_.push_back({that.position, message::no_row_selected()});
    return out;
  }

  bool selects(const Requirement& requirement, const Row& row) const {
    return std::all_of(
        requirement.selectors.begin(), requirement.selectors.end(), [&](const auto& selector) {
          const auto axis = std::find(plan_.axes.begin(), plan_.axes.end(), selector.first);
          return row.coordinates[static_cast<std::size_t>(axis - plan_.axes.begin())] ==
                 selector.second;
        });
  }

  bool look_up(const Node& that, const Word& axis, const Word& coordinate) {
    const auto found = std::find(plan_.axes.begin(), plan_.axes.end(), axis.text);
    if (found == plan_.axes.end()) {
      problems_.push_back(
          {place_in_text(that, axis.offset), message::unknown_axis(axis.text, plan_.axes)});
      return false;
    }
    if (!rows_known_) return true;
    const auto index = static_cast<std::size_t>(found - plan_.axes.begin());
    message::Names known;
    for (const auto& row : plan_.rows)
      if (std::find(known.begin(), known.end(), row.coordinates[index]) == known.end())
        known.push_back(row.coordinates[index]);
    if (std::find(known.begin(), known.end(), coordinate.text) != known.end()) return true;
    problems_.push_back({place_in_text(that, coordinate.offset),
                         message::unknown_coordinate(axis.text, coordinate.text, known)});
    return false;
  }

  Checker checker_;
  const Scope& values_;
  const Plan& plan_;
  bool rows_known_;
  std::vector<Problem>& problems_;
};

}  // namespace

std::vector<Requirement> read_requirements(const Outline& outline, const Scope& values,
                                           const Plan& plan, bool rows_known,
                                           std::vector<Problem>& problems) {
  std::vector<Requirement> out;
  if (!outline.require) return out;
  if (!outline.evaluate) {
    rows_known = false;
    problems.push_back({outline.require->key_position, message::nothing_to_require()});
  }
  RequirementReader reader{values, plan, rows_known, problems};
  const auto& node = outline.require->node;
  const auto* blocks = node.array();
  if (!blocks) {
    reader.read(node);
    return out;
  }
  for (const auto& block : *blocks)
    if (auto requirement = reader.read(block)) out.push_back(std::move(*requirement));
  return out;
}

}  // namespace steppe::pipeline
