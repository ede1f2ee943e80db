#include "src/report/text_table.h"

#include <gtest/gtest.h>

#include <stdexcept>

namespace nam56r::report {
namespace {

TEST(TextTable, AlignsByTheWidestCellAndLeavesNoTrailingSpaces) {
  TextTable table({{"slot", TextTable::kRight}, {"family"}, {"parameters", TextTable::kRight}});
  table.Add({"0", "A", "7,400,960"});
  table.Add({"11", "R", "8"});
  EXPECT_EQ(table.Text(2),
            "  slot  family  parameters\n"
            "     0  A        7,400,960\n"
            "    11  R                8\n");
}

TEST(TextTable, CountsLettersNotBytes) {
  TextTable table({{"a"}, {"b"}});
  table.Add({"é", "x"});
  table.Add({"zz", "y"});
  EXPECT_EQ(table.Text(), "a   b\né   x\nzz  y\n");
}

TEST(TextTable, ARowOfTheWrongLengthIsABrokenInvariant) {
  TextTable table({{"a"}, {"b"}});
  EXPECT_THROW(table.Add({"only one"}), std::logic_error);
}

}  // namespace
}  // namespace nam56r::report
