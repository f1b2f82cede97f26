// Keeps the events for which a condition on their columns holds.
#include <steppe/nearest.hpp>
#include <steppe/transform.hpp>

#include <string>
#include <vector>

#include "expression.hpp"
#include "kept_rows.hpp"

namespace {

using steppe::Columns;
using steppe::Error;
using steppe::expression::Condition;

struct Select {
  struct Parameters {
    std::string keep;

    static auto schema() {
      return steppe::schema(steppe::field<&Parameters::keep>(
          "condition on columns, such as 'jet.pt > 450 && abs(jet.eta) < 2'", steppe::required()));
    }
    void validate() const { condition(); }

    Condition condition() const {
      try {
        return Condition{keep};
      } catch (const Error& error) {
        throw Error{std::string{"'keep' "} + error.what()};
      }
    }
  };
  Parameters parameters;

  Columns columns(const Columns& input) const {
    places(input, parameters.condition());
    return input;
  }

  void apply(const Columns& input, const steppe::Rows& rows, const steppe::RowSink& sink) const {
    const auto condition = parameters.condition();
    const auto at = places(input, condition);
    std::vector<double> values(at.size());
    steppe::pass_on(rows, sink, [&](auto row, std::uint64_t) {
      for (std::size_t i = 0; i < at.size(); ++i) values[i] = double{row[at[i]]};
      return condition.holds(values);
    });
  }

 private:
  /// Where the columns of the condition stand in a row.
  static std::vector<std::size_t> places(const Columns& input, const Condition& condition) {
    std::vector<std::size_t> out;
    for (const auto& name : condition.names()) {
      const auto place = input.find(name.text);
      if (!place) throw unknown(input, name);
      out.push_back(*place);
    }
    return out;
  }

  static Error unknown(const Columns& input, const steppe::expression::Name& name) {
    std::vector<std::string> known;
    for (const auto& column : input.items) known.push_back(column.name);
    const auto wrong =
        steppe::expression::error_at(name.place, "there is no column '" + name.text + "'" +
                                                     steppe::did_you_mean(name.text, known));
    return Error{std::string{"'keep' "} + wrong.what()};
  }
};

}  // namespace

STEPPE_PLUGIN(steppe::transform<Select>({
    .name = "select",
    .summary = "keeps the events for which a condition on their columns holds",
    .text = "`keep` is a condition on columns of any role, side columns included, named as the "
            "stage before gives them. There are numbers, + - * /, comparisons (< <= > >= == !=), "
            "&& || !, brackets, and abs(x), sqrt(x), log(x) (natural), min(x, y), max(x, y). "
            "Arithmetic is in double; a comparison with a value that is not a number holds only as "
            "'!='.",
    .example = "[transform.boosted]\nuse   = \"select\"\nkeep  = \"jet.pt > 450 && jet.mass > 40 "
               "&& abs(jet.eta) < 2\"\ninput = [\"pythia\", \"herwig\"]",
}))
