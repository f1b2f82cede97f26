// Column names as PyTables keeps them for pandas: a Python list of texts, pickled with protocol 0,
// which is made of printable characters. Only what such a list is made of is understood.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace steppe {

/// The texts of the list; empty when it is something else.
inline std::vector<std::string> names_in_pickle(std::string_view pickle) {
  std::vector<std::string> out;
  std::map<std::string_view, std::string> stored;
  std::string last;
  std::size_t at = 0;
  const auto line = [&] {
    const auto end = std::min(pickle.find('\n', at), pickle.size());
    const auto text = pickle.substr(at, end - at);
    at = end + 1;
    return text;
  };
  while (at < pickle.size()) {
    switch (pickle[at++]) {
      case '(':  // a list begins
      case 'l':
        break;
      case 'V':
        last = line();
        break;
      case 'S': {  // a text in quotes
        const auto text = line();
        if (text.size() < 2) return {};
        last = text.substr(1, text.size() - 2);
        break;
      }
      case 'p':
        stored[line()] = last;
        break;
      case 'g':
        last = stored[line()];
        break;
      case 'a':
        out.push_back(last);
        break;
      case '.':
        return out;
      default:
        return {};
    }
  }
  return {};
}

}  // namespace steppe
