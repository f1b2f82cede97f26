// One document from a file, the files it extends and the `--set` options: each is laid over the
// ones before it. Tables are merged deeply, anything else is replaced, and every value keeps the
// position where it was written.
#include "framework/pipeline/document.hpp"
#include "framework/pipeline/messages.hpp"
#include "framework/pipeline/parse.hpp"

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <fstream>
#include <iterator>
#include <string>
#include <system_error>
#include <utility>

#include <fmt/format.h>

namespace steppe::pipeline {

namespace fs = std::filesystem;

namespace {

void lay_over(Table& base, Table&& over) {
  for (auto& entry : over.entries) {
    const auto same = std::find_if(base.entries.begin(), base.entries.end(),
                                   [&](const Entry& old) { return old.key == entry.key; });
    if (same == base.entries.end()) {
      base.entries.push_back(std::move(entry));
      continue;
    }
    auto* under = std::get_if<Table>(&same->node.value);
    auto* upper = std::get_if<Table>(&entry.node.value);
    same->key_position = entry.key_position;
    if (under && upper) {
      same->node.position = entry.node.position;
      lay_over(*under, std::move(*upper));
    } else {
      same->node = std::move(entry.node);
    }
  }
}

/// Why there is nothing to read.
std::string unreadable(const fs::path& file) {
  const int reason = errno;
  std::error_code ignored;
  if (fs::is_directory(file, ignored)) return message::file_is_folder(file.string());
  if (fs::exists(file, ignored)) return message::unreadable_file(file.string(), reason);
  std::vector<std::string> beside;
  const auto folder = file.has_parent_path() ? file.parent_path() : fs::path{"."};
  for (const auto& entry : fs::directory_iterator{folder, ignored})
    if (entry.path().extension() == ".toml") beside.push_back(entry.path().filename().string());
  std::sort(beside.begin(), beside.end());
  return message::no_file(file, beside);
}

std::optional<std::string> contents(const fs::path& file) {
  std::error_code ignored;
  std::ifstream stream{file, std::ios::binary};
  if (!stream || fs::is_directory(file, ignored)) return std::nullopt;
  return std::string{std::istreambuf_iterator<char>{stream}, {}};
}

/// Loads files and what they extend.
class Loader {
 public:
  Loader(Document& document, std::vector<Problem>& problems)
      : document_{document}, problems_{problems} {}

  /// `said_at`: the `extends` that names the file, or the file itself.
  Table load(const fs::path& file, const Position& said_at) {
    const auto text = contents(file);
    if (!text) {
      fail(said_at, unreadable(file));
      return {};
    }
    return load_text(*text, file);
  }

  Table load_text(std::string_view text, const fs::path& file) {
    if (std::find(document_.files.begin(), document_.files.end(), file) == document_.files.end())
      document_.files.push_back(file);
    auto own = parse_toml(text, std::make_shared<const std::string>(file.string()), problems_);
    if (!own) {
      document_.complete = false;
      return {};
    }
    open_.push_back(file);
    Table out = bases(*own, file);
    open_.pop_back();
    lay_over(out, std::move(*own));
    return out;
  }

 private:
  /// Everything `own` extends, laid over each other; takes `extends` out of it.
  Table bases(Table& own, const fs::path& file) {
    Table out;
    const auto found = std::find_if(own.entries.begin(), own.entries.end(),
                                    [](const Entry& entry) { return entry.key == "extends"; });
    if (found == own.entries.end()) return out;
    const Node said = std::move(found->node);
    own.entries.erase(found);
    if (const auto* list = said.array())
      for (const auto& item : *list) lay_over(out, base(item, file));
    else
      out = base(said, file);
    return out;
  }

  Table base(const Node& said, const fs::path& file) {
    const auto* name = said.text();
    if (!name) {
      fail(said.position, "'extends' must be the path of a file, or an array of paths");
      return {};
    }
    const auto path = (file.parent_path() / *name).lexically_normal();
    const auto same = [&](const fs::path& other) {
      return fs::absolute(other).lexically_normal() == fs::absolute(path).lexically_normal();
    };
    if (const auto first = std::find_if(open_.begin(), open_.end(), same); first != open_.end()) {
      std::string circle;
      for (auto step = first; step != open_.end(); ++step)
        circle += fmt::format("'{}' extends ", step->string());
      fail(said.position, fmt::format("a circle of files: {}'{}'", circle, path.string()));
      return {};
    }
    return load(path, said.position);
  }

