// ELF, System V ABI chapter 5: the header says where the table of segments is, each segment where
// it lies in the file.
#include "framework/plugin/cut_off.hpp"

#include <cstring>
#include <fstream>
#include <system_error>

#include <elf.h>

namespace steppe::plugin {

bool is_cut_off(const std::filesystem::path& library) {
  std::error_code failure;
  const auto size = std::filesystem::file_size(library, failure);
  std::ifstream in{library, std::ios::binary};
  Elf64_Ehdr header{};
  in.read(reinterpret_cast<char*>(&header), sizeof header);
  // Others are refused by the loader, which looks at as much of the header.
  if (failure || !in || std::memcmp(header.e_ident, ELFMAG, SELFMAG) != 0 ||
      header.e_ident[EI_CLASS] != ELFCLASS64)
    return false;
  in.seekg(static_cast<std::streamoff>(header.e_phoff));
  for (unsigned i = 0; i < header.e_phnum; ++i) {
    Elf64_Phdr segment{};
    in.read(reinterpret_cast<char*>(&segment), sizeof segment);
    if (!in || segment.p_offset > size || segment.p_filesz > size - segment.p_offset) return true;
  }
  return false;
}

}  // namespace steppe::plugin
