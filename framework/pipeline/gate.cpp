#include "framework/pipeline/gate.hpp"

#include <array>
#include <cctype>
#include <charconv>
#include <utility>

namespace steppe::pipeline {

namespace {

class GateParser {
 public:
  explicit GateParser(std::string_view text) : text_{text} {}

  Gate parse() {
    Gate out;
    out.value = word("the name of a value");
    if (take("(")) {
      while (!take(")")) {
        auto axis = word("the name of an axis or ')'");
        if (!take("=")) throw Unexpected{at_, "'=' and a coordinate"};
        out.selectors.push_back({std::move(axis), coordinate()});
        if (!take(",") && !at(')')) throw Unexpected{at_, "',' or ')'"};
      }
    }
    out.comparison = comparison();
    out.bound = number();
    if (at('@')) {
      out.sigmas_at = at_++;
      out.sigmas = number();
      const auto unit = word("'sigma'");
      if (unit.text != "sigma") throw Unexpected{unit.offset, "'sigma'"};
    }
    skip_space();
    if (at_ != text_.size()) throw Unexpected{at_, "nothing more, or '@ 2 sigma'"};
    return out;
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

}  // namespace

Gate parse_gate(std::string_view text) { return GateParser{text}.parse(); }

}  // namespace steppe::pipeline
