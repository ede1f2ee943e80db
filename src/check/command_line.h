#pragma once

#include <span>
#include <string>

#include "src/check/finding.h"
#include "src/dialect/effective_args.h"

/// A raw command line of a backend, checked as the backend itself would read it.
namespace nam56r::check {

/// What |release| does with |argv| (the words after the program's name): where its parser stops,
/// every value it changes, every reason for which the run fails or is another one than asked for.
/// A line that does not parse has findings of stage kParse only, as the release itself goes no
/// further.
///
/// A finding's fields are flags ("--bf16") and names of variables. Its |where| names the words:
/// |at.file| is dialect::kArgv ("argv") and |at.line| the number of the word, from 1; a side that
/// is not on the line (a default, a variable) has no file.
Result CheckCommandLine(const dialect::Release& release, std::span<const std::string> argv,
                        const dialect::Surroundings& surroundings);

}  // namespace nam56r::check
