#pragma once

#include "src/dialect/rules/facts.h"

/// Modules of graphs as the command line names them, old names among them, before any is rewritten.
namespace nam56r::dialect::rules {

inline std::string_view ModulesDest(const Args& raw) {
  if (raw.minor() < 18) return "cuda_graph_scope";
  return raw.IsNull("cuda_graph_scope_deprecated") ? "cuda_graph_modules"
                                                   : "cuda_graph_scope_deprecated";
}
inline bool NamesWith(const Args& raw, std::string_view module) {
  return raw.Lists(ModulesDest(raw), module);
}
inline std::size_t NamedModules(const Args& raw) { return raw.Size(ModulesDest(raw)); }
/// The flags of old stand for an implementation.
inline std::string NamedImplementation(const Args& raw) {
  if (raw.On("external_cuda_graph")) return "transformer_engine";
  return raw.On("enable_cuda_graph") ? "local" : raw.Text("cuda_graph_impl");
}

}  // namespace nam56r::dialect::rules
