#include "framework/pipeline/substitute.hpp"

#include "framework/pipeline/messages.hpp"
#include "framework/plugin/settings.hpp"

#include <utility>

namespace steppe::pipeline {

namespace {

/// Takes a text apart from left to right.
class Substitution {
 public:
  Substitution(const Node& written, const Scope& scope, std::vector<Problem>& problems)
      : written_{written}, text_{*written.text()}, scope_{scope}, problems_{problems} {}

  std::optional<Node> result() {
    while (at_ < text_.size()) {
      const char c = text_[at_];
      if ((c == '{' || c == '}') && text_.substr(at_, 2) == std::string(2, c)) {
        out_ += c;
        at_ += 2;
      } else if (c == '{') {
        if (auto whole = name()) return whole;
      } else {
        out_ += c;
        ++at_;
      }
    }
    if (!good_) return std::nullopt;
    return Node{out_, written_.position, written_.opening};
  }

 private:
  /// Appends the value of the name that starts here; @returns it when it is all there is.
  std::optional<Node> name() {
    const auto begin = at_;
    const auto end = text_.find('}', begin);
    if (end == std::string_view::npos) {
      fail(begin, message::open_brace());
      at_ = text_.size();
      return std::nullopt;
    }
    at_ = end + 1;
    const std::string word{text_.substr(begin + 1, end - begin - 1)};
    const auto* named = scope_.find(word);
    if (!named) {
      const auto* why = scope_.out_of_reach(word);
      fail(begin, why ? *why : message::unknown_name(word, scope_.names()));
    } else if (!named->value) {
      good_ = false;
    } else if (begin == 0 && at_ == text_.size()) {
      return Node{named->value->value, written_.position, written_.opening};
    } else {
      out_ += plain_text(*named->value);
    }
    return std::nullopt;
  }

  void fail(std::size_t offset, std::string sentence) {
    problems_.push_back({place_in_text(written_, offset), std::move(sentence)});
    good_ = false;
  }

  const Node& written_;
  std::string_view text_;
  const Scope& scope_;
  std::vector<Problem>& problems_;
  std::size_t at_ = 0;
  std::string out_;
  bool good_ = true;
};

}  // namespace

void Scope::set(const std::string& name, std::optional<Node> value, const Position& origin) {
  named_.insert_or_assign(name, Named{std::move(value), origin});
  out_of_reach_.erase(name);
}

void Scope::set_out_of_reach(const std::string& name, std::string why) {
  out_of_reach_.insert_or_assign(name, std::move(why));
}

const std::string* Scope::out_of_reach(const std::string& name) const {
  const auto found = out_of_reach_.find(name);
  return found == out_of_reach_.end() ? nullptr : &found->second;
}

const Scope::Named* Scope::find(const std::string& name) const {
  const auto found = named_.find(name);
  if (found == named_.end()) return nullptr;
  used_->insert(name);
  return &found->second;
}

std::vector<std::string> Scope::names() const {
  std::vector<std::string> out;
  for (const auto& [name, value] : named_) out.push_back(name);
  return out;
}

std::optional<Node> substitute(const Node& written, const Scope& scope,
                               std::vector<Problem>& problems) {
  if (!written.text()) return written;
  return Substitution{written, scope, problems}.result();
}

Position first_written(const Node& written, const Scope& scope) {
  const auto* text = written.text();
  if (!text || !text->starts_with('{') || text->starts_with("{{")) return written.position;
  const auto* named = scope.find(text->substr(1, text->find('}') - 1));
  return named ? named->origin : written.position;
}

std::string plain_text(const Node& scalar) {
  struct Visitor {
    std::string operator()(const std::string& text) const { return text; }
    std::string operator()(std::int64_t value) const { return plugin::to_text(value); }
    std::string operator()(double value) const { return plugin::to_text(value); }
    std::string operator()(bool value) const { return plugin::to_text(value); }
    std::string operator()(const Array&) const { return "an array"; }
    std::string operator()(const Table&) const { return "a table"; }
  };
  return std::visit(Visitor{}, scalar.value);
}

}  // namespace steppe::pipeline