  void fail(const Position& position, std::string sentence) {
    problems_.push_back({position, std::move(sentence)});
    document_.complete = false;
  }

  Document& document_;
  std::vector<Problem>& problems_;
  std::vector<fs::path> open_;  ///< the chain of `extends` being followed
};

/// The innermost value of tables that hold one entry each.
Node& leaf(Table& table) {
  Node& node = table.entries.front().node;
  auto* inner = std::get_if<Table>(&node.value);
  return inner && inner->entries.size() == 1 ? leaf(*inner) : node;
}

/// Digits, perhaps with a sign, a point and an exponent.
bool is_number(std::string_view text) {
  double ignored = 0;
  if (text.find_first_not_of("0123456789.eE+-") != std::string_view::npos) return false;
  if (text.starts_with('+')) text.remove_prefix(1);
  const auto [stop, error] = std::from_chars(text.data(), text.data() + text.size(), ignored);
  return error != std::errc::invalid_argument && stop == text.data() + text.size();
}

/// `key.path=value` as a document of one line; a value that is not TOML is a bare text.
std::optional<Table> parse_set(const std::string& option, std::vector<Problem>& problems) {
  const auto file = std::make_shared<const std::string>("--set " + option);
  const auto equals = option.find('=');
  if (equals == std::string::npos) {
    const Position start{file, 1, 1};
    problems.push_back({start, fmt::format("'{}' sets nothing; write key.path=value", option)});
    return std::nullopt;
  }
  std::vector<Problem> not_toml;
  if (option.find('\n') == std::string::npos)
    if (auto whole = parse_toml(option, file, not_toml)) {
      problems.insert(problems.end(), not_toml.begin(), not_toml.end());
      return whole;
    }
  if (is_number(option.substr(equals + 1))) {  // one that TOML does not hold
    problems.insert(problems.end(), not_toml.begin(), not_toml.end());
    return std::nullopt;
  }
  auto out = parse_toml(option.substr(0, equals) + "=''", file, problems);
  if (out)
    leaf(*out) = {option.substr(equals + 1), {file, 1, static_cast<std::uint32_t>(equals) + 2}};
  return out;
}

/// A value that the file does not have is used by nothing: most likely a misspelling.
void refuse_new_values(const Table& set, const Table& root, std::vector<Problem>& problems) {
  const auto values_in = [](const Table& table) {
    const auto* entry = table.find("values");
    return entry ? entry->node.table() : nullptr;
  };
  const auto* wanted = values_in(set);
  if (!wanted) return;
  std::vector<std::string> names;
  if (const auto* there = values_in(root))
    for (const auto& entry : there->entries) names.push_back(entry.key);
  for (const auto& entry : wanted->entries)
    if (std::find(names.begin(), names.end(), entry.key) == names.end())
      problems.push_back({entry.key_position, message::no_such_value(entry.key, names)});
}

void apply_sets(const std::vector<std::string>& sets, Document& document,
                std::vector<Problem>& problems) {
  for (const auto& option : sets) {
    auto table = parse_set(option, problems);
    if (!table) continue;
    refuse_new_values(*table, document.root, problems);
    lay_over(document.root, std::move(*table));
  }
}

}  // namespace

Document read_document(const fs::path& file, const std::vector<std::string>& sets,
                       std::vector<Problem>& problems) {
  Document out;
  out.file = file;
  const Position whole{std::make_shared<const std::string>(file.string())};
  out.root = Loader{out, problems}.load(file, whole);
  apply_sets(sets, out, problems);
  return out;
}

Document parse_document(std::string_view text, const fs::path& name,
                        const std::vector<std::string>& sets, std::vector<Problem>& problems) {
  Document out;
  out.file = name;
  out.root = Loader{out, problems}.load_text(text, name);
  apply_sets(sets, out, problems);
  return out;
}

}  // namespace steppe::pipeline
