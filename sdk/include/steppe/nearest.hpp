// Did you mean ...? The known word nearest to a misspelt one.
//
// The distance is Damerau-Levenshtein in its restricted form (optimal string alignment): the
// fewest insertions, deletions, substitutions and swaps of neighbours, no piece edited twice.
#pragma once

#include <algorithm>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace steppe {

/// Edits that turn `from` into `to`.
inline std::size_t edit_distance(std::string_view from, std::string_view to) {
  std::vector<std::size_t> before(to.size() + 1), above(to.size() + 1), row(to.size() + 1);
  for (std::size_t j = 0; j <= to.size(); ++j) row[j] = j;
  for (std::size_t i = 1; i <= from.size(); ++i) {
    before.swap(above);
    above.swap(row);
    row[0] = i;
    for (std::size_t j = 1; j <= to.size(); ++j) {
      const std::size_t differs = from[i - 1] == to[j - 1] ? 0 : 1;
      row[j] = std::min({above[j] + 1, row[j - 1] + 1, above[j - 1] + differs});
      const bool swapped = i > 1 && j > 1 && from[i - 1] == to[j - 2] && from[i - 2] == to[j - 1];
      if (swapped) row[j] = std::min(row[j], before[j - 2] + 1);
    }
  }
  return row[to.size()];
}

/// The candidate fewest edits away from `word`, the first of equals; none when even that one is
/// more than a third of the word away (and more than one edit). Capitals count as small letters.
/// `candidates` is any range of strings.
template <class Candidates>
std::optional<std::string> nearest(std::string_view word, const Candidates& candidates) {
  const auto small = [](std::string_view text) {
    std::string out;
    for (const char c : text) out += c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
    return out;
  };
  const auto wanted = small(word);
  std::optional<std::string> best;
  std::size_t fewest = std::max<std::size_t>(1, word.size() / 3) + 1;
  for (const auto& candidate : candidates) {
    const std::size_t edits = edit_distance(wanted, small(candidate));
    if (edits < fewest) {
      fewest = edits;
      best = std::string{candidate};
    }
  }
  return best;
}

/// `; did you mean 'dense'?` or nothing: the end of a message about an unknown `word`.
template <class Candidates>
std::string did_you_mean(std::string_view word, const Candidates& candidates) {
  const auto best = nearest(word, candidates);
  return best ? "; did you mean '" + *best + "'?" : std::string{};
}

}  // namespace steppe
