#include "framework/compute/arena.hpp"

#include "framework/compute/tensor.hpp"

#include <algorithm>
#include <cstdint>
#include <cstring>
#include <iterator>
#include <utility>

#include <malloc.h>
#include <sys/mman.h>

namespace steppe::compute {

namespace {

constexpr std::size_t huge_page = std::size_t{1} << 21;

/// Addresses for `bytes`, from a multiple of the huge page on; null where there are none.
char* map_pages(std::size_t bytes) {
  void* all = ::mmap(nullptr, bytes + huge_page, PROT_READ | PROT_WRITE,
                     MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (all == MAP_FAILED) return nullptr;
  auto* const begin = static_cast<char*>(all);
  const auto before = (huge_page - reinterpret_cast<std::uintptr_t>(begin) % huge_page) % huge_page;
  if (before > 0) ::munmap(begin, before);
  if (before < huge_page) ::munmap(begin + before + bytes, huge_page - before);
  return begin + before;
}

}  // namespace

Arena::~Arena() {
  for (const auto& [begin, stretch] : stretches_) ::munmap(begin, stretch.bytes);
}

std::shared_ptr<float> Arena::take(std::size_t floats) {
  const std::size_t bytes = aligned(std::max<std::size_t>(floats, 1)) * sizeof(float);
  char* const block = give(bytes);
  if (!block) return nullptr;
  return {reinterpret_cast<float*>(block), [arena = shared_from_this(), bytes](float* given) {
            arena->give_back(reinterpret_cast<char*>(given), bytes);
          }};
}

char* Arena::give(std::size_t bytes) {
  const std::lock_guard lock{mutex_};
  char* const block = find(bytes);
  if (block) prepare(block, bytes);
  return block;
}

std::size_t Arena::taken() const {
  const std::lock_guard lock{mutex_};
  std::size_t sum = 0;
  for (const auto& [begin, stretch] : stretches_) sum += stretch.bytes;
  return sum;
}

/// The first bytes of the first free block that is large enough.
char* Arena::find(std::size_t bytes) {
  auto found = std::find_if(free_.begin(), free_.end(),
                            [&](const auto& block) { return block.second >= bytes; });
  if (found == free_.end()) found = add_stretch(bytes);
  if (found == free_.end()) return nullptr;
  const auto [block, room] = *found;
  free_.erase(found);
  if (room > bytes) free_.emplace(block + bytes, room - bytes);
  return block;
}

Arena::Free::iterator Arena::add_stretch(std::size_t bytes) {
#if defined(__GLIBC__)
  // What malloc keeps of a reader's buffers is no use here, and would be there in addition.
  if (stretches_.empty()) ::malloc_trim(0);
#endif
  const std::size_t whole = (bytes + huge_page - 1) / huge_page * huge_page;
  char* const begin = map_pages(whole);
  if (!begin) return free_.end();
  stretches_.emplace(begin, Stretch{whole});
  return free_.emplace(begin, whole).first;
}

std::pair<char* const, Arena::Stretch>& Arena::stretch_of(char* block) {
  return *std::prev(stretches_.upper_bound(block));
}

/// Zeroes what others had before, and asks for huge pages where half of them or more is given: a
/// small network has no use for one. They are asked for before anything in them is looked at, as
/// pages that are there stay as they are.
void Arena::prepare(char* block, std::size_t bytes) {
  auto& [begin, stretch] = stretch_of(block);
  const auto from = static_cast<std::size_t>(block - begin);
  if (from < stretch.used) std::memset(block, 0, std::min(bytes, stretch.used - from));
  stretch.used = std::max(stretch.used, from + bytes);
  const std::size_t wanted = (stretch.used + huge_page / 2) / huge_page * huge_page;
  if (wanted <= stretch.huge) return;
  // Where there are none, ordinary ones do.
  ::madvise(begin + stretch.huge, wanted - stretch.huge, MADV_HUGEPAGE);
  stretch.huge = wanted;
}

bool Arena::adjoin(Free::iterator before, Free::iterator behind) const {
  return before->first + before->second == behind->first && !stretches_.contains(behind->first);
}

/// Joins the block with free neighbours; a stretch that is free as a whole goes back to the system.
void Arena::give_back(char* block, std::size_t bytes) {
  const std::lock_guard lock{mutex_};
  auto here = free_.emplace(block, bytes).first;
  if (const auto behind = std::next(here); behind != free_.end() && adjoin(here, behind)) {
    here->second += behind->second;
    free_.erase(behind);
  }
  if (here != free_.begin() && adjoin(std::prev(here), here)) {
    const auto before = std::prev(here);
    before->second += here->second;
    free_.erase(here);
    here = before;
  }
  const auto stretch = stretches_.find(here->first);
  if (stretch == stretches_.end() || stretch->second.bytes != here->second) return;
  ::munmap(here->first, here->second);
  free_.erase(here);
  stretches_.erase(stretch);
}

}  // namespace steppe::compute
