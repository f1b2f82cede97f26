// How precisely products of matrices are made, and what of that is worth it on this processor.
//
// Steppe's numbers are float32. Units for bfloat16 (AMX) make products an order of magnitude faster
// than those for float32, so operands can be split into bfloat16 terms whose products are added in
// float32: docs/decisions/0012-precision.md.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace steppe::compute {

/// Arithmetic of a product; its sums are float32 in all of them. An operand is the sum of its
/// terms, each the bfloat16 nearest to what those before it leave: a = a0 + a1 + a2 to 2^-8 with
/// one of them, 2^-16 with two, and exactly with three (Henry, Tang and Heinecke,
/// arXiv:1904.06376).
enum class Precision {
  f32,
  bf16x6,  ///< a0 b0 + a0 b1 + a1 b0 + a0 b2 + a1 b1 + a2 b0: as good as f32
  bf16x3,  ///< a0 b0 + a0 b1 + a1 b0
  bf16x2,  ///< a0 b0 + a1 b0: the first operand is finer than the second
  bf16     ///< a0 b0
};

/// "bf16x3"
std::string_view name_of(Precision precision);
/// Those that a training can ask for, the most precise first: all but `bf16x2`.
std::vector<std::string> precision_names();
/// nullopt: none that can be asked for.
std::optional<Precision> precision_called(std::string_view name);

/// Environment variable; "always" makes bfloat16 products where they are slower than f32 too.
inline constexpr auto bf16_variable = "STEPPE_BF16";

/// Whether these instruction sets of oneDNN (`dnnl::cpu_isa`) make bfloat16 products faster than
/// f32: those with AMX do. On others a product takes longer than in f32, or fails.
bool has_fast_bf16(unsigned instruction_sets);

/// What products are made in on this device, where `wanted` was asked for: f32 in place of what has
/// no use on this processor, and on a GPU always. Precisions as such are possible wherever oneDNN
/// has them.
Precision precision_here(Precision wanted, std::string_view device = "cpu");

/// "needs a processor with AMX; this one has avx512_core": what is missing for bfloat16 products;
/// "" where `precision_here` gives what was asked for.
std::string why_no_bf16(std::string_view device = "cpu");

}  // namespace steppe::compute
