// The leading constituents of a jet, or the members of any other group, in a fixed number of slots.
#include <steppe/nearest.hpp>
#include <steppe/transform.hpp>

#include <algorithm>
#include <numeric>
#include <optional>
#include <string>
#include <vector>

namespace {

using steppe::Column;
using steppe::ColumnKind;
using steppe::Columns;
using steppe::Error;
using steppe::Role;

enum class Order { pt, as_read };

constexpr std::size_t none = static_cast<std::size_t>(-1);

/// Where the columns of a group stand in a row. Every slot has the same ones.
struct Layout {
  std::vector<std::string> names;               ///< of a slot's columns: "pt", "filled"
  std::vector<std::vector<std::size_t>> slots;  ///< [slot][name]: place in the row
  std::vector<std::size_t> others;              ///< columns that belong to no slot
  std::size_t pt = none, mask = none;           ///< into `names`

  /// How hard a slot is; a logarithm serves as well.
  float hardness(const float* row, std::size_t slot) const { return row[slots[slot][pt]]; }
  bool filled(const float* row, std::size_t slot) const {
    return mask == none ? hardness(row, slot) > 0 : row[slots[slot][mask]] > 0;
  }
};

struct Constituents {
  struct Parameters {
    int slots = 0;
    Order order = Order::pt;
    std::vector<std::string> drop;
    std::string group = "constituent";

    static auto schema() {
      return steppe::schema(
          steppe::field<&Parameters::slots>("slots an event has afterwards; 0: as many as before",
                                            steppe::between(0, 100000)),
          steppe::field<&Parameters::order>("which come first: the hardest, or as they are",
                                            steppe::choices({"pt", "as_read"})),
          steppe::field<&Parameters::drop>(
              "columns of a slot to leave out, by the last part of their names, such as 'd0'"),
          steppe::field<&Parameters::group>("group of the columns"));
    }
  };
  Parameters parameters;

  Columns columns(const Columns& input) const {
    const auto layout = find(input);
    Columns out;
    out.domain = input.domain;
    for (std::size_t slot = 0; slot < slots(layout); ++slot) {
      for (const auto name : kept(layout)) {
        Column column = input.items[layout.slots[0][name]];
        column.name = prefix(slot) + layout.names[name];
        column.slot = static_cast<int>(slot);
        out.items.push_back(std::move(column));
      }
      if (layout.mask == none)
        out.items.push_back({prefix(slot) + "filled", "", Role::mask, parameters.group,
                             static_cast<int>(slot), ColumnKind::flag});
    }
    for (const auto other : layout.others) out.items.push_back(input.items[other]);
    return out;
  }

  void apply(const Columns& input, const steppe::Rows& rows, const steppe::RowSink& sink) const {
    const auto layout = find(input);
    const auto names = kept(layout);
    const auto width = names.size() + (layout.mask == none ? 1 : 0);
    std::vector<std::size_t> order(layout.slots.size());
    std::vector<float> values;
    values.reserve(rows.count * (slots(layout) * width + layout.others.size()));
    for (std::size_t r = 0; r < rows.count; ++r) {
      const float* row = rows.row(r).data();
      arrange(layout, row, order);
      for (std::size_t slot = 0; slot < slots(layout); ++slot) {
        const bool filled = slot < order.size() && layout.filled(row, order[slot]);
        for (const auto name : names)
          values.push_back(filled ? row[layout.slots[order[slot]][name]] : 0.0F);
        if (layout.mask == none) values.push_back(filled ? 1.0F : 0.0F);
      }
      for (const auto other : layout.others) values.push_back(row[other]);
    }
    sink.append(values, rows.event_ids);
  }

 private:
  std::string prefix(std::size_t slot) const {
    return parameters.group + "." + std::to_string(slot) + ".";
  }
  std::size_t slots(const Layout& layout) const {
    return parameters.slots == 0 ? layout.slots.size() : static_cast<std::size_t>(parameters.slots);
  }

