#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "src/base/expected.h"
#include "src/dialect/effective_args.h"

/// Command lines that show what a rule is about: those of one launch that every release takes, with
/// a few words changed. Rule pages print the words, tests run the lines.
namespace nam56r::dialect {

struct ExampleLine {
  std::vector<std::string> argv;
  Surroundings surroundings;
};

/// NAM56R at full width with MLA everywhere, on 8 ranks, changed by |words|:
///
///     --flag value...   given with these values instead, or as well
///     ?--flag value...  the same, where the release has such a flag
///     !--flag           not given
///     NAME=value        a variable; "!NAME" takes one away
///     @16               that many ranks
///     sm:10             GPUs of this major compute capability; "!sm": of one that is not known
///     !pkg:NAME         a host that lacks this package; "!pkg": one of which nothing is known
///     gpus:1            a host with so many GPUs
///     te:2.6            a host with this Transformer Engine; "!te": with one that is not known
///     rm:DIR            a launcher that empties this directory
///     gpt               first of all: a mixture-of-experts GPT with TP 2 and PP 2 instead
///
/// Flags are written as the newest release has them; those that had another name before are renamed
/// for |release|, and a hybrid pattern becomes what 0.16 takes for one. A word that is none of
/// these is a std::logic_error.
ExampleLine Example(const Release& release, std::string_view words);

}  // namespace nam56r::dialect
