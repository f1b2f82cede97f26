// Records of a file of separated values (RFC 4180), plain or packed with gzip: cells in quotes may
// hold the separator, line ends and doubled quotes; lines may end with CR LF; blank lines are
// passed over. A cell knows its line and column, so that a message can point at it.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "packed_file.hpp"

namespace steppe::csv {

struct Cell {
  std::string_view text;  ///< without the quotes around it
  std::uint64_t line = 1;
  std::size_t column = 1;  ///< in bytes, counted from 1
};

/// What a quoted cell says once its doubled quotes are one.
inline std::string unquoted(std::string_view text) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    out += text[i];
    if (text[i] == '"' && i + 1 < text.size() && text[i + 1] == '"') ++i;
  }
  return out;
}

class File {
 public:
  /// `piece`: bytes read at a time.
  File(const std::filesystem::path& path, char separator, std::size_t piece = std::size_t{1} << 20U)
      : file_{path}, separator_{separator}, piece_{piece} {}

  const std::string& name() const { return file_.name(); }
  /// Good until the next call of `next`.
  const std::vector<Cell>& cells() const { return cells_; }

  /// Goes to the next record. @returns false at the end. @throws Error
  bool next() {
    if (at_start_) skip_mark();
    while (true) {
      const auto end = scan();
      if (end == unfinished) {
        refill();
        continue;
      }
      if (end == nothing) return false;
      from_ = end;
      const bool blank = cells_.size() == 1 && cells_[0].text.empty() && !cells_quoted_;
      line_ = next_line_;
      if (!blank) return true;
    }
  }

  /// "x.csv:3:7: ...", the place of a cell before what is wrong with it.
  std::string place(const Cell& cell) const {
    return name() + ":" + std::to_string(cell.line) + ":" + std::to_string(cell.column) + ": ";
  }

 private:
  static constexpr std::size_t unfinished = static_cast<std::size_t>(-1);
  static constexpr std::size_t nothing = unfinished - 1;
  static constexpr std::size_t longest_record = std::size_t{1} << 26U;

  /// A byte-order mark, as some programs put before the first cell.
  void skip_mark() {
    at_start_ = false;
    while (bytes_.size() < 3 && !at_end_) refill();
    if (bytes_.compare(0, 3, "\xEF\xBB\xBF") == 0) from_ = 3;
    line_begin_ = from_;
  }

  /// Finds the cells of the record at `from_`. @returns where the next one begins.
  std::size_t scan() {
    cells_.clear();
    cells_quoted_ = false;
    next_line_ = line_;
    line_begin_ = from_;
    std::size_t at = from_;
    if (at == bytes_.size()) return at_end_ ? nothing : unfinished;
    while (true) {
      at = at < bytes_.size() && bytes_[at] == '"' ? quoted_cell(at) : plain_cell(at);
      if (at == unfinished) return unfinished;
      if (at == bytes_.size()) return at;
      if (bytes_[at] == '\n') {
        ++next_line_;
        return at + 1;
      }
      ++at;
    }
  }

  /// @returns the place of the separator or line end after it, or the end of the file.
  std::size_t plain_cell(std::size_t begin) {
    std::size_t at = begin;
    while (at < bytes_.size() && bytes_[at] != separator_ && bytes_[at] != '\n') ++at;
    if (at == bytes_.size() && !at_end_) return unfinished;
    std::size_t end = at;
    const bool last = at == bytes_.size() || bytes_[at] == '\n';
    if (last && end > begin && bytes_[end - 1] == '\r') --end;
    add(begin, end);
    return at;
  }

  std::size_t quoted_cell(std::size_t quote) {
    cells_quoted_ = true;
    const auto first_line = next_line_;
    const auto first_begin = line_begin_;
    std::size_t at = quote + 1;
    while (true) {
      if (at == bytes_.size()) {
        if (!at_end_) return unfinished;
        throw Error{name() + ":" + std::to_string(first_line) + ":" +
                    std::to_string(quote - first_begin + 1) + ": the quote is never closed"};
      }
      if (bytes_[at] == '"') {
        if (at + 1 == bytes_.size() && !at_end_) return unfinished;
        if (at + 1 == bytes_.size() || bytes_[at + 1] != '"') break;
        ++at;
      } else if (bytes_[at] == '\n') {
        ++next_line_;
        line_begin_ = at + 1;
      }
      ++at;
    }
    cells_.push_back(
        {{bytes_.data() + quote + 1, at - quote - 1}, first_line, quote - first_begin + 1});
    return after_quote(at + 1);
  }

  std::size_t after_quote(std::size_t at) {
    if (at < bytes_.size() && bytes_[at] == '\r') ++at;
    if (at == bytes_.size()) return at_end_ ? at : unfinished;
    if (bytes_[at] != separator_ && bytes_[at] != '\n')
      throw Error{name() + ":" + std::to_string(next_line_) + ":" +
                  std::to_string(at - line_begin_ + 1) +
                  ": a quote is closed before its cell ends"};
    return at;
  }

  void add(std::size_t begin, std::size_t end) {
    cells_.push_back({{bytes_.data() + begin, end - begin}, next_line_, begin - line_begin_ + 1});
  }

  /// Moves what is left to the front and reads on.
  void refill() {
    bytes_.erase(0, from_);
    from_ = 0;
    const auto had = bytes_.size();
    if (had > longest_record)
      throw Error{name() + ":" + std::to_string(line_) +
                  ":1: the record has no end within 64 MB; a quote may be open"};
    bytes_.resize(had + piece_);
    const auto got = file_.read(bytes_.data() + had, piece_);
    bytes_.resize(had + got);
    at_end_ = got < piece_;
  }

  PackedFile file_;
  char separator_;
  std::size_t piece_;
  std::string bytes_;
  std::size_t from_ = 0, line_begin_ = 0;
  std::uint64_t line_ = 1, next_line_ = 1;
  bool at_start_ = true, at_end_ = false, cells_quoted_ = false;
  std::vector<Cell> cells_;
};

}  // namespace steppe::csv
