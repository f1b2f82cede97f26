// Readers and transforms: the same settings give the same rows, whichever way they are cut.
#include "framework/plugin/handles.hpp"
#include "framework/verify/bench.hpp"
#include "framework/verify/checks.hpp"

#include <algorithm>
#include <optional>

#include <fmt/format.h>

namespace steppe::verify {

namespace {

/// Rows as a stage gives them, columns of every role.
class Table final : public plugin::RowReceiver {
 public:
  void columns(const Columns& columns) override { columns_ = columns; }
  void append(std::size_t rows, const float* values, const std::uint64_t* event_ids) override {
    values_.insert(values_.end(), values, values + rows * columns_.size());
    event_ids_.insert(event_ids_.end(), event_ids, event_ids + rows);
  }

  const Columns& columns() const { return columns_; }
  std::size_t rows() const { return event_ids_.size(); }
  const float* values(std::size_t row) const { return values_.data() + row * columns_.size(); }
  const std::uint64_t* event_ids(std::size_t row) const { return event_ids_.data() + row; }

  /// What differs, "" when nothing does.
  std::string difference(const Table& other) const {
    if (rows() != other.rows())
      return fmt::format("there are {} events and {}", rows(), other.rows());
    if (event_ids_ != other.event_ids_) return "event ids differ";
    return same_bits(values_, other.values_) ? "" : "values differ";
  }

 private:
  Columns columns_;
  std::vector<float> values_;
  std::vector<std::uint64_t> event_ids_;
};

plugin::Instance instance_of(const pipeline::Stage& stage) {
  return {*stage.info, stage.settings, stage.name};
}

Table read(const pipeline::Stage& stage) {
  const auto reader = instance_of(stage);
  plugin::StageHost host{"reader", stage.name, {}};
  Table out;
  plugin::read(reader, host, out);
  return out;
}

Table transformed(const pipeline::Stage& stage, const Table& input, std::size_t chunk) {
  const auto transform = instance_of(stage);
  const plugin::BoundTransform bound{transform, input.columns()};
  plugin::StageHost host{"transform", stage.name, {}};
  std::optional<plugin::Survey> survey;
  if (bound.surveys()) survey.emplace(bound, host);
  const auto each_chunk = [&](const auto& work) {
    for (std::size_t row = 0; row < input.rows(); row += chunk)
      work(row, std::min(chunk, input.rows() - row));
  };
  if (survey)
    each_chunk([&](std::size_t row, std::size_t count) {
      survey->add(host, count, input.values(row), input.event_ids(row));
    });
  Table out;
  out.columns(plugin::transform_columns(transform, input.columns()));
  each_chunk([&](std::size_t row, std::size_t count) {
    bound.apply(host, survey ? survey->get() : nullptr, count, input.values(row),
                input.event_ids(row), out);
  });
  return out;
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

std::string fault_of_chunks(const pipeline::DataNode& node) {
  auto input = read(node.reader);
  for (std::size_t i = 0; i + 1 < node.transforms.size(); ++i)
    input = transformed(node.transforms[i], input, input.rows());
  const auto& stage = node.transforms.back();
  const auto whole = transformed(stage, input, input.rows());
  for (const std::size_t chunk : {1U, 7U, 64U})
    if (const auto differs = whole.difference(transformed(stage, input, chunk)); !differs.empty())
      return fmt::format("in chunks of {} events: {}", chunk, differs);
  return "";
}

}  // namespace

std::vector<Check> reader_checks(const Subject& subject) {
  return {{subject.title(), "gives the same rows twice",
           [&catalogue = subject.catalogue, name = subject.stage.name,
            sets = subject.sets("reader.it")] {
             const auto text =
                 fmt::format("[pipeline]\nname = \"it\"\n[reader.it]\nuse = \"{}\"\n", name);
             const auto node = data_of(catalogue, text, "it", sets);
             return read(node.reader).difference(read(node.reader));
           }}};
}

std::vector<Check> transform_checks(const Subject& subject) {
  return {{subject.title(), "gives the same rows, whichever way they are cut into chunks",
           [&catalogue = subject.catalogue, name = subject.stage.name,
            sets = subject.sets("transform.it")] {
             return fault_of_chunks(node_of(catalogue, name, sets));
           }}};
}

}  // namespace steppe::verify
