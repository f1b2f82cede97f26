// How far distributions of columns are apart, as a table.
#pragma once

#include "framework/report/results_tables.hpp"
#include "framework/report/table.hpp"

namespace steppe::report {

/// One row a column, class and data set: separation and chi^2 per degree of freedom to the first
/// data set. Without rows where nothing was compared.
Table distribution_table(const Json& results);

}  // namespace steppe::report
