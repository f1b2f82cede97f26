#include "expression.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <optional>

namespace steppe::expression {

Error error_at(std::size_t place, const std::string& sentence) {
  return Error{"at character " + std::to_string(place + 1) + ": " + sentence};
}

class Parser {
 public:
  Parser(std::string_view text, Condition& out) : text_{text}, out_{out} {}

  void parse() {
    skip_blanks();
    if (at_ == text_.size()) throw error_at(at_, "there is no condition");
    const auto kind = either();
    if (at_ < text_.size()) throw unexpected();
    expect(Kind::condition, kind, 0, "the whole");
  }

 private:
  using Operation = Condition::Operation;
  enum class Kind { number, condition };
  struct Sign {
    std::string_view text;
    Operation operation;
  };
  struct Function {
    std::string_view name;
    Operation operation;
    int arguments;
  };
  using Level = Kind (Parser::*)();

  static constexpr std::array<Function, 5> functions{{{"abs", Operation::absolute, 1},
                                                      {"sqrt", Operation::root, 1},
                                                      {"log", Operation::logarithm, 1},
                                                      {"min", Operation::smaller_of, 2},
                                                      {"max", Operation::larger_of, 2}}};
  // A longer sign comes before its own beginning.
  static constexpr std::array<Sign, 6> comparisons{{{"<=", Operation::less_or_equal},
                                                    {">=", Operation::greater_or_equal},
                                                    {"==", Operation::equal},
                                                    {"!=", Operation::unequal},
                                                    {"<", Operation::less},
                                                    {">", Operation::greater}}};
  static constexpr std::array<Sign, 2> sums{{{"+", Operation::add}, {"-", Operation::subtract}}};
  static constexpr std::array<Sign, 2> products{
      {{"*", Operation::multiply}, {"/", Operation::divide}}};

  Kind either() { return joined(&Parser::both, {"||", Operation::either}); }
  Kind both() { return joined(&Parser::comparison, {"&&", Operation::both}); }

  Kind comparison() {
    const auto start = at_;
    const auto left = sum();
    const auto sign = take(comparisons);
    if (!sign) return left;
    expect(Kind::number, left, start, "what is compared");
    operand(&Parser::sum, Kind::number, "what is compared");
    emit(sign->operation);
    if (const auto place = at_; take(comparisons))
      throw error_at(place, "comparisons do not chain; write 'a < b && b < c'");
    return Kind::condition;
  }

  Kind sum() { return series(&Parser::product, sums); }
  Kind product() { return series(&Parser::factor, products); }

  /// Every nesting passes here, and the stack of this program is finite.
  Kind factor() {
    if (++depth_ > 100) throw error_at(at_, "the condition is nested too deeply");
    const auto kind = one_factor();
    --depth_;
    return kind;
  }

  Kind one_factor() {
    if (take("-")) {
      operand(&Parser::factor, Kind::number, "what follows '-'");
      emit(Operation::negate);
      return Kind::number;
    }
    if (at("!") && !at("!=")) {
      take("!");
      operand(&Parser::factor, Kind::condition, "what follows '!'");
      emit(Operation::invert);
      return Kind::condition;
    }
    if (take("(")) {
      const auto kind = either();
      close();
      return kind;
    }
    if (at_ == text_.size()) throw error_at(at_, "the condition ends where a value is missing");
    if (const char c = text_[at_]; (c >= '0' && c <= '9') || c == '.') return number();
    return name();
  }

  Kind number() {
    double value = 0;
    const auto* begin = text_.data() + at_;
    const auto [end, failure] = std::from_chars(begin, text_.data() + text_.size(), value);
    if (failure != std::errc{}) throw error_at(at_, "this is no number that a double can hold");
    at_ += static_cast<std::size_t>(end - begin);
    skip_blanks();
    out_.steps_.push_back({Operation::number, value});
    return Kind::number;
  }

  /// A column, or a function where '(' follows.
  Kind name() {
    const auto start = at_;
    const auto part_of_name = [](char c) {
      return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
             c == '_' || c == '.';
    };
    while (at_ < text_.size() && part_of_name(text_[at_])) ++at_;
    if (at_ == start) throw unexpected();
    const std::string found{text_.substr(start, at_ - start)};
    skip_blanks();
    if (at("(")) return call(found, start);
    auto& names = out_.names_;
    const auto known = std::find_if(names.begin(), names.end(),
                                    [&](const Name& other) { return other.text == found; });
    const auto index = static_cast<std::size_t>(known - names.begin());
    if (known == names.end()) names.push_back({found, start});
    out_.steps_.push_back({Operation::column, 0, index});
    return Kind::number;
  }

