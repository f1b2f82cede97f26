#include "framework/report/plot_script.hpp"

#include "framework/report/escape.hpp"

#include <algorithm>
#include <array>
#include <cmath>

#include <fmt/format.h>

namespace steppe::report {

namespace {

constexpr std::size_t longest_label = 60;

/// Petroff's ten colours, told apart by most eyes (arXiv:2107.02270), after black.
std::string colour(std::size_t index) {
  constexpr std::array colours{"#3f90da", "#ffa90e", "#bd1f01", "#94a4a2", "#832db6",
                               "#a96b59", "#e76300", "#b9ac70", "#717581", "#92dadd"};
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
    lines += fmt::format("{}data index {} using 1:2 with lines lw 2 dt {} lc rgb '{}' {}",
                         s == 0 ? "" : ", \\\n     ", first + s, list[s].dashed ? 2 : 1,
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

std::string dot_axes(const Plot& plot) {
  std::string tics;
  for (std::size_t r = 0; r < plot.rows.size(); ++r)
    tics += fmt::format("{}{} {}", r == 0 ? "" : ", ",
                        quote_gnuplot(plot.rows[r].empty() ? "all" : plot.rows[r], 36), r);
  return fmt::format(
      "set ytics nomirror ({})\nset yrange [{}:-0.6]\n"
      "set grid xtics lc rgb 'gray' lw 0.5\nset key below\nset offsets graph 0.05, "
      "graph 0.05, 0, 0\n",
      tics, static_cast<double>(plot.rows.size()) - 0.4);
}

/// The frame above with the ratio below it, on one x axis.
std::string with_ratio(const Plot& plot) {
  return "set multiplot\n"
         "set lmargin at screen 0.15\nset rmargin at screen 0.965\n"
         "set tmargin at screen 0.93\nset bmargin at screen 0.36\n"
         "set format x ''\nunset xlabel\n" +
         curves(plot.series, 0) +
         "set tmargin at screen 0.335\nset bmargin at screen 0.12\n"
         "set format x '%h'\nunset title\nunset key\nunset logscale y\nset format y '%h'\n"
         "set ytics autofreq\nset mytics 2\nset grid ytics lc rgb 'gray' lw 0.5\n" +
         fmt::format("set xlabel {}\nset ylabel {}\n", text(plot.x_label), text(plot.ratio_label)) +
         "set arrow 1 from graph 0, first 1 to graph 1, first 1 nohead lc rgb 'black' lw 1.5\n" +
         (plot.histogram ? "set offsets\nset xrange [GPVAL_X_MIN:GPVAL_X_MAX]\nset yrange [0:*<3]\n"
                         : "set offsets 0, 0, graph 0.12, graph 0.12\n") +
         curves(plot.ratio, plot.series.size()) + "unset multiplot\n";
}

std::string number(double value) { return std::isfinite(value) ? fmt::format("{}", value) : "NaN"; }

/// Rows of a dot plot need room, each for all of its series.
int height(const Plot& plot) {
  if (plot.rows.empty()) return plot.ratio.empty() ? 440 : 560;
  const auto rows = static_cast<int>(plot.rows.size() * (2 + plot.series.size()));
  return std::min(200 + 11 * rows, 2000);
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
      "reset\ndata = {}\nset datafile missing 'NaN'\nset border 31 lw 1.2\nset mxtics\n"
      "set xlabel {}\nset ylabel {}\nset title {} offset 0, -0.5\n"
      "set key top right reverse Left samplen 2.2 spacing 1.15\nset tics scale 1.2, 0.6\n",
      file(data), text(plot.x_label), text(plot.y_label), text(plot.title));
  if (!plot.rows.empty()) return out + dot_axes(plot) + dots(plot);
  out += "set mytics\n";
  out += plot.log_y ? "set logscale y\nset format y '%h'\nset xrange [0:1]\n"
         : plot.histogram
             ? "set offsets 0, 0, graph 0.08, 0\nset autoscale xfix\nset yrange [0:*]\n"
             : "set offsets 0, 0, graph 0.08, graph 0.02\n";
  return out + (plot.ratio.empty() ? curves(plot.series, 0) : with_ratio(plot));
}

std::string plot_script(const Plot& plot, const std::filesystem::path& commands,
                        const std::filesystem::path& svg, const std::filesystem::path& pdf) {
  const int pixels = height(plot);
  return fmt::format(
      "set encoding utf8\n"
      "set terminal svg noenhanced dynamic size 640,{} font 'Helvetica,15' name '{}'\n"
      "set output {}\nload {}\nunset output\n"
      "if (strstrt(GPVAL_TERMINALS, 'pdfcairo') > 0) {{\n"
      "  set terminal pdfcairo noenhanced color size 16cm,{:.2f}cm font 'Helvetica,12'\n"
      "  set output {}\n  load {}\n  unset output\n}}\n",
      pixels, plot.id, file(svg), file(commands), pixels / 40.0, file(pdf), file(commands));
}

}  // namespace steppe::report
