// A parameter struct as the host sees it through the C tables.
#include <steppe/host.hpp>
#include <steppe/parameters.hpp>

#include <cmath>

#include <gtest/gtest.h>

namespace steppe {
namespace {

enum class Norm { max, l2 };

struct Settings {
  double epsilon = 0.25;
  int steps = 5;
  bool restart = true;
  std::string label = "text";
  Norm norm = Norm::l2;
  std::vector<int> hidden = {128, 64};
  std::filesystem::path path = "here";
  Reference from{"nobody"};

  static auto schema() {
    return steppe::schema(
        field<&Settings::epsilon>("radius", above(0.0), at_most(1.0), unit("GeV")),
        field<&Settings::steps>("steps", between(1, 100), required()),
        field<&Settings::restart>("again"), field<&Settings::label>("a label"),
        field<&Settings::norm>("which norm", choices({"max", "l2"})),
        field<&Settings::hidden>("units", at_least(1)), field<&Settings::path>("a file"),
        field<&Settings::from>("a stage", of_kind("reader")));
  }
};

const detail::ParameterTable<Settings>& table() {
  static const detail::ParameterTable<Settings> out;
  return out;
}

const steppe_parameter& parameter(const std::string& name) {
  for (const auto& p : table().parameters())
    if (name == p.name) return p;
  throw std::runtime_error{"no parameter " + name};
}

TEST(Parameters, AreNamedAfterTheirMembersInOrder) {
  std::vector<std::string> names;
  for (const auto& p : table().parameters()) names.emplace_back(p.name);
  EXPECT_EQ(names, (std::vector<std::string>{"epsilon", "steps", "restart", "label", "norm",
                                             "hidden", "path", "from"}));
}

TEST(Parameters, TellTypeRangeUnitAndDefault) {
  const auto& epsilon = parameter("epsilon");
  EXPECT_EQ(epsilon.type, STEPPE_REAL);
  EXPECT_EQ(epsilon.minimum, 0.0);
  EXPECT_EQ(epsilon.above_minimum, 1);
  EXPECT_EQ(epsilon.maximum, 1.0);
  EXPECT_STREQ(epsilon.unit, "GeV");
  ASSERT_EQ(epsilon.fallback_count, 1U);
  EXPECT_EQ(epsilon.fallback[0].real, 0.25);
  EXPECT_EQ(parameter("steps").required, 1);
  EXPECT_TRUE(std::isinf(parameter("hidden").maximum));
  EXPECT_EQ(parameter("restart").fallback[0].boolean, 1);
  EXPECT_STREQ(parameter("path").fallback[0].text, "here");
  EXPECT_EQ(parameter("from").type, STEPPE_REFERENCE);
  EXPECT_STREQ(parameter("from").reference_kind, "reader");
}

TEST(Parameters, OfAnEnumAreChoicesByName) {
  const auto& norm = parameter("norm");
  EXPECT_EQ(norm.type, STEPPE_CHOICE);
  EXPECT_STREQ(norm.choices[0], "max");
  EXPECT_STREQ(norm.choices[1], "l2");
  EXPECT_EQ(norm.choices[2], nullptr);
  EXPECT_STREQ(norm.fallback[0].text, "l2");
}

TEST(Parameters, ThatAreArraysHaveOneDefaultAnItem) {
  const auto& hidden = parameter("hidden");
  EXPECT_EQ(hidden.is_array, 1);
  ASSERT_EQ(hidden.fallback_count, 2U);
  EXPECT_EQ(hidden.fallback[1].integer, 64);
}

TEST(Parameters, AreReadIntoTheStruct) {
  steppe_scalar steps{}, norm{}, units[2]{};
  steps.integer = 7;
  norm.text = "max";
  units[0].integer = 3;
  units[1].integer = 4;
  const steppe_value values[] = {{"steps", STEPPE_INTEGER, 0, 1, &steps},
                                 {"norm", STEPPE_CHOICE, 0, 1, &norm},
                                 {"hidden", STEPPE_INTEGER, 1, 2, units}};
  const auto settings = table().read(values, 3);
  EXPECT_EQ(settings.steps, 7);
  EXPECT_EQ(settings.norm, Norm::max);
  EXPECT_EQ(settings.hidden, (std::vector<int>{3, 4}));
  EXPECT_EQ(settings.epsilon, 0.25);
}

TEST(Parameters, RefuseAnIntegerTheMemberCannotHold) {
  steppe_scalar steps{};
  steps.integer = std::int64_t{1} << 40;
  const steppe_value values[] = {{"steps", STEPPE_INTEGER, 0, 1, &steps}};
  try {
    table().read(values, 1);
    FAIL() << "accepted";
  } catch (const Error& error) {
    EXPECT_STREQ(error.what(), "'steps': 1099511627776 does not fit");
  }
}

TEST(Guard, TurnsEveryExceptionIntoAStatusAndASentence) {
  static std::string sentence;
  steppe_host host{};
  host.set_error = [](const steppe_host*, const char* text) { sentence = text; };
  EXPECT_EQ(detail::guard(&host, [] {}), STEPPE_OK);
  EXPECT_EQ(detail::guard(&host, [] { throw Error{"mine"}; }), STEPPE_INVALID);
  EXPECT_EQ(sentence, "mine");
  EXPECT_EQ(detail::guard(&host, [] { throw std::bad_alloc{}; }), STEPPE_NO_MEMORY);
  EXPECT_EQ(detail::guard(&host, [] { throw std::runtime_error{"theirs"}; }), STEPPE_INTERNAL);
  EXPECT_EQ(sentence, "theirs");
  EXPECT_EQ(detail::guard(&host, [] { throw 3; }), STEPPE_INTERNAL);
  sentence = "the host's own";
  EXPECT_EQ(detail::guard(&host, [] { detail::check(STEPPE_CANCELLED); }), STEPPE_CANCELLED);
  EXPECT_EQ(sentence, "the host's own");
}

}  // namespace
}  // namespace steppe
