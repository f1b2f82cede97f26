// TOML by toml++, turned into tables that keep the order of the file. toml++ sorts keys by name;
// the order is found again from where each key was written.
#include "framework/pipeline/parse.hpp"

#include "framework/pipeline/messages.hpp"

#include <algorithm>
#include <cctype>
#include <utility>

#include <fmt/format.h>
#include <toml++/toml.h>

namespace steppe::pipeline {

namespace {

constexpr std::size_t most_dots = 1000;

class Converter {
 public:
  Converter(std::shared_ptr<const std::string> file, std::vector<Problem>& problems)
      : file_{std::move(file)}, problems_{problems} {}

  Position position(const toml::source_region& source) const {
    return {file_, source.begin.line, source.begin.column};
  }

  Table table(const toml::table& from) {
    Table out;
    for (const auto& [key, value] : from)
      out.entries.push_back(
          {without_nul(key.str(), key.source()), position(key.source()), node(value)});
    std::stable_sort(out.entries.begin(), out.entries.end(), [](const Entry& a, const Entry& b) {
      return std::pair{a.key_position.line, a.key_position.column} <
             std::pair{b.key_position.line, b.key_position.column};
    });
    return out;
  }

 private:
  /// A plugin would read a text up to there.
  std::string without_nul(std::string_view text, const toml::source_region& source) {
    if (text.find('\0') != text.npos)
      problems_.push_back({position(source), message::text_with_nul()});
    return std::string{text.substr(0, text.find('\0'))};
  }

  Node node(const toml::node& from) {
    Node out{{}, position(from.source())};
    switch (from.type()) {
      case toml::node_type::table:
        out.value = table(*from.as_table());
        break;
      case toml::node_type::array:
        out.value = array(*from.as_array());
        break;
      case toml::node_type::string:
        out.value = without_nul(from.as_string()->get(), from.source());
        out.opening = 1;
        break;
      case toml::node_type::integer:
        out.value = from.as_integer()->get();
        break;
      case toml::node_type::floating_point:
        out.value = from.as_floating_point()->get();
        break;
      case toml::node_type::boolean:
        out.value = from.as_boolean()->get();
        break;
      default:
        problems_.push_back({out.position,
                             "a date or a time has no use in a pipeline file; "
                             "write it as a text"});
    }
    return out;
  }

  Array array(const toml::array& from) {
    Array out;
    for (const auto& item : from) out.push_back(node(item));
    return out;
  }

  std::shared_ptr<const std::string> file_;
  std::vector<Problem>& problems_;
};

/// As a sentence of ours: lower case, no full stop.
std::string not_toml(std::string_view description) {
  std::string text{description};
  text.resize(std::min(text.size(), text.find(" (TOML_")));  // a setting of toml++
  while (!text.empty() && text.back() == '.') text.pop_back();
  if (!text.empty())
    text.front() = static_cast<char>(std::tolower(static_cast<unsigned char>(text.front())));
  const auto about = [&](std::string_view words) { return text.find(words) != std::string::npos; };
  const auto* help = about("utf-8") ? "; save the file as UTF-8"
                     : about("could not determine value type")
                         ? "; a text stands in quotes: \"...\""
                         : "";
  return fmt::format("this is not TOML: {}{}", text, help);
}

/// The first line, counted from 1, whose keys could nest so deeply that the stack ends; 0: none.
std::uint32_t too_deep(std::string_view text) {
  std::uint32_t line = 1;
  std::size_t dots = 0;
  for (const char c : text) {
    if (c == '\n') {
      ++line;
      dots = 0;
    } else if (c == '.' && ++dots > most_dots) {
      return line;
    }
  }
  return 0;
}

}  // namespace

std::optional<Table> parse_toml(std::string_view text,
                                const std::shared_ptr<const std::string>& name,
                                std::vector<Problem>& problems) {
  if (const auto line = too_deep(text)) {
    const Position start{name, line, 1};
    problems.push_back({start, message::too_many_dots(most_dots)});
    return std::nullopt;
  }
  Converter convert{name, problems};
  try {
    return convert.table(toml::parse(text));
  } catch (const toml::parse_error& error) {
    problems.push_back({convert.position(error.source()), not_toml(error.description())});
    return std::nullopt;
  }
}

}  // namespace steppe::pipeline
