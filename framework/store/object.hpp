// An object of the store: texts and columns in the layout of safetensors (framework/data/
// tensor_layout.hpp), with a kind, its key and a checksum of the whole file among the texts.
// Described in docs/store.md.
#pragma once

#include "framework/data/tensor_layout.hpp"
#include "framework/store/error.hpp"
#include "framework/store/key.hpp"

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace steppe::store {

struct Column {
  std::string name;
  std::vector<std::size_t> shape;
  std::variant<std::vector<float>, std::vector<double>, std::vector<std::int64_t>,
               std::vector<std::uint64_t>, std::vector<std::byte>>
      values;  ///< as many as the shape says
};

/// What is kept.
struct Artifact {
  std::string kind;                          ///< "training"
  std::map<std::string, std::string> texts;  ///< any but those below
  std::vector<Column> columns;
};

/// Texts that the store adds.
inline constexpr std::string_view format_text = "object", kind_text = "kind", key_text = "key",
                                  checksum_text = "xxh3";

std::string to_bytes(const Artifact& artifact, const Key& key);

/// A file in memory, as it lies on disk; read when it is looked at.
class MappedFile {
 public:
  /// @throws StoreError with the system's reason.
  explicit MappedFile(const std::filesystem::path& path);
  ~MappedFile();
  MappedFile(MappedFile&& other) noexcept;
  MappedFile& operator=(MappedFile&& other) noexcept;

  std::string_view bytes() const { return {data_, size_}; }

 private:
  const char* data_ = nullptr;
  std::size_t size_ = 0;
};

/// An object as it was written: its checksum is right. It stays readable when it is removed from
/// the store meanwhile.
class Object {
 public:
  /// @throws Damaged, saying how; StoreError when there is no such file.
  Object(const std::filesystem::path& path, const Key& key);

  const std::filesystem::path& path() const { return path_; }
  /// The whole file.
  std::string_view bytes() const { return file_.bytes(); }
  const std::string& kind() const { return header_.texts.at(std::string{kind_text}); }
  const std::map<std::string, std::string>& texts() const { return header_.texts; }
  /// @throws Damaged when there is none of this name, or of another type, as all below.
  const std::string& text(const std::string& name) const;
  const std::vector<std::size_t>& shape(const std::string& name) const;
  std::span<const float> floats(const std::string& name) const;
  std::span<const double> doubles(const std::string& name) const;
  std::span<const std::int64_t> integers(const std::string& name) const;
  std::span<const std::uint64_t> counts(const std::string& name) const;
  std::span<const std::byte> bytes(const std::string& name) const;

 private:
  const data::TensorEntry& entry(const std::string& name) const;
  template <class Number>
  std::span<const Number> values(const std::string& name, std::string_view type) const;
  [[noreturn]] void fail(const std::string& what) const;

  std::filesystem::path path_;
  MappedFile file_;
  data::TensorHeader header_;
};

/// Texts of an object without looking at its values or its checksum. @throws Damaged, StoreError.
std::map<std::string, std::string> texts_of(const std::filesystem::path& path);

}  // namespace steppe::store
