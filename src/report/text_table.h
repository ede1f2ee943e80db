#pragma once

#include <string>
#include <vector>

namespace nam56r::report {

/// Columns as wide as their widest cell, two spaces between them, no rules.
///
///     TextTable table({{"slot", TextTable::kRight}, {"family", TextTable::kLeft}});
///     table.Add({"12", "R"});
///     std::cout << table.Text();
class TextTable {
 public:
  enum Align { kLeft, kRight };
  struct Column {
    std::string title;
    Align align = kLeft;
  };

  explicit TextTable(std::vector<Column> columns);

  /// As many cells as there are columns (std::logic_error otherwise).
  void Add(std::vector<std::string> cells);

  /// Every line indented by |indent| spaces and ended by a newline; no trailing spaces.
  std::string Text(int indent = 0) const;

 private:
  std::vector<Column> columns_;
  std::vector<std::vector<std::string>> rows_;
};

}  // namespace nam56r::report
