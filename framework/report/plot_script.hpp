// Plots in the language of gnuplot, in the manner of the field: ticks inwards on all four sides, no
// title of its own, the ratio in a second panel. Texts are quoted strings and `noenhanced`, so
// gnuplot reads nothing into them.
#pragma once

#include "framework/report/plot.hpp"

#include <filesystem>
#include <string>

namespace steppe::report {

/// The numbers of all series, a block each: x, y, low, high.
std::string plot_data(const Plot& plot);

/// Draws what `plot_data` left in the file `data`, on whatever terminal is set.
std::string plot_commands(const Plot& plot, const std::filesystem::path& data);

/// Draws the `commands` to `svg`, and to `pdf` where gnuplot can.
std::string plot_script(const Plot& plot, const std::filesystem::path& commands,
                        const std::filesystem::path& svg, const std::filesystem::path& pdf);

}  // namespace steppe::report
