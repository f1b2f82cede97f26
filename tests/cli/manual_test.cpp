// What is made of the description of the command line.
#include "framework/cli/manual.hpp"

#include <stdexcept>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace {

using namespace steppe::cli;
using testing::HasSubstr;
using testing::Not;

Manual walker() {
  const Argument help{{"-h", "--help"}, "", "print this", false, false};
  const Argument out{{"--out"}, "DIR", "where it's put", false, false};
  const Argument file{{"file"}, "FILE.toml", "what to walk", true, false};
  const Argument stage{{"stage"}, "STAGE", "which", true, false};
  return {"It walks.",
          "Exit codes:\n.5  half",
          {help, {{"--version"}, "", "", false, false}},
          {{"walk", "goes there", "walk a.toml", {help, out}, {file}},
           {"show", "shows it: all", "show me", {help}, {stage}}}};
}

TEST(UnexpectedWord, SuggestsTheNearestCommandOrElseSaysWhereAllAre) {
  EXPECT_EQ(unexpected_word(walker(), "", "wlak"),
            "there is no command 'wlak'; did you mean 'walk'?");
  EXPECT_EQ(unexpected_word(walker(), "", "fly"),
            "there is no command 'fly'; 'steppe --help' shows all");
}

TEST(UnexpectedWord, SuggestsOptionsOfTheCommandAlone) {
  EXPECT_EQ(unexpected_word(walker(), "walk", "--ot=3"),
            "'walk' has no option '--ot'; did you mean '--out'?");
  EXPECT_EQ(unexpected_word(walker(), "show", "--out"),
            "'show' has no option '--out'; 'steppe show --help' shows all");
  EXPECT_EQ(unexpected_word(walker(), "", "--versoin"),
            "'steppe' has no option '--versoin'; did you mean '--version'?");
}

TEST(UnexpectedWord, TellsAWordTooMany) {
  EXPECT_EQ(unexpected_word(walker(), "walk", "b.toml"),
            "'walk' has no use for 'b.toml'; 'steppe walk --help' shows what it takes");
}

TEST(Offer, FollowsTheWordOfTheValue) {
  const auto of = [](const char* value) { return offer({{"x"}, value, "", false, false}); };
  EXPECT_EQ(of("FILE.toml"), Offer::pipelines);
  EXPECT_EQ(of("FILE...|NAME"), Offer::files);
  EXPECT_EQ(of("RUN"), Offer::files);
  EXPECT_EQ(of("DIR"), Offer::folders);
  EXPECT_EQ(of("STAGE"), Offer::stages);
  EXPECT_EQ(of("KIND"), Offer::kinds);
  EXPECT_EQ(of("bash|zsh"), Offer::words);
  EXPECT_EQ(of("KEY=VALUE"), Offer::nothing);
  EXPECT_EQ(of(""), Offer::nothing);
}

TEST(Completion, OffersCommandsOptionsFilesAndStages) {
  const auto bash = completion_script(walker(), "bash");
  EXPECT_THAT(bash, HasSubstr("compgen -W 'walk show -h --help --version'"));
  EXPECT_THAT(bash, HasSubstr("words='-h --help --out'"));
  EXPECT_THAT(bash, HasSubstr("--out) mapfile -t COMPREPLY < <(compgen -d"));
  EXPECT_THAT(bash, HasSubstr("!*.toml"));
  EXPECT_THAT(bash, HasSubstr("steppe list --names"));
  EXPECT_THAT(completion_script(walker(), "zsh"), HasSubstr("'show:shows it\\: all'"));
  EXPECT_THAT(completion_script(walker(), "zsh"),
              HasSubstr(R"('--out[where it'\''s put]:DIR:_files -/')"));
  EXPECT_THAT(completion_script(walker(), "fish"),
              HasSubstr("-n '__fish_seen_subcommand_from walk' -l out -r"));
  EXPECT_THROW(completion_script(walker(), "csh"), std::invalid_argument);
}

TEST(ManPage, HasEveryCommandAndNoRequestByAccident) {
  const auto page = man_page(walker(), "1.2");
  EXPECT_THAT(page, HasSubstr(".TH STEPPE 1 \"\" \"steppe 1.2\""));
  EXPECT_THAT(page, HasSubstr(".SS steppe walk FILE.toml\ngoes there\n"));
  EXPECT_THAT(page, HasSubstr("\\fB\\-\\-out\\fR \\fIDIR\\fR\nwhere it's put\n"));
  EXPECT_THAT(page, HasSubstr("\n\\&.5  half"));
  EXPECT_THAT(page, Not(HasSubstr("\n.5")));
}

}  // namespace
