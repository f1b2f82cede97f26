#include "framework/report/page.hpp"

#include "framework/report/escape.hpp"
#include "framework/report/page_style.hpp"
#include "framework/report/results_tables.hpp"
#include "framework/report/student.hpp"
#include "framework/report/terminal_table.hpp"

#include <algorithm>
#include <cmath>
#include <vector>

#include <fmt/format.h>

namespace steppe::report {

namespace {

std::string text_of(const Json& object, const char* key) {
  const auto found = object.find(key);
  if (found == object.end() || found->is_null()) return "";
  return found->is_string() ? found->get<std::string>() : found->dump();
}

std::string escaped(const Json& object, const char* key) {
  return escape_markup(text_of(object, key));
}

std::string items(const std::vector<std::string>& texts) {
  std::string out;
  for (const auto& text : texts) out += "<li>" + text + "</li>\n";
  return out.empty() ? out : "<ul>\n" + out + "</ul>\n";
}

/// What failed and which gates do not hold; or that all is well.
std::string status(const Json& record) {
  std::vector<std::string> bad;
  for (const auto& failure : list_of(record, "failures"))
    bad.push_back("failed: " + escaped(failure, "node") + ": " + escaped(failure, "error"));
  std::size_t held = 0;
  for (const auto& gate : list_of(record, "gates"))
    if (gate.at("holds").get<bool>())
      ++held;
    else
      bad.push_back("gate failed: <code>" + escaped(gate, "that") +
                    "</code>: " + escaped(gate, "reason"));
  if (record.value("stopped", false)) bad.emplace_back("stopped before the end");
  if (!bad.empty())
    return "<div class=\"status bad\" role=\"status\">Not all is well." + items(bad) + "</div>\n";
  return fmt::format("<p class=\"status\" role=\"status\">Everything ran{}.</p>\n",
                     held == 0   ? ""
                     : held == 1 ? ", and the gate holds"
                                 : fmt::format(", and all {} gates hold", held));
}

/// "Tested on herwig: highest auc 0.95 ± 0.01 at train = ...; lowest ...", a sentence a test set.
std::vector<std::string> extremes(const Json& results) {
  struct Extreme {
    std::string test, name;
    const Json* high;
    const Json* low;
    std::size_t points;
  };
  std::vector<Extreme> found;
  const auto& points = list_of(results, "summary");
  if (points.empty() || points.front().at("values").empty()) return {};
  const auto name = points.front().at("values").begin().key();
  const auto mean = [&](const Json& point) {
    return number_of(list_of(point.at("values"), name.c_str()), "mean");
  };
  for (const auto& point : points) {
    if (!std::isfinite(mean(point))) continue;
    const auto test = point.at("point").value("test", "");
    auto one = std::find_if(found.begin(), found.end(),
                            [&](const Extreme& other) { return other.test == test; });
    if (one == found.end()) one = found.insert(found.end(), {test, name, &point, &point, 0});
    if (mean(point) > mean(*one->high)) one->high = &point;
    if (mean(point) < mean(*one->low)) one->low = &point;
    ++one->points;
  }
  const auto said = [&](const Json& point) {
    const auto& value = point.at("values").at(name);
    const auto place = escape_markup(place_of(point.at("point"), {"test"}));
    return fmt::format("<b>{}</b>{}",
                       with_error(number_of(value, "mean"), number_of(value, "error"), "±"),
                       place.empty() ? "" : " at " + place);
  };
  std::vector<std::string> out;
  for (const auto& one : found) {
    const auto quantity = escape_markup(one.name);
    const auto tested = one.test.empty() ? "" : "Tested on " + escape_markup(one.test) + ": ";
    out.push_back(one.points == 1 ? tested + quantity + " " + said(*one.high) + "."
                                  : tested + "highest " + quantity + " " + said(*one.high) +
                                        "; lowest " + said(*one.low) + ".");
  }
  return out;
}

/// The largest gain over none in the first metric, and of how many: the p-value knows nothing of
/// the choice.
std::vector<std::string> largest_gain(const Json& results) {
  const Json* best = nullptr;
  std::size_t count = 0;
  std::string name;
  const auto mean = [&](const Json& gain) {
    return number_of(list_of(gain.at("values"), name.c_str()), "mean");
  };
  for (const auto& gain : list_of(results, "gains")) {
    if (gain.at("values").empty()) continue;
    if (name.empty()) name = gain.at("values").begin().key();
    if (!std::isfinite(mean(gain))) continue;
    ++count;
    if (!best || mean(gain) > mean(*best)) best = &gain;
  }
  if (!best) return {};
  const auto& value = best->at("values").at(name);
  const double p = number_of(value, "p_value");
  const auto place = escape_markup(place_of(best->at("point")));
  return {fmt::format(
      "Largest {} in {} over none: <b>{}</b> by {}{}{}.",
      count == 1 ? "gain" : fmt::format("of {} gains", count), escape_markup(name),
      with_error(number_of(value, "mean"), number_of(value, "error"), "±"), escaped(*best, "of"),
      place.empty() ? "" : " at " + place,
      std::isfinite(p) ? fmt::format(" (p = {:.2g}, {:.1f}\u00a0σ)", p, sigmas_of(p)) : "")};
}

std::string folded(const Table& table, const std::string& title) {
  return fmt::format("<details class=\"table\"><summary>{} ({})</summary>\n{}</details>\n", title,
                     table.rows.size(), to_html(table));
}

/// With its name and its files; a long one opens when it is asked for.
std::string titled(const Table& table) {
  constexpr std::size_t long_table = 24;
  auto title = escape_markup(table.caption) + " <span class=\"files\">";
  for (const auto* ending : {"csv", "tex", "json"})
    title += fmt::format(" <a href=\"tables/{}.{}\">{}</a>", table.id, ending, ending);
  title += "</span>";
  if (table.rows.size() > long_table) return folded(table, title);
  return "<div class=\"table\"><h3>" + title + "</h3>\n" + to_html(table) + "</div>\n";
}

std::string figure_element(const Figure& figure) {
  return "<figure id=\"" + figure.id + "\">\n" + figure.svg + "<figcaption>" +
         escape_markup(figure.caption) + "</figcaption>\n</figure>\n";
}

/// What to know first: sentences, the short table and the first figure beside it.
std::string answer(const Json& results, const Figures& figures) {
  auto sentences = extremes(results);
  for (auto& sentence : largest_gain(results)) sentences.push_back(std::move(sentence));
  std::string out = "<section id=\"answer\">\n<h2>Answer</h2>\n<div class=\"answer\">" +
                    items(sentences) + "</div>\n";
  const auto table = answer_table(results);
  if (table.rows.empty() && figures.drawn.empty())
    return out + "<p>Nothing was measured at any point.</p>\n</section>\n";
  out += "<div class=\"tables\">\n";
  if (!table.rows.empty()) out += titled(table);
  if (!figures.drawn.empty()) out += figure_element(figures.drawn.front());
  return out + "</div>\n</section>\n";
}

std::string tables(const Json& results) {
  std::string out =
      "<section id=\"tables\">\n<h2>Tables</h2>\n<p class=\"by\">Uncertainties are "
      "one standard deviation; over trials the error of the mean, with p-values by "
      "Student's t. The files are beside this page.</p>\n<div class=\"tables\">\n";
  for (const auto& table : results_tables(results)) out += titled(table);
  return out + "</div>\n</section>\n";
}

std::string figures_section(const Figures& figures) {
  std::string out = "<section id=\"figures\">\n<h2>Figures</h2>\n";
  for (const auto& note : figures.notes) out += "<p class=\"by\">" + escape_markup(note) + "</p>\n";
  out += "<div class=\"figures\">\n";
  for (std::size_t f = 1; f < figures.drawn.size(); ++f) out += figure_element(figures.drawn[f]);
  return out + "</div>\n</section>\n";
}

std::string entry(const std::string& name, const std::string& value) {
  return value.empty() ? "" : "<dt>" + name + "</dt><dd class=\"text\">" + value + "</dd>\n";
}

/// "0a1b2c on main, and changes that are in no commit"
std::string git_text(const Json& record) {
  const auto git = record.value("git", Json::object());
  const auto commit = escaped(git, "commit"), branch = escaped(git, "branch");
  if (commit.empty()) return "";
  return commit + (branch.empty() ? "" : " on " + branch) +
         (git.value("dirty", false) ? ", and changes that are in no commit" : "");
}

std::string facts(const Json& results, const Json& record) {
  const auto host = record.value("host", Json::object());
  const double memory = number_of(record, "peak_memory_kib") / 1024;
  std::string out = "<dl>\n";
  for (const auto& [name, key] : {std::pair{"started", "started"},
                                  {"file", "file"},
                                  {"device", "device"},
                                  {"threads", "threads"},
                                  {"Steppe", "steppe"}})
    out += entry(name, escaped(record, key));
  out += entry("took", fmt::format("{:.1f} s", number_of(record, "seconds")));
  out += entry("training took",
               fmt::format("{:.1f} s, {} events", number_of(record, "training_seconds"),
                           escaped(record, "training_events")));
  if (std::isfinite(memory)) out += entry("peak memory", fmt::format("{:.0f} MiB", memory));
  out += entry("host",
               fmt::format("{}, {}, {}, {} cores", escaped(host, "name"), escaped(host, "system"),
                           escaped(host, "machine"), escaped(host, "cores")));
  out += entry("processor", escaped(host, "cpu"));
  out += entry("git", git_text(record));
  out += entry("seed", escaped(results, "seed"));
  for (const auto& set : list_of(record, "set"))
    out += entry("set", escape_markup(set.get<std::string>()));
  return out + "</dl>\n";
}

/// The texts of a list of objects as a table that opens.
std::string listed(const std::string& title, const Json& list, const char* id,
                   const std::vector<std::pair<const char*, const char*>>& texts,
                   const char* number) {
  if (list.empty()) return "";
  Table table{id, title, {}, texts.size(), {}};
  for (const auto& [column, key] : texts) table.columns.emplace_back(column);
  if (number) table.columns.emplace_back(number);
  for (const auto& one : list) {
    auto& row = table.rows.emplace_back();
    for (const auto& [column, key] : texts) row.push_back({text_of(one, key)});
    if (number) row.push_back({"-", number_of(one, number)});
  }
  return folded(table, escape_markup(title));
}

std::string record_section(const Json& results, const Json& record) {
  std::string out = "<section id=\"record\">\n<h2>Record</h2>\n" + facts(results, record);
  std::vector<std::string> notes;
  for (const auto& note : list_of(record, "notes"))
    notes.push_back(escape_markup(note.is_string() ? note.get<std::string>() : note.dump()));
  if (!notes.empty())
    out += fmt::format(
        "<details open><summary>Notes ({})</summary>\n{}"
        "</details>\n",
        notes.size(), items(notes));
  out +=
      listed("Gates", list_of(record, "gates"), "gates",
             {{"gate", "that"}, {"holds", "holds"}, {"why not", "reason"}, {"at", "at"}}, nullptr);
  out += listed("Plugins", list_of(record, "plugins"), "plugins",
                {{"kind", "kind"},
                 {"name", "name"},
                 {"version", "version"},
                 {"build", "build"},
                 {"library", "library"}},
                nullptr);
  out += listed("Times", list_of(record, "nodes"), "times", {{"node", "node"}}, "seconds");
  out += "<details><summary>Pipeline, as it was run</summary>\n<pre tabindex=\"0\">" +
         escaped(record, "pipeline") + "</pre></details>\n";
  return out + "</section>\n";
}

}  // namespace

std::string page(const Json& results, const Json& record, const Figures& figures) {
  const auto name = escaped(results, "name");
  std::string out =
      "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
      "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
      "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; "
      "style-src 'unsafe-inline'\">\n<meta name=\"color-scheme\" content=\"light dark\">\n<title>" +
      name + "</title>\n<style>" + page_style + "</style>\n</head>\n<body>\n";
  out += "<header>\n<p class=\"by\">Steppe " + escaped(record, "steppe") + ", " +
         escaped(record, "started") + "</p>\n<h1>" + name +
         "</h1>\n<nav><a href=\"#answer\">Answer</a><a href=\"#figures\">Figures</a>"
         "<a href=\"#tables\">Tables</a><a href=\"#record\">Record</a></nav>\n" +
         status(record) + "</header>\n<main>\n";
  out += answer(results, figures);
  out += figures_section(figures);
  out += tables(results);
  out += record_section(results, record);
  return out + "</main>\n</body>\n</html>\n";
}

}  // namespace steppe::report
