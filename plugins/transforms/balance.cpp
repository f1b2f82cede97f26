// As much of every class: the same number of events, or the same sum of weights.
#include <algorithm>

#include "class_counts.hpp"
#include "kept_rows.hpp"

namespace {

using steppe::Columns;
using steppe::Error;
using steppe::Role;

enum class Measure { events, weights };

struct Balance {
  struct Parameters {
    Measure by = Measure::events;

    static auto schema() {
      return steppe::schema(steppe::field<&Parameters::by>(
          "what becomes equal: the number of events, or the sum of weights",
          steppe::choices({"events", "weights"})));
    }
  };
  Parameters parameters;

  struct Survey {
    steppe::Thinning thinning;
    std::vector<double> sums;    ///< of weights, by class
    std::vector<double> factor;  ///< on weights, by class
    std::size_t events = 0;
  };

  Columns columns(const Columns& input) const {
    steppe::class_column(input);
    Columns out = input;
    if (adds_weight(input)) out.items.push_back({"weight", "", Role::weight});
    return out;
  }

  void survey(const Columns& input, const steppe::Rows& rows, Survey& survey) const {
    const auto at = steppe::class_column(input);
    const int classes = input.items[at].classes;
    const auto weight = steppe::weight_column(input);
    survey.sums.resize(static_cast<std::size_t>(classes));
    survey.events += rows.count;
    for (std::size_t r = 0; r < rows.count; ++r) {
      const auto row = rows.row(r);
      const auto event_class = steppe::class_of(row[at], classes);
      if (parameters.by == Measure::events)
        survey.thinning.add(event_class, rows.event_ids[r]);
      else
        survey.sums[event_class] += weight ? double{row[*weight]} : 1.0;
    }
  }

  void conclude(const steppe::Host& host, Survey& survey) const {
    const auto classes = survey.sums.size();
    if (parameters.by == Measure::weights) return weigh(survey);
    auto fewest = survey.events;
    for (std::size_t c = 0; c < classes; ++c) {
      if (survey.thinning.count(c) == 0)
        throw Error{"there is no event of class " + std::to_string(c) +
                    ", so nothing would be left"};
      fewest = std::min(fewest, survey.thinning.count(c));
    }
    for (std::size_t c = 0; c < classes; ++c) survey.thinning.keep(c, fewest);
    host.note(std::to_string(fewest) + " events of every class are left of " +
              std::to_string(survey.events));
  }

  void apply(const Columns& input, const steppe::Rows& rows, const Survey& survey,
             const steppe::RowSink& sink) const {
    const auto at = steppe::class_column(input);
    const auto class_of = [&](auto row) {
      return steppe::class_of(row[at], input.items[at].classes);
    };
    if (parameters.by == Measure::events)
      return steppe::pass_on(rows, sink, [&](auto row, std::uint64_t id) {
        return survey.thinning.kept(class_of(row), id);
      });

    const auto weight = steppe::weight_column(input);
    std::vector<float> values;
    values.reserve(rows.count * (input.size() + 1));
    for (std::size_t r = 0; r < rows.count; ++r) {
      const auto row = rows.row(r);
      values.insert(values.end(), row.begin(), row.end());
      const double factor = survey.factor[class_of(row)];
      if (weight)
        values[r * input.size() + *weight] = static_cast<float>(factor * double{row[*weight]});
      else
        values.push_back(static_cast<float>(factor));
    }
    sink.append(values, rows.event_ids);
  }

 private:
  bool adds_weight(const Columns& input) const {
    return parameters.by == Measure::weights && !steppe::weight_column(input);
  }

  /// Every class gets the sum events / classes, so the mean over all events is 1.
  void weigh(Survey& survey) const {
    const double share =
        static_cast<double>(survey.events) / static_cast<double>(survey.sums.size());
    for (std::size_t c = 0; c < survey.sums.size(); ++c) {
      if (!(survey.sums[c] > 0))
        throw Error{"the weights of class " + std::to_string(c) + " sum to " +
                    std::to_string(survey.sums[c]) + "; only a sum above 0 can be scaled"};
      survey.factor.push_back(share / survey.sums[c]);
    }
  }
};

}  // namespace

STEPPE_PLUGIN(steppe::transform<Balance>({
    .name = "balance",
    .summary = "as many events of every class, or as large a sum of weights",
    .text = "by = \"events\": every class keeps as many events as the smallest has. Which of a "
            "larger class are left out is decided by a hash of the event id alone, so simulations "
            "of the same hard events keep the same ones.\n\nby = \"weights\": nothing is left "
            "out. Weights of each class are scaled to the sum N / C, for N events of C classes, "
            "so that classes count the same and the mean weight of an event is 1. Where the input "
            "has no weight column, `weight` is appended.\n\nCounts are those of the whole data "
            "set, before it is split; a split has them up to chance.",
    .example = "[transform.fair]\nuse   = \"balance\"\nby    = \"weights\"\ninput = [\"features\"]",
}))
