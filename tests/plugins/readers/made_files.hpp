// Files made for one test: a folder that is gone after it, and bytes to put there.
#pragma once

#include <bit>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <string>
#include <string_view>
#include <vector>

#include "plugin_fixture.hpp"
#include <gtest/gtest.h>
#include <unistd.h>

namespace steppe::testing {

class MadeFiles : public ::testing::Test {
 protected:
  MadeFiles() { std::filesystem::create_directories(folder_); }
  ~MadeFiles() override { std::filesystem::remove_all(folder_); }

  std::string path(const std::string& name) const { return (folder_ / name).string(); }

  std::string write(const std::string& name, std::string_view bytes) const {
    std::ofstream{path(name), std::ios::binary} << bytes;
    return path(name);
  }

  std::string bytes_of(const std::string& name) const {
    std::ifstream file{path(name), std::ios::binary};
    return {std::istreambuf_iterator<char>{file}, {}};
  }

  /// Keeps the first part of a file.
  void cut(const std::string& name, double part) const {
    const auto size = static_cast<double>(std::filesystem::file_size(path(name)));
    std::filesystem::resize_file(path(name), static_cast<std::uintmax_t>(size * part));
  }

 private:
  std::filesystem::path folder_ =
      std::filesystem::temp_directory_path() / ("steppe-files-" + std::to_string(getpid()));
};

/// The bytes of numbers in this machine's order, or the other one.
template <class Number>
std::string bytes_of_numbers(const std::vector<double>& numbers, bool other_order = false) {
  std::string out;
  for (const double number : numbers) {
    auto value = static_cast<Number>(number);
    std::string bytes(reinterpret_cast<const char*>(&value), sizeof value);
    if (other_order) bytes = std::string{bytes.rbegin(), bytes.rend()};
    out += bytes;
  }
  return out;
}

/// Everything a reader gives with these settings. @throws Error with its sentence.
inline Collected read_with(const std::string& reader, const Settings& settings) {
  StageUnderTest stage{reader, settings};
  return read(stage);
}

/// The settings with one more.
inline Settings with(Settings settings, const std::string& name, const Given& value) {
  settings.insert_or_assign(name, value);
  return settings;
}

/// A file that is cut short anywhere is told: `write_and_read` gets each beginning of the bytes.
template <class WriteAndRead>
void expect_every_beginning_is_told(const std::string& bytes, const WriteAndRead& write_and_read,
                                    std::size_t step = 1) {
  EXPECT_EQ(sentence_of([&] { write_and_read(bytes); }), "");
  for (std::size_t size = 0; size < bytes.size(); size += step)
    EXPECT_NE(sentence_of([&] { write_and_read(bytes.substr(0, size)); }), "") << size;
}

/// The same bytes, whatever number of rows is read at a time.
inline void expect_same_for_every_chunk(const std::string& reader, const Settings& settings) {
  const auto whole = read_with(reader, settings);
  ASSERT_GT(whole.rows(), 0U);
  for (const int chunk : {1, 2, 3, 7, 1000}) {
    const auto parts = read_with(reader, with(settings, "chunk", chunk));
    EXPECT_EQ(parts.event_ids, whole.event_ids) << chunk;
    ASSERT_EQ(parts.values.size(), whole.values.size()) << chunk;
    for (std::size_t i = 0; i < whole.values.size(); ++i)
      ASSERT_EQ(std::bit_cast<std::uint32_t>(parts.values[i]),
                std::bit_cast<std::uint32_t>(whole.values[i]))
          << "value " << i << " with chunk " << chunk;
  }
}

}  // namespace steppe::testing
