#include "framework/data/splits.hpp"

#include <steppe/random.hpp>

namespace steppe::data {

Split split_named(std::string_view name) {
  if (name == "train") return Split::train;
  if (name == "validation") return Split::validation;
  return name == "all" ? Split::all : Split::test;
}

double fraction_of(Split split, const SplitFractions& fractions) {
  if (split == Split::train) return fractions.train;
  if (split == Split::validation) return fractions.validation;
  return split == Split::test ? fractions.test : 1;
}

Split split_of(std::uint64_t event_id, const SplitFractions& fractions) {
  const double place = static_cast<double>(stream_key("split", event_id) >> 11) * 0x1p-53;
  if (place < fractions.train) return Split::train;
  if (place < fractions.train + fractions.validation) return Split::validation;
  // What rounding leaves beyond the last bound belongs to the last split that is not empty.
  if (fractions.test > 0) return Split::test;
  return fractions.validation > 0 ? Split::validation : Split::train;
}

std::vector<std::uint32_t> rows_of(const Dataset& data, Split split,
                                   const SplitFractions& fractions) {
  std::vector<std::uint32_t> out;
  const auto ids = data.event_ids();
  for (std::size_t r = 0; r < ids.size(); ++r)
    if (split == Split::all || split_of(ids[r], fractions) == split)
      out.push_back(static_cast<std::uint32_t>(r));
  return out;
}

}  // namespace steppe::data
