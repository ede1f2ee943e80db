#pragma once

#include <span>
#include <string>
#include <vector>

#include "src/dialect/release.h"
#include "src/dialect/spelling.h"
#include "src/script/shell_reader.h"

namespace nam56r::script {

/// One flag of a command line, as the release's parser takes it.
struct GivenFlag {
  std::string flag;
  const dialect::Argument* argument = nullptr;  ///< null: the release has no such flag
  std::vector<ReadWord> values;
  int line = 0;
  bool overruled = false;    ///< a later one for the same place wins
  std::string undecided;     ///< why its meaning is not known; empty: it is
  bool conditional = false;  ///< it, or its value, may not be there at all

  std::vector<std::string> Texts() const;
};

struct FlagLine {
  std::vector<GivenFlag> flags;
  std::vector<ReadWord> loose;  ///< words that belong to no flag
  /// Whether a word that is not known may hold flags: then silence says nothing.
  bool open = false;

  /// The flags that count and are known, in the words of dialect::Read.
  dialect::Flags Known() const;
};

/// Python's argparse: the last of several wins, "--flag=value", as many values as the argument
/// takes. Flags are not abbreviated: the release's parser does not allow it.
FlagLine ParseFlags(const dialect::Release& release, std::span<const ReadWord> words);

}  // namespace nam56r::script
