// A pipeline file as data with positions: every key and every value knows its file, line, column.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace steppe::pipeline {

/// Lines and columns count from 1. What an option gives has the option, "--set values.epochs=two",
/// for its file, and the place in it.
struct Position {
  std::shared_ptr<const std::string> file;
  std::uint32_t line = 0;
  std::uint32_t column = 0;

  bool in_option() const { return file && file->starts_with("--set "); }
};

/// "study.toml:4:11"; the file alone where there is no line, and the whole option where it is one.
std::string to_text(const Position& position);

enum class Severity { error, note };

/// Something wrong, or legal but odd, in a pipeline file. `sentence`: lower case, no full stop.
struct Problem {
  Position position;
  std::string sentence;
  Severity severity = Severity::error;
  bool plugin_not_found = false;  ///< whoever prints it may say where plugins were looked for
};

/// "study.toml:4:11: error: attack 'fgsm' has no setting 'epsilom'; did you mean 'epsilon'?"
std::string to_text(const Problem& problem);

struct Node;
struct Entry;

using Array = std::vector<Node>;
/// Entries in the order of the file.
struct Table {
  std::vector<Entry> entries;

  const Entry* find(std::string_view key) const;
};

/// A value of a pipeline file.
struct Node {
  std::variant<std::string, std::int64_t, double, bool, Array, Table> value;
  Position position;
  std::uint32_t opening = 0;  ///< columns from `position` to the first character of a text

  const Table* table() const { return std::get_if<Table>(&value); }
  const Array* array() const { return std::get_if<Array>(&value); }
  const std::string* text() const { return std::get_if<std::string>(&value); }
};

struct Entry {
  std::string key;
  Position key_position;
  Node node;
};

/// Where the character at `offset` of a text stands; the text itself when it has several lines.
Position place_in_text(const Node& text, std::size_t offset);

/// A file with everything it extends merged in: tables are merged deeply, anything else in the
/// extending file replaces what it extends; positions point to where the value was written.
struct Document {
  Table root;
  std::filesystem::path file;
  std::vector<std::filesystem::path> files;  ///< all that were read, the first is `file`
  bool complete = true;                      ///< no file was unreadable, none was cut short
};

/// Reads `file`, follows `extends` (relative to the file that says it; a text or a list; circles
/// are refused), then applies `--set key.path=value` (value: TOML, or a bare text) in order.
/// Problems are appended; @returns what could be read.
Document read_document(const std::filesystem::path& file, const std::vector<std::string>& sets,
                       std::vector<Problem>& problems);
/// The same from text, for tests.
Document parse_document(std::string_view text, const std::filesystem::path& name,
                        const std::vector<std::string>& sets, std::vector<Problem>& problems);

/// A text as TOML, in double quotes.
std::string toml_text(std::string_view text);

/// A value as TOML, in one line.
std::string to_toml(const Node& node);

/// The document as TOML, in its order, with everything merged in.
std::string to_toml(const Document& document);

bool has_errors(const std::vector<Problem>& problems);
/// Orders by file (as in `Document::files`, then options), line and column; what is said twice at
/// one place is kept once.
void sort_problems(const Document& document, std::vector<Problem>& problems);

}  // namespace steppe::pipeline
