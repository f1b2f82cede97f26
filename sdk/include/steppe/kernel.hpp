// Inner loops, compiled for several instruction sets and chosen when the library is loaded.
//
// The build itself is portable. Contraction is off, and where every sum has an explicit order all
// clones give the same bits; only their speed differs.
#pragma once

// Sanitizers and clang cannot have it: the function that chooses runs before they are ready.
#if defined(__x86_64__) && defined(__GNUC__) && !defined(__clang__) && \
    !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)
#define STEPPE_KERNEL __attribute__((target_clones("arch=x86-64-v4", "arch=x86-64-v3", "default")))
#else
#define STEPPE_KERNEL
#endif

// Of a function, or behind the parameters of a lambda, that is part of a kernel: compiled for the
// kernel's instruction set, which it is only where it is inlined.
#define STEPPE_PART_OF_KERNEL __attribute__((always_inline))

// Before a loop: its steps are independent, even where an operand is also the result.
#if defined(__GNUC__) && !defined(__clang__)
#define STEPPE_INDEPENDENT _Pragma("GCC ivdep")
#else
#define STEPPE_INDEPENDENT
#endif
