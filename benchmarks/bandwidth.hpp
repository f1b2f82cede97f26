// How many bytes a second cores read, write and copy.
#pragma once

#include <cstddef>

namespace steppe::benchmarks {

enum class Traffic { read, write, copy };

/// Of `cores` threads at once, each with `bytes` of its own (of a copy half of them is the source),
/// in 10^9 bytes a second: the best of a few moments. A copy counts what it reads and what it
/// writes.
double gigabytes_per_second(Traffic traffic, std::size_t bytes, unsigned cores);

}  // namespace steppe::benchmarks
