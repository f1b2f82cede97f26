// A store in a folder of its own, and something to put into it.
#pragma once

#include "framework/store/store.hpp"

#include <cstdio>
#include <exception>
#include <filesystem>
#include <fstream>
#include <functional>
#include <string>
#include <vector>

#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

namespace steppe::store::testing {

namespace fs = std::filesystem;

/// A folder that is gone when the test is.
class Folder : public ::testing::Test {
 protected:
  Folder() {
    std::string name = (fs::temp_directory_path() / "store_test.XXXXXX").string();
    folder_ = ::mkdtemp(name.data());
  }
  ~Folder() override {
    std::error_code ignored;
    fs::remove_all(folder_, ignored);
  }

  fs::path folder_;
};

inline Key numbered(std::uint64_t number) {
  KeyMaker key{"test"};
  key.count("number", number);
  return key.key();
}

inline Artifact example(std::size_t values = 5, float first = 1) {
  std::vector<float> floats(values);
  for (std::size_t i = 0; i < values; ++i) floats[i] = first + static_cast<float>(i);
  return {"example",
          {{"name", "a \"b\"\n\\c \xC3\xA9"}, {"trap", "\"xxh3\":\"0000"}},
          {{"floats", {values, 1}, floats},
           {"doubles", {2}, std::vector<double>{0.1, -0.0}},
           {"integers", {1, 1, 2}, std::vector<std::int64_t>{-7, 1}},
           {"bytes", {3}, std::vector<std::byte>{std::byte{7}, std::byte{0}, std::byte{255}}},
           {"counts", {1}, std::vector<std::uint64_t>{~std::uint64_t{0}}},
           {"empty", {0, 3}, std::vector<float>{}}}};
}

inline void write(const fs::path& path, const std::string& bytes) {
  std::ofstream{path, std::ios::binary} << bytes;
}

inline std::string read(const fs::path& path) {
  std::ifstream in{path, std::ios::binary};
  return {std::istreambuf_iterator<char>{in}, {}};
}

/// What `work` says when it throws a StoreError; "" when it does not.
template <class Work>
std::string refusal(const Work& work) {
  try {
    work();
  } catch (const StoreError& error) {
    return error.what();
  }
  return "";
}

/// `work` in a child process; @returns its number. The child ends with what `work` gives.
inline pid_t in_child(const std::function<int()>& work) {
  const auto child = ::fork();
  if (child != 0) return child;
  try {
    ::_exit(work());
  } catch (const std::exception& error) {
    std::fprintf(stderr, "%s\n", error.what());
  }
  ::_exit(1);
}

/// What a child ended with; 128 and more: by a signal.
inline int end_of(pid_t child) {
  int status = 0;
  ::waitpid(child, &status, 0);
  return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

}  // namespace steppe::store::testing
