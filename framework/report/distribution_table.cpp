#include "framework/report/distribution_table.hpp"

#include <algorithm>

namespace steppe::report {

namespace {

Cell number(const Json& values, const char* name, Table& table) {
  const auto& quantity = values.at(name);
  Cell out{"-", number_of(quantity, "value"), number_of(quantity, "uncertainty")};
  if (!quantity.contains("undefined")) return out;
  out.text = "undefined";
  const auto reason = quantity.at("undefined").get<std::string>();
  if (std::find(table.reasons.begin(), table.reasons.end(), reason) == table.reasons.end())
    table.reasons.push_back(reason);
  return out;
}

}  // namespace

Table distribution_table(const Json& results) {
  Table out{
      "distributions",
      "Distributions: separation (0 equal, 1 nothing in common) and chi^2 per degree of "
      "freedom",
      {"distribution", "where", "column", "class", "of", "to", "separation", "chi2/ndf", "ndf"},
      6,
      {}};
  for (const auto& entry : list_of(results, "distributions"))
    for (const auto& pair : entry.at("comparisons")) {
      auto& row = out.rows.emplace_back();
      const auto text = [&](const Json& from, const char* key) {
        row.push_back({from.at(key).get<std::string>()});
      };
      text(entry, "distribution");
      const auto place = place_of(entry.at("point"));
      row.push_back({place.empty() ? "all" : place});
      text(entry, "column");
      for (const auto* key : {"class", "of", "to"}) text(pair, key);
      for (const auto* name : {"separation", "chi2_per_ndf", "ndf"})
        row.push_back(number(pair.at("values"), name, out));
    }
  return out;
}

}  // namespace steppe::report
