// A data set with a wanted fraction of signal, as weak supervision wants it.
#include <algorithm>
#include <cmath>

#include "class_counts.hpp"
#include "kept_rows.hpp"

namespace {

using steppe::Columns;
using steppe::Error;

struct Mix {
  struct Parameters {
    double signal_fraction = 0.5;

    static auto schema() {
      return steppe::schema(steppe::field<&Parameters::signal_fraction>(
          "signal events among all that are left", steppe::between(0, 1), steppe::required()));
    }
  };
  Parameters parameters;

  using Survey = steppe::Thinning;

  Columns columns(const Columns& input) const {
    const auto& target = input.items[steppe::class_column(input)];
    if (target.classes != 2)
      throw Error{"the target '" + target.name + "' has " + std::to_string(target.classes) +
                  " classes; a fraction of signal is one of two"};
    return input;
  }

  void survey(const Columns& input, const steppe::Rows& rows, Survey& survey) const {
    const auto at = steppe::class_column(input);
    for (std::size_t r = 0; r < rows.count; ++r)
      survey.add(steppe::class_of(rows.row(r)[at], 2), rows.event_ids[r]);
  }

  void conclude(const steppe::Host& host, Survey& survey) const {
    const double background = static_cast<double>(survey.count(0));
    const double signal = static_cast<double>(survey.count(1));
    const double wanted = parameters.signal_fraction;
    const bool too_much = signal > wanted * (signal + background);
    const std::size_t thinned = too_much ? 1 : 0;
    const double left =
        too_much ? background * wanted / (1 - wanted) : signal * (1 - wanted) / wanted;
    if (!(left >= 0.5 && std::min(signal, background) > 0))
      throw Error{"with " + std::to_string(survey.count(1)) + " signal and " +
                  std::to_string(survey.count(0)) +
                  " background events, one class would have none left"};
    const auto kept = static_cast<std::size_t>(std::llround(left));
    host.note(std::to_string(kept) + " of " + std::to_string(survey.count(thinned)) +
              (too_much ? " signal" : " background") + " events are left");
    survey.keep(thinned, kept);
  }

  void apply(const Columns& input, const steppe::Rows& rows, const Survey& survey,
             const steppe::RowSink& sink) const {
    const auto at = steppe::class_column(input);
    steppe::pass_on(rows, sink, [&](auto row, std::uint64_t id) {
      return survey.kept(steppe::class_of(row[at], 2), id);
    });
  }
};

}  // namespace

STEPPE_PLUGIN(steppe::transform<Mix>({
    .name = "mix",
    .summary = "leaves out events of one class until a wanted fraction is signal",
    .text = "With S signal and B background events and the fraction f, round(B f / (1 - f)) signal "
            "events are kept where there are too many of them, and otherwise round(S (1 - f) / f) "
            "background events; the other class stays whole. Events are counted, not weights. "
            "Which are left out is decided by a hash of the event id alone, so simulations of the "
            "same hard events keep the same ones; a smaller fraction keeps a part of what a larger "
            "one keeps.\n\nCounts are those of the whole data set, before it is split; a split has "
            "them up to chance.",
    .example = "[transform.rare]\nuse             = \"mix\"\nsignal_fraction = 0.1\n"
               "input           = [\"pythia\", \"herwig\"]",
}))