  Kind call(const std::string& name, std::size_t start) {
    const auto function = std::find_if(functions.begin(), functions.end(),
                                       [&](const Function& f) { return f.name == name; });
    if (function == functions.end())
      throw error_at(start,
                     "there is no function '" + name + "'; there are abs, sqrt, log, min, max");
    take("(");
    operand(&Parser::either, Kind::number, "an argument of '" + name + "'");
    if (function->arguments == 2) {
      if (!take(","))
        throw error_at(at_, "'" + name + "' takes two numbers, with ',' between them");
      operand(&Parser::either, Kind::number, "an argument of '" + name + "'");
    }
    close();
    emit(function->operation);
    return Kind::number;
  }

  /// Conditions with a sign between them.
  Kind joined(Level level, const Sign& sign) {
    const auto start = at_;
    const auto kind = (this->*level)();
    while (take(sign.text)) {
      const auto what = "what '" + std::string{sign.text} + "' joins";
      expect(Kind::condition, kind, start, what);
      operand(level, Kind::condition, what);
      emit(sign.operation);
    }
    return kind;
  }

  /// Numbers with signs between them, from left to right.
  Kind series(Level level, const std::array<Sign, 2>& signs) {
    const auto start = at_;
    const auto kind = (this->*level)();
    while (const auto sign = take(signs)) {
      const auto what = "what '" + std::string{sign->text} + "' joins";
      expect(Kind::number, kind, start, what);
      operand(level, Kind::number, what);
      emit(sign->operation);
    }
    return kind;
  }

  void operand(Level level, Kind wanted, const std::string& what) {
    const auto start = at_;
    expect(wanted, (this->*level)(), start, what);
  }

  static void expect(Kind wanted, Kind got, std::size_t place, const std::string& what) {
    if (wanted == got) return;
    throw error_at(place, what + (wanted == Kind::condition
                                      ? " is a number and not a condition, such as 'jet.pt > 450'"
                                      : " is a condition and not a number"));
  }

  void emit(Operation operation) { out_.steps_.push_back({operation}); }

  bool at(std::string_view sign) const { return text_.substr(at_).starts_with(sign); }
  bool take(std::string_view sign) {
    if (!at(sign)) return false;
    at_ += sign.size();
    skip_blanks();
    return true;
  }
  template <std::size_t Count>
  std::optional<Sign> take(const std::array<Sign, Count>& signs) {
    for (const auto& sign : signs)
      if (take(sign.text)) return sign;
    return std::nullopt;
  }
  void close() {
    if (!take(")")) throw error_at(at_, "a ')' is missing");
  }
  void skip_blanks() {
    while (at_ < text_.size() && (text_[at_] == ' ' || text_[at_] == '\t' || text_[at_] == '\n'))
      ++at_;
  }
  Error unexpected() const {
    if (at("=")) return error_at(at_, "'=' compares nothing; write '=='");
    return error_at(at_, std::string{"'"} + text_[at_] + "' has no meaning here");
  }

  std::string_view text_;
  Condition& out_;
  std::size_t at_ = 0;
  int depth_ = 0;
};

Condition::Condition(std::string_view text) { Parser{text, *this}.parse(); }

double Condition::combine(Operation operation, double a, double b) {
  switch (operation) {
    case Operation::smaller_of:
      return std::fmin(a, b);
    case Operation::larger_of:
      return std::fmax(a, b);
    case Operation::add:
      return a + b;
    case Operation::subtract:
      return a - b;
    case Operation::multiply:
      return a * b;
    case Operation::divide:
      return a / b;
    case Operation::less:
      return a < b;
    case Operation::less_or_equal:
      return a <= b;
    case Operation::greater:
      return a > b;
    case Operation::greater_or_equal:
      return a >= b;
    case Operation::equal:
      return a == b;
    case Operation::unequal:
      return a != b;
    case Operation::both:
      return a != 0 && b != 0;
    default:  // either
      return a != 0 || b != 0;
  }
}

bool Condition::holds(std::span<const double> values) const {
  std::vector<double> stack;
  stack.reserve(steps_.size());
  for (const auto& step : steps_) {
    switch (step.operation) {
      case Operation::number:
        stack.push_back(step.number);
        break;
      case Operation::column:
        stack.push_back(values[step.column]);
        break;
      case Operation::negate:
        stack.back() = -stack.back();
        break;
      case Operation::invert:
        stack.back() = stack.back() == 0;
        break;
      case Operation::absolute:
        stack.back() = std::fabs(stack.back());
        break;
      case Operation::root:
        stack.back() = std::sqrt(stack.back());
        break;
      case Operation::logarithm:
        stack.back() = std::log(stack.back());
        break;
      default: {
        const double b = stack.back();
        stack.pop_back();
        stack.back() = combine(step.operation, stack.back(), b);
      }
    }
  }
  return stack.back() != 0;
}

}  // namespace steppe::expression
