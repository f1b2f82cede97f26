// What a process does before the eyes of another one, which wants to know at what it ended.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdio>
#include <exception>
#include <string>

namespace steppe::testing {

/// Each line on stdout is a word and a text: "try <task>" before it, then "made <task>" or
/// "bad <sentence>".
class Tasks {
 public:
  /// Those before number `first` are left out: an earlier process did them, or ended at them.
  explicit Tasks(std::size_t first) : first_{first} {}

  template <class Work>
  void run(const std::string& name, const Work& work) {
    if (next_++ < first_) return;
    tell("try", name);
    try {
      work();
      tell("made", name);
    } catch (const std::exception& error) {
      tell("bad", error.what());
    }
  }

  static void tell(const char* word, std::string text) {
    std::replace(text.begin(), text.end(), '\n', ' ');
    std::printf("%s %s\n", word, text.c_str());
    std::fflush(stdout);
  }

 private:
  std::size_t first_, next_ = 0;
};

}  // namespace steppe::testing
