#pragma once

#include <functional>
#include <string>
#include <string_view>

#include "src/dialect/effective_args.h"

/// How rules speak: of fields to whoever wrote a contract, of flags to whoever wrote a command
/// line.
namespace nam56r::dialect {

/// Marks a variable among the dests of a rule: "env:NCCL_ALGO".
inline constexpr std::string_view kVariable = "env:";

struct DestName {
  std::string name;
  /// A flag that turns off what its dest is about: --no-rope-fusion of apply_rope_fusion.
  bool negative = false;
};

using Naming = std::function<DestName(std::string_view dest)>;

/// |text| with each "{dest}" by its name. One turns a negative flag on by dropping it: "turn on
/// {apply_rope_fusion}" becomes "drop --no-rope-fusion".
std::string Spoken(std::string_view text, const Naming& name);

/// The flag that |dest| was given by, or its first; of a variable the name.
DestName NameOnLine(const EffectiveArgs& raw, std::string_view dest);

/// What the line or its surroundings say of |dest|: "--optimizer muon", "--bf16", "--lr is not
/// given", "NCCL_ALGO=Ring", "NCCL_ALGO is not set".
std::string SaidOnLine(const EffectiveArgs& raw, std::string_view dest);

/// A valid value of |dest| as somebody writes it on a line: contracts quote text, and have lists.
std::string ValidOnLine(const EffectiveArgs& raw, std::string_view dest, std::string_view value);

}  // namespace nam56r::dialect
