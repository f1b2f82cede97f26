#include "framework/report/plot_script.hpp"

#include "framework/report/escape.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <iterator>

#include <fmt/format.h>

namespace steppe::report {

namespace {

constexpr std::size_t longest_label = 60;

/// Petroff's ten colours, told apart by most eyes (arXiv:2107.02270), after black; the greys last.
std::string colour(std::size_t index) {
  constexpr std::array colours{"#3f90da", "#ffa90e", "#bd1f01", "#832db6", "#a96b59",
                               "#e76300", "#92dadd", "#b9ac70", "#717581", "#94a4a2"};
  return index == 0 ? "black" : colours[(index - 1) % colours.size()];
}

/// Full circle, square, triangle, ... and the open ones.
int shape(std::size_t index) {
  constexpr std::array shapes{7, 5, 9, 11, 13, 6, 4, 8, 10, 12};
  return shapes[index % shapes.size()];
}

std::string text(const std::string& label) { return quote_gnuplot(label, longest_label); }
std::string file(const std::filesystem::path& path) {
  return quote_gnuplot(path.string(), path.string().size() + 1);
}

std::string title(const Series& series) {
  return series.name.empty() ? "notitle" : "title " + text(series.name);
}

/// The bands below, the lines above. `first`: the block of the first series.
std::string curves(const std::vector<Series>& list, std::size_t first) {
  std::string bands, lines;
  for (std::size_t s = 0; s < list.size(); ++s) {
    const auto line_colour = colour(list[s].colour);
    const auto& ends = list[s].low;
    if (std::any_of(ends.begin(), ends.end(), [](double end) { return std::isfinite(end); }))
      bands += fmt::format(
          "data index {} using 1:3:4 with filledcurves lc rgb '{}' "
          "fs transparent solid 0.18 noborder notitle, \\\n     ",
          first + s, line_colour);
    // A single point makes no line.
    const auto* kind = list[s].x.size() == 1 ? "linespoints pt 7 ps 0.8" : "lines";
    lines += fmt::format("{}data index {} using 1:2 with {} lw 2 dt {} lc rgb '{}' {}",
                         s == 0 ? "" : ", \\\n     ", first + s, kind, list[s].dashed ? 2 : 1,
                         line_colour, title(list[s]));
  }
  return "plot " + bands + lines + "\n";
}

std::string dots(const Plot& plot) {
  std::string out = "plot ";
  for (std::size_t s = 0; s < plot.series.size(); ++s)
    out += fmt::format(
        "{}data index {} using 1:2:3:4 with xerrorbars pt {} ps 1.1 lw 1.6 "
        "lc rgb '{}' {}",
        s == 0 ? "" : ", \\\n     ", s, shape(plot.series[s].colour), colour(plot.series[s].colour),
        title(plot.series[s]));
  return out + "\n";
}

/// A legend that lies on no data: in the empty corner of falling curves, else above the frame in as
/// many columns as its names allow.
std::string legend(const Plot& plot) {
  const std::string look = "set key reverse Left samplen 2 spacing 1.15 ";
  if (plot.log_y) return look + "top right\n";
  std::size_t count = 0, longest = 1;
  for (const auto& series : plot.series) {
    if (series.name.empty()) continue;
    ++count;
    longest = std::max(longest, std::min(series.name.size(), longest_label));
  }
  const auto columns = std::clamp<std::size_t>(50 / (longest + 6), 1, 5);
  const auto lines = static_cast<double>((count + columns - 1) / columns);
  return look +
         fmt::format(
             "at screen 0.5, screen 0.985 center top horizontal maxcols {}\nset tmargin {:.2f}\n",
             columns, 1.25 * lines + (plot.title.empty() ? 0.9 : 2.1));
}

/// 1, 2 or 5 times a power of ten: some four ticks in `range`.
double tic_step(double range) {
  const double power = std::pow(10, std::floor(std::log10(range / 4)));
  const double rest = range / 4 / power;
  return (rest < 1.5 ? 1 : rest < 3.5 ? 2 : rest < 7.5 ? 5 : 10) * power;
}

/// The step of the ticks along the dots, whose numbers may be long.
double dot_step(const Plot& plot) {
  double low = INFINITY, high = -INFINITY;
  for (const auto& series : plot.series)
    for (std::size_t i = 0; i < series.x.size(); ++i) {
      low = std::min(low, series.low[i]);
      high = std::max(high, series.high[i]);
    }
  return high > low ? tic_step(high - low) : 0;
}

std::string dot_axes(const Plot& plot) {
  std::string tics;
  for (std::size_t r = 0; r < plot.rows.size(); ++r)
    tics += fmt::format("{}{} {}", r == 0 ? "" : ", ",
                        quote_gnuplot_tic(plot.rows[r].empty() ? "all" : plot.rows[r], 30), r);
  const double step = dot_step(plot);
  const auto x_tics = step > 0 ? fmt::format("set xtics {:.4g}\n", step) : "";
  return x_tics +
         fmt::format(
             "set ytics nomirror ({})\nset yrange [{}:-0.6]\n"
             "set grid xtics lc rgb 'gray' lw 0.5\nset offsets graph 0.05, graph 0.05, 0, 0\n",
             tics, static_cast<double>(plot.rows.size()) - 0.4);
}

/// Powers of ten as such, and small ticks between them, which gnuplot leaves out beside ticks that
/// are given.
std::string log_tics() {
  constexpr std::array powers{"1", "10", "10²", "10³", "10⁴", "10⁵", "10⁶", "10⁷", "10⁸", "10⁹"};
  std::string out;
  for (std::size_t p = 0; p < powers.size(); ++p) {
    out += fmt::format("{}'{}' 1e{}", p == 0 ? "" : ", ", powers[p], p);
    for (int n = 2; n < 10; ++n) out += fmt::format(", '' {}e{} 1", n, p);
  }
  return "set logscale y\nset ytics (" + out + ")\n";
}

/// From 1 to above the highest mean, with room for the legend.
std::string log_range(const std::vector<Series>& list) {
  double highest = 10;
  for (const auto& series : list)
    for (const double y : series.y)
      if (std::isfinite(y)) highest = std::max(highest, y);
  return fmt::format("set yrange [1:{:.4g}]\n", highest * 3);
}

/// Around 1 and nine tenths of the ratios: where few events are left they go anywhere.
std::string ratio_range(const std::vector<Series>& list) {
  std::vector<double> values;
  for (const auto& series : list)
    std::copy_if(series.y.begin(), series.y.end(), std::back_inserter(values),
                 [](double y) { return std::isfinite(y); });
  if (values.empty()) return "";
  std::sort(values.begin(), values.end());
  const double low = std::min(1.0, values[values.size() / 20]);
  const double high = std::max(1.0, values[values.size() - 1 - values.size() / 20]);
  const double room = std::max(0.02, 0.25 * (high - low));
  return fmt::format("set yrange [{:.4g}:{:.4g}]\nset ytics {:.4g}\n", low - room, high + room,
                     tic_step(high - low + 2 * room));
}

/// Epochs and steps are counted: no ticks between them where all have one.
std::string counted_tics(const Plot& plot) {
  double last = 0;
  for (const auto& series : plot.series)
    for (const double x : series.x) {
      if (x != std::floor(x)) return "set mxtics\n";
      last = std::max(last, x);
    }
  return last <= 12 ? "set xtics 1\n" : "set mxtics\n";
}

/// From 0, or as the heights have it on a logarithmic axis, with room for the legend.
std::string histogram_axes(bool log_y) {
  return std::string("set mxtics\nset mytics\nset autoscale xfix\n") +
         (log_y ? "set logscale y\nset format y '%h'\nset key inside top center\n"
                : "set offsets 0, 0, graph 0.7, 0\nset yrange [0:*]\n"
                  "set key inside top right vertical width 0\n");
}

/// The frame above with the ratio below it, on one x axis.
std::string with_ratio(const Plot& plot) {
  return "set multiplot\n"
         "set lmargin at screen 0.17\nset rmargin at screen 0.97\n"
         "set tmargin at screen 0.93\nset bmargin at screen 0.395\n"
         "set format x ''\nunset xlabel\n" +
         curves(plot.series, 0) +
         "set tmargin at screen 0.37\nset bmargin at screen 0.145\n"
         "set format x '%h'\nunset title\nunset key\nunset logscale y\nset format y '%h'\n"
         "unset ytics\nset mytics 2\nset grid ytics lc rgb 'gray' lw 0.5\n" +
         fmt::format("set xlabel {}\nset ylabel {}\n", text(plot.x_label), text(plot.ratio_label)) +
         "set arrow 1 from graph 0, first 1 to graph 1, first 1 nohead lc rgb 'black' lw 1.5\n" +
         (plot.histogram ? "set offsets\nset xrange [GPVAL_X_MIN:GPVAL_X_MAX]\n" : "") +
         ratio_range(plot.ratio) + curves(plot.ratio, plot.series.size()) + "unset multiplot\n";
}

std::string number(double value) { return std::isfinite(value) ? fmt::format("{}", value) : "NaN"; }

/// Rows of a dot plot need room, each for all of its series.
int height(const Plot& plot) {
  if (plot.rows.empty()) return plot.ratio.empty() ? 400 : 500;
  const auto rows = static_cast<int>(plot.rows.size() * (2 + plot.series.size()));
  return std::clamp(160 + 10 * rows, 300, 2000);
}

}  // namespace

std::string plot_data(const Plot& plot) {
  std::string out;
  for (const auto* list : {&plot.series, &plot.ratio})
    for (const auto& series : *list) {
      for (std::size_t i = 0; i < series.x.size(); ++i)
        out += std::isnan(series.y[i])
                   ? std::string(out.ends_with("\n\n") ? "" : "\n")
                   : fmt::format("{} {} {} {}\n", number(series.x[i]), number(series.y[i]),
                                 number(series.low[i]), number(series.high[i]));
      out += "\n\n";
    }
  return out;
}

std::string plot_commands(const Plot& plot, const std::filesystem::path& data) {
  std::string out = fmt::format(
      "reset\ndata = {}\nset datafile missing 'NaN'\nset border 31 lw 1.2\n"
      "set xlabel {}\nset ylabel {}\nset title {} offset 0, -0.5\n"
      "set tics scale 1.2, 0.6\n{}",
      file(data), text(plot.x_label), text(plot.y_label), text(plot.title), legend(plot));
  if (!plot.rows.empty()) return out + "set mxtics\n" + dot_axes(plot) + dots(plot);
  if (plot.histogram)
    out += histogram_axes(plot.log_y);
  else if (plot.log_y)
    out += "set mxtics\nset xrange [0:1]\n" + log_tics() + log_range(plot.series);
  else
    out += "set mytics\nset autoscale fix\nset offsets 0, 0, graph 0.05, graph 0.02\n" +
           counted_tics(plot);
  return out + (plot.ratio.empty() ? curves(plot.series, 0) : with_ratio(plot));
}

std::string plot_script(const Plot& plot, const std::filesystem::path& commands,
                        const std::filesystem::path& svg, const std::filesystem::path& pdf) {
  const int pixels = height(plot);
  return fmt::format(
      "set encoding utf8\n"
      "set terminal svg noenhanced dynamic size 520,{} font 'Helvetica,15' name '{}'\n"
      "set output {}\nload {}\nunset output\n"
      "if (strstrt(GPVAL_TERMINALS, 'pdfcairo') > 0) {{\n"
      "  set terminal pdfcairo noenhanced color size 13cm,{:.2f}cm font 'Helvetica,11'\n"
      "  set output {}\n  load {}\n  unset output\n}}\n",
      pixels, plot.id, file(svg), file(commands), pixels / 40.0, file(pdf), file(commands));
}

}  // namespace steppe::report
