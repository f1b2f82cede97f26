#include "framework/compute/precision.hpp"

#include "framework/compute/matmul.hpp"
#include "framework/compute/rooms.hpp"

#include <algorithm>
#include <array>
#include <cstdlib>
#include <span>
#include <utility>

#include <fmt/format.h>
#include <oneapi/dnnl/dnnl.hpp>

namespace steppe::compute {

namespace {

using Named = std::pair<Precision, std::string_view>;

constexpr std::array<Named, 5> names{{{Precision::f32, "f32"},
                                      {Precision::bf16x6, "bf16x6"},
                                      {Precision::bf16x3, "bf16x3"},
                                      {Precision::bf16, "bf16"},
                                      {Precision::bf16x2, "bf16x2"}}};
constexpr auto asked_for = std::span{names}.first<4>();

bool uses_bf16() {
  const char* said = std::getenv(bf16_variable);
  return (said && said == std::string_view{"always"}) ||
         has_fast_bf16(static_cast<unsigned>(dnnl::get_effective_cpu_isa()));
}

}  // namespace

std::string_view name_of(Precision precision) {
  return std::ranges::find(names, precision, &Named::first)->second;
}

std::vector<std::string> precision_names() {
  std::vector<std::string> out;
  for (const auto& [precision, name] : asked_for) out.emplace_back(name);
  return out;
}

std::optional<Precision> precision_called(std::string_view name) {
  const auto found = std::ranges::find(asked_for, name, &Named::second);
  if (found == asked_for.end()) return std::nullopt;
  return found->first;
}

bool has_fast_bf16(unsigned instruction_sets) {
  constexpr auto amx = static_cast<unsigned>(dnnl::cpu_isa::avx512_core_amx);
  return (instruction_sets & amx) == amx;
}

Precision precision_here(Precision wanted, std::string_view device) {
  return uses_bf16() && !is_gpu(device) ? wanted : Precision::f32;
}

std::string why_no_bf16(std::string_view device) {
  if (is_gpu(device)) return fmt::format("is none of '{}', whose products are in f32", device);
  if (uses_bf16()) return "";
  return fmt::format("needs a processor with AMX; this one has {}",
                     matmul_library().instruction_set);
}

}  // namespace steppe::compute
