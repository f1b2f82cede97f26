#include "framework/run/keep/nearest.hpp"

#include <algorithm>
#include <limits>

namespace steppe::run {

namespace {

using Values = std::span<const std::uint32_t>;

/// Things as rows of values, with a column for each name of a field that is not the same in all.
class Differing {
 public:
  explicit Differing(std::size_t rows) : rows_{rows} {}

  /// Every row, before the first of `add`.
  void look_at(const NumberedFields& fields) {
    for (const auto [name, value] : fields) {
      if (name >= columns_.size()) columns_.resize(name + 1);
      auto& column = columns_[name];
      if (column.seen++ == 0) column.first = value;
      column.differs |= column.first != value;
    }
  }

  void add(const NumberedFields& fields) {
    if (values_.empty()) place_columns();
    auto* row = &values_[added_++ * width_];
    for (const auto [name, value] : fields)
      if (const auto place = columns_[name].place; place < width_) row[place] = value;
  }

  std::size_t width() const { return width_; }
  Values row(std::size_t index) const { return Values{values_}.subspan(index * width_, width_); }

 private:
  static constexpr auto absent = std::numeric_limits<std::uint32_t>::max();
  static constexpr auto nowhere = std::numeric_limits<std::size_t>::max();
  struct Column {
    std::uint32_t first = 0;
    bool differs = false;
    std::size_t seen = 0, place = nowhere;
  };

  void place_columns() {
    for (auto& column : columns_)
      if (column.seen > 0 && (column.differs || column.seen != rows_)) column.place = width_++;
    values_.assign(rows_ * width_ + 1, absent);
  }

  std::size_t rows_, width_ = 0, added_ = 0;
  std::vector<Column> columns_;  ///< by the number of their name
  std::vector<std::uint32_t> values_;
};

std::size_t differences(Values a, Values b) {
  std::size_t out = 0;
  for (std::size_t i = 0; i < a.size(); ++i) out += a[i] != b[i] ? 1 : 0;
  return out;
}

/// Of one value in one column; those of a row are added up. (The mixer of SplitMix64, Steele, Lea
/// and Flood, OOPSLA 2014.)
std::uint64_t mixed(std::size_t column, std::uint32_t value) {
  auto x = (std::uint64_t{column} << 32 | value) + 0x9e3779b97f4a7c15U;
  x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9U;
  x = (x ^ (x >> 27)) * 0x94d049bb133111ebU;
  return x ^ (x >> 31);
}

std::uint64_t mixed(Values row) {
  std::uint64_t out = 0;
  for (std::size_t c = 0; c < row.size(); ++c) out += mixed(c, row[c]);
  return out;
}

/// The first `wanted` rows are those that are wanted, the others were made.
class Search {
 public:
  Search(const Differing& rows, std::size_t wanted, std::size_t made)
      : rows_{rows}, wanted_{wanted}, found_(wanted) {
    for (std::size_t r = 0; r < wanted + made; ++r) sums_.push_back(mixed(rows.row(r)));
  }

  std::vector<std::optional<std::size_t>> run() {
    for (std::size_t c = 0; c < rows_.width(); ++c) find_but_for(c);
    for (std::size_t w = 0; w < wanted_; ++w)
      if (!found_[w]) found_[w] = fewest(w);
    return std::move(found_);
  }

 private:
  /// Finds those that are the same but for one column.
  void find_but_for(std::size_t column) {
    const auto rest = [&](std::size_t r) { return sums_[r] - mixed(column, rows_.row(r)[column]); };
    made_.clear();
    for (std::size_t r = wanted_; r < sums_.size(); ++r) made_.emplace(rest(r), r);
    for (std::size_t w = 0; w < wanted_; ++w) {
      if (found_[w]) continue;
      const auto place = made_.find(rest(w));
      if (place != made_.end() && differences(rows_.row(w), rows_.row(place->second)) <= 1)
        found_[w] = place->second - wanted_;
    }
  }

  std::optional<std::size_t> fewest(std::size_t w) const {
    std::optional<std::size_t> out;
    auto count = std::numeric_limits<std::size_t>::max();
    const auto last = sums_.size(), first = last - std::min(looked_at, last - wanted_);
    for (auto r = last; r-- > first;)
      if (const auto differ = differences(rows_.row(w), rows_.row(r)); differ < count) {
        count = differ;
        out = r - wanted_;
      }
    return out;
  }

  const Differing& rows_;
  std::size_t wanted_;
  std::vector<std::optional<std::size_t>> found_;
  std::vector<std::uint64_t> sums_;
  std::unordered_map<std::uint64_t, std::size_t> made_;
};

}  // namespace

std::uint32_t FieldNumbers::number(std::string text) {
  const auto [place, is_new] =
      numbers_.emplace(std::move(text), static_cast<std::uint32_t>(texts_.size()));
  if (is_new) texts_.push_back(&place->first);
  return place->second;
}

NumberedFields FieldNumbers::of(const store::KeyMaker& key) {
  NumberedFields out;
  add(key.nested_fields(), "", out);
  return out;
}

NumberedFields FieldNumbers::of(const std::vector<store::Field>& fields) {
  NumberedFields out;
  for (const auto& field : fields) out.push_back({number(field.name), number(field.value)});
  return out;
}

void FieldNumbers::add(const Nested& fields, const std::string& prefix, NumberedFields& out) {
  for (const auto& field : fields) {
    if (!field.fields) {
      if (prefix.empty() || field.name != store::kind_field)
        out.push_back({number(prefix + field.name), number(field.value)});
      continue;
    }
    const auto inner = prefix + field.name + ".";
    const auto [place, is_new] = shared_.try_emplace({number(inner), field.fields});
    if (is_new) {
      NumberedFields made;
      add(*field.fields, inner, made);
      place->second = std::move(made);
    }
    out.insert(out.end(), place->second.begin(), place->second.end());
  }
}

std::vector<std::optional<std::size_t>> nearest(const std::vector<NumberedFields>& wanted,
                                                const std::vector<NumberedFields>& made) {
  if (made.empty()) return std::vector<std::optional<std::size_t>>(wanted.size());
  Differing rows{wanted.size() + made.size()};
  for (const auto* list : {&wanted, &made})
    for (const auto& fields : *list) rows.look_at(fields);
  for (const auto* list : {&wanted, &made})
    for (const auto& fields : *list) rows.add(fields);
  return Search{rows, wanted.size(), made.size()}.run();
}

}  // namespace steppe::run
