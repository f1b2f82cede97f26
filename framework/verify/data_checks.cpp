// Readers and transforms: the same settings give the same rows, whichever way they are cut.
#include "framework/run/dataset.hpp"
#include "framework/verify/bench.hpp"
#include "framework/verify/checks.hpp"

#include <algorithm>

#include <fmt/format.h>

namespace steppe::verify {

namespace {

using Loaded = std::shared_ptr<const data::Dataset>;

Loaded load(const pipeline::DataNode& node, std::size_t chunk) {
  return run::load_dataset(node, {}, data::Purpose::apply, chunk);
}

std::vector<float> all_of(const compute::HostMatrix& matrix) {
  std::vector<float> out;
  for (std::size_t r = 0; r < matrix.rows; ++r)
    out.insert(out.end(), matrix.row(r), matrix.row(r) + matrix.columns);
  return out;
}

/// What differs between two data sets, "" when they are the same bits.
std::string difference(const data::Dataset& a, const data::Dataset& b) {
  if (a.rows() != b.rows()) return fmt::format("there are {} events and {}", a.rows(), b.rows());
  if (!std::ranges::equal(a.event_ids(), b.event_ids())) return "event ids differ";
  const auto same = [&](compute::HostMatrix (data::Dataset::*part)() const) {
    return same_bits(all_of((a.*part)()), all_of((b.*part)()));
  };
  if (!same(&data::Dataset::features)) return "features differ";
  if (!same(&data::Dataset::labels) || !same(&data::Dataset::weights))
    return "labels or event weights differ";
  return same(&data::Dataset::masks) ? "" : "masks differ";
}

/// A transform as a data node on toy jets, or on jet features where it needs these.
pipeline::DataNode node_of(const plugin::Catalogue& catalogue, const std::string& transform,
                           const std::vector<std::string>& sets) {
  const auto on = [&](const char* input) {
    return data_of(catalogue,
                   fmt::format("{}[transform.it]\nuse = \"{}\"\ninput = [\"{}\"]\n", tiny_data,
                               transform, input),
                   "it", sets);
  };
  try {
    return on("toy");
  } catch (const Refused&) {
  }
  try {
    return on("features");
  } catch (const Refused& refused) {
    throw LeftOut{fmt::format("it takes neither toy jets nor their features: {}", refused.what())};
  }
}

}  // namespace

std::vector<Check> reader_checks(const Subject& subject) {
  return {{subject.title(), "gives the same rows twice",
           [&catalogue = subject.catalogue, name = subject.stage.name,
            sets = subject.sets("reader.it")] {
             const auto text =
                 fmt::format("[pipeline]\nname = \"it\"\n[reader.it]\nuse = \"{}\"\n", name);
             const auto node = data_of(catalogue, text, "it", sets);
             return difference(*load(node, 1024), *load(node, 1024));
           }}};
}

std::vector<Check> transform_checks(const Subject& subject) {
  return {{subject.title(), "gives the same rows, whichever way they are cut into chunks",
           [&catalogue = subject.catalogue, name = subject.stage.name,
            sets = subject.sets("transform.it")] {
             const auto node = node_of(catalogue, name, sets);
             const auto whole = load(node, 1024);
             for (const std::size_t chunk : {1U, 7U, 64U})
               if (const auto differs = difference(*whole, *load(node, chunk)); !differs.empty())
                 return fmt::format("in chunks of {} events: {}", chunk, differs);
             return std::string{};
           }}};
}

}  // namespace steppe::verify
