#pragma once

#include <cstddef>
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <utility>
#include <vector>

#include "src/base/diagnostic.h"

namespace nam56r::base {

struct RenderOptions {
  bool colour = false;          ///< ANSI escapes; for terminals only
  bool excerpts = true;         ///< quote the source line of each place, where its file can be read
  std::size_t width = 100;      ///< columns at which the valid set wraps
  std::size_t most_valid = 12;  ///< of the valid set, before "... and N more"
  std::string head = {};        ///< instead of the severity: "waived error"
  /// More lines below the help, a label and a text each: "= stage: ...".
  std::vector<std::pair<std::string, std::string>> facts = {};
};

/// For people:
///
///     error[SCHEMA0001]: unknown key 'moe.num_expert'; did you mean 'moe.num_experts'?
///      --> recipes/nam56r.toml:21:1
///        |
///     21 | num_expert = 16
///        | ^^^^^^^^^^ no such key
///        = valid: moe.num_experts, moe.top_k
///        = help: write 'moe.num_experts'
///
/// Notes stand before the valid set, each after "= note: ". Ends with a line feed. Control
/// characters of the input are escaped, so that a file cannot speak to the terminal. A source file
/// that cannot be read is not quoted.
std::string Render(const Diagnostic& diagnostic, const RenderOptions& options = {});

/// All of them, an empty line between.
std::string Render(const Diagnostics& diagnostics, const RenderOptions& options = {});

/// {"code","severity","surface","message","fields","valid","fix","notes","where":[{"file","line",
/// "column","label"}]}; invalid UTF-8 of the input becomes U+FFFD.
nlohmann::json ToJson(const Diagnostic& diagnostic);

}  // namespace nam56r::base
