#include "framework/cli/node_match.hpp"

#include <steppe/nearest.hpp>

#include <algorithm>

#include <fmt/format.h>

namespace steppe::cli {

namespace {

/// What names are made of: "fit", "attack=fgsm", "fgsm", "events".
std::vector<std::string> words_of(const std::vector<std::string>& names) {
  std::vector<std::string> out;
  for (const auto* between : {" ,()'", " ,()'="})
    for (const auto& name : names)
      for (std::size_t begin = 0; begin < name.size();) {
        const auto end = std::min(name.find_first_of(between, begin), name.size());
        if (end > begin) out.push_back(name.substr(begin, end - begin));
        begin = end + 1;
      }
  return out;
}

}  // namespace

std::vector<std::size_t> nodes_like(const std::vector<std::string>& names,
                                    const std::string& wanted) {
  std::vector<std::size_t> same, with;
  for (std::size_t i = 0; i < names.size(); ++i) {
    if (names[i] == wanted) same.push_back(i);
    if (names[i].find(wanted) != std::string::npos) with.push_back(i);
  }
  return same.empty() ? with : same;
}

std::string no_such_node(const std::vector<std::string>& names, const std::string& wanted) {
  auto known = names;
  for (auto& word : words_of(names)) known.push_back(std::move(word));
  const auto guess = did_you_mean(wanted, known);
  return fmt::format(
      "no node of the study has '{}' in its name{}", wanted,
      guess.empty() ? "; 'steppe why FILE' without a node shows those to be done" : guess);
}

}  // namespace steppe::cli
