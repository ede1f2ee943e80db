#pragma once

#include <ostream>

#include "src/base/diagnostic.h"

namespace nam56r::cli {

/// Exit codes that scripts depend on.
inline constexpr int kDone = 0;
inline constexpr int kFindings = 1;
inline constexpr int kDifferent = 2;  // diff alone
inline constexpr int kUsage = 64;
inline constexpr int kUnreadable = 65;

/// kSarif is for check alone.
enum class Format { kText, kJson, kSarif };

inline constexpr const char* kVersion = "0.1.0";

/// Where a command writes, and what the writing end can show. Results go to |out|, progress and
/// logs to |err|.
struct Terminal {
  std::ostream& out;
  std::ostream& err;
  Format format = Format::kText;
  bool out_colour = false;
  bool err_colour = false;
  bool err_is_terminal = false;
};

/// Prints |errors| (text: as rustc does, to err; JSON: `{"verdict":"refused","findings":[...]}` to
/// out) and answers the exit code: kUnreadable when an input could not be read at all, else
/// kFindings.
int Refuse(const base::Diagnostics& errors, const Terminal& terminal);

/// Prints warnings and notes to err, in text format only.
void Warn(const base::Diagnostics& warnings, const Terminal& terminal);

}  // namespace nam56r::cli