  /// The order of the slots of an event: filled ones first where they are sorted, equals as they
  /// were.
  void arrange(const Layout& layout, const float* row, std::vector<std::size_t>& order) const {
    std::iota(order.begin(), order.end(), std::size_t{0});
    if (parameters.order == Order::as_read) return;
    std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) {
      const bool a_filled = layout.filled(row, a), b_filled = layout.filled(row, b);
      if (a_filled != b_filled) return a_filled;
      return a_filled && layout.hardness(row, a) > layout.hardness(row, b);
    });
  }

  /// Places in `names` of what is not left out.
  std::vector<std::size_t> kept(const Layout& layout) const {
    std::vector<std::size_t> out;
    for (std::size_t n = 0; n < layout.names.size(); ++n)
      if (std::find(parameters.drop.begin(), parameters.drop.end(), layout.names[n]) ==
          parameters.drop.end())
        out.push_back(n);
    return out;
  }

  Layout find(const Columns& input) const {
    Layout out;
    for (std::size_t i = 0; i < input.size(); ++i) add(input.items[i], i, out);
    if (out.slots.empty())
      throw Error{"the input has no columns of a group '" + parameters.group + "'"};
    for (std::size_t slot = 0; slot < out.slots.size(); ++slot) {
      out.slots[slot].resize(out.names.size(), none);
      for (std::size_t n = 0; n < out.names.size(); ++n)
        if (out.slots[slot][n] == none)
          throw Error{"the input has no column '" + prefix(slot) + out.names[n] +
                      "', and other slots have it"};
    }
    check(out);
    return out;
  }

  void add(const Column& column, std::size_t place, Layout& to) const {
    if (column.group != parameters.group || column.slot < 0) {
      to.others.push_back(place);
      return;
    }
    const auto slot = static_cast<std::size_t>(column.slot);
    const auto start = prefix(slot);
    if (!column.name.starts_with(start))
      throw Error{"column '" + column.name + "' is in slot " + std::to_string(slot) +
                  ", so its name should begin with '" + start + "'"};
    const auto name = column.name.substr(start.size());
    const auto known = std::find(to.names.begin(), to.names.end(), name);
    const auto n = static_cast<std::size_t>(known - to.names.begin());
    if (known == to.names.end()) to.names.push_back(name);
    if (column.role == Role::mask) to.mask = n;
    if (name == "pt" || (name == "log_pt" && to.pt == none)) to.pt = n;
    if (to.slots.size() <= slot) to.slots.resize(slot + 1);
    if (to.slots[slot].size() <= n) to.slots[slot].resize(n + 1, none);
    to.slots[slot][n] = place;
  }

  void check(const Layout& layout) const {
    if (parameters.order == Order::pt && layout.pt == none)
      throw Error{"group '" + parameters.group +
                  "' has neither 'pt' nor 'log_pt' to sort by; order = \"as_read\" does not sort"};
    if (layout.mask == none && (layout.pt == none || layout.names[layout.pt] != "pt"))
      throw Error{"group '" + parameters.group +
                  "' has no mask and no 'pt', so nothing says which slots are filled"};
    for (const auto& name : parameters.drop) {
      if (std::find(layout.names.begin(), layout.names.end(), name) == layout.names.end())
        throw Error{"'drop': a slot has no column '" + name + "'" +
                    steppe::did_you_mean(name, layout.names)};
      if (layout.mask != none && name == layout.names[layout.mask])
        throw Error{"'drop': '" + name + "' is the mask, which says what padding is; it stays"};
    }
  }
};

}  // namespace

STEPPE_PLUGIN(steppe::transform<Constituents>({
    .name = "constituents",
    .summary = "the leading slots of a group, sorted, padded, with fewer columns each",
    .text = "Works on the columns of one group, `constituent.N.<name>` unless told otherwise, raw "
            "ones as well as features. Gives `slots` slots: the hardest by `pt` (or `log_pt`) with "
            "order = \"pt\", those filled first and equals in the order they came in; or the first "
            "as they are with \"as_read\". Empty slots, and slots beyond those of the input, are "
            "zero with mask 0. A mask `filled`, pt > 0, is appended to each slot where the input "
            "has none. Columns outside the group follow, unchanged: those of the jet still tell of "
            "all constituents.",
    .example = "[transform.leading]\nuse   = \"constituents\"\nslots = 20\ndrop  = [\"d0\", "
               "\"dz\"]\ninput = [\"pythia\", \"herwig\"]",
}))
