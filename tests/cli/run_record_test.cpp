// What a record says of the machine.
#include "framework/cli/run_record.hpp"

#include <sstream>

#include <gtest/gtest.h>

namespace steppe::cli {
namespace {

std::string name_in(const std::string& text) {
  std::istringstream in{text};
  return processor_name(in);
}

TEST(ProcessorName, IsTheFirstOneOfTheList) {
  EXPECT_EQ(name_in("processor\t: 0\nmodel name\t: Some CPU @ 2 GHz\n\nmodel name\t: Other\n"),
            "Some CPU @ 2 GHz");
  EXPECT_EQ(name_in("processor\t: 0\nmodel name\t:\n"), "");
  EXPECT_EQ(name_in("processor\t: 0\nBogoMIPS\t: 50.00\n"), "");
}

}  // namespace
}  // namespace steppe::cli
