#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <string>
#include <vector>

#include "src/policy/environment.h"
#include "src/policy/environment_values.h"

namespace nam56r::policy {
namespace {

using base::Diagnostic;
using base::Diagnostics;
using internal::Folded;

/// What either table sets a variable to.
class View {
 public:
  explicit View(const base::Loaded<Policy>& policy) : policy_(policy) {}

  const Policy& policy() const { return policy_.value; }
  /// By this name alone.
  const std::string* FindExactly(const std::string& name) const {
    for (const auto* table : {&policy().environment, &policy().bootstrap_environment}) {
      if (auto it = table->find(name); it != table->end()) return &it->second;
    }
    return nullptr;
  }
  /// The name by which the thing called |name| is set: another name of it where that alone is.
  std::string Spelled(const std::string& name) const {
    if (FindExactly(name) != nullptr) return name;
    const EnvironmentVariable* known = FindVariable(name);
    if (known == nullptr || known->same_as.empty()) return name;
    std::string other(known->same_as);
    return FindExactly(other) != nullptr ? other : name;
  }
  const std::string* Find(const std::string& name) const { return FindExactly(Spelled(name)); }
  bool Has(const std::string& name) const { return Find(name) != nullptr; }
  bool Is(const std::string& name, std::string_view value) const {
    const std::string* found = Find(name);
    return found != nullptr && Folded(name, *found) == Folded(name, value);
  }
  bool Holds(const std::string& name, std::string_view part) const {
    const std::string* found = Find(name);
    return found != nullptr && Folded(name, *found).find(Folded(name, part)) != std::string::npos;
  }
  std::optional<std::int64_t> Int(const std::string& name) const {
    const std::string* found = Find(name);
    // What is no number POLICY0104 says.
    return found == nullptr ? std::nullopt : internal::WholeNumber(*found);
  }
  /// One side of a conflict: a field, or a variable by its bare name.
  base::SourceNote Side(const std::string& side) const {
    if (side.find('.') != std::string::npos) {
      for (const auto& field : Schema()) {
        if (field.spec.key != side) continue;
        const auto value = base::internal::GetField(field, policy());
        return {policy_.At(side), fmt::format("{} = {}", side, base::ToString(value))};
      }
    }
    const std::string name = Spelled(side);
    const std::string* value = FindExactly(name);
    if (value == nullptr) return {{policy_.file, 0, 0}, side + " is not set"};
    return {policy_.At(FieldOf(name)), internal::Setting(name, *value)};
  }
  std::string FieldOf(const std::string& side) const {
    if (side.find('.') != std::string::npos) return side;
    const std::string name = Spelled(side);
    return (policy().environment.contains(name) || !policy().bootstrap_environment.contains(name)
                ? "environment."
                : "bootstrap_environment.") +
           name;
  }

 private:
  const base::Loaded<Policy>& policy_;
};

bool Graphs(const View& v) { return v.policy().graphs.implementation != "none"; }

/// One thing that must not be; the first side is the one to change.
struct Rule {
  std::vector<std::string> sides;
  bool (*holds)(const View& view);
  std::string_view message;
  std::vector<std::string> valid;
  std::string_view fix;
};

const std::vector<Rule>& Rules() {
  static const std::vector<Rule> rules = {
      // megatron/core/parallel_state.py; megatron/core/transformer/cuda_graphs.py.
      {{"NCCL_GRAPH_REGISTER", "PYTORCH_CUDA_ALLOC_CONF", "graphs.implementation"},
       [](const View& v) {
         // Of Transformer Engine's graphs the dialect says so: Megatron asserts it.
         return Graphs(v) && v.policy().graphs.implementation != "transformer_engine" &&
                v.Holds("PYTORCH_CUDA_ALLOC_CONF", "expandable_segments:True") &&
                !v.Is("NCCL_GRAPH_REGISTER", "0");
       },
       "captured collectives register buffers that expandable segments move: an illegal memory "
       "access",
       {"0"},
       "write NCCL_GRAPH_REGISTER = \"0\""},
      {{"PYTORCH_CUDA_ALLOC_CONF"},
       [](const View& v) {
         return v.Holds("PYTORCH_CUDA_ALLOC_CONF", "expandable_segments:True") &&
                v.Holds("PYTORCH_CUDA_ALLOC_CONF", "cudaMallocAsync");
       },
       "CUDA's own allocator has no expandable segments",
       {"expandable_segments:True", "backend:cudaMallocAsync"},
       "write one of the two"},
      {{"CUDA_DEVICE_MAX_CONNECTIONS", "overlap.moe_expert_parallel_comm"},
       [](const View& v) {
         const Policy& p = v.policy();
         return p.overlap.moe_expert_parallel_comm && p.layout.tensor_parallel == 1 &&
                p.layout.context_parallel == 1 && v.Is("CUDA_DEVICE_MAX_CONNECTIONS", "1");
       },
       "with one hardware queue the expert exchange cannot run beside computation",
       {"32"},
       "write CUDA_DEVICE_MAX_CONNECTIONS = \"32\""},
      {{"NCCL_ALGO", "NCCL_NVLS_ENABLE"},
       [](const View& v) {
         return v.Holds("NCCL_ALGO", "NVLS") && !v.Holds("NCCL_ALGO", "^") &&
                v.Is("NCCL_NVLS_ENABLE", "0");
       },
       "NCCL may choose NVLS, and may not use it",
       {},
       "remove NVLS from NCCL_ALGO, or NCCL_NVLS_ENABLE"},
      {{"NCCL_NET", "NCCL_NET_PLUGIN"},
       [](const View& v) {
         return v.Has("NCCL_NET") && v.Is("NCCL_NET_PLUGIN", "none") && !v.Is("NCCL_NET", "IB") &&
                !v.Is("NCCL_NET", "Socket");
       },
       "only a plug-in has that network, and no plug-in is loaded",
       {"IB", "Socket"},
       "remove NCCL_NET"},
      {{"NCCL_P2P_LEVEL", "NCCL_P2P_DISABLE"},
       [](const View& v) { return v.Has("NCCL_P2P_LEVEL") && v.Is("NCCL_P2P_DISABLE", "1"); },
       "without direct transfers their distance has no effect",
       {},
       "remove one of the two"},
      {{"NCCL_DEBUG_SUBSYS", "NCCL_DEBUG"},
       [](const View& v) {
         return v.Has("NCCL_DEBUG_SUBSYS") && !v.Is("NCCL_DEBUG", "INFO") &&
                !v.Is("NCCL_DEBUG", "TRACE");
       },
       "it chooses among what INFO and TRACE log, and nothing of that is logged",
       {},
       "write NCCL_DEBUG = \"INFO\", or remove NCCL_DEBUG_SUBSYS"},
      {{"NCCL_MAX_NCHANNELS", "NCCL_MIN_NCHANNELS"},
       [](const View& v) {
         const auto most = v.Int("NCCL_MAX_NCHANNELS");
         const auto fewest = v.Int("NCCL_MIN_NCHANNELS");
         return most && fewest && *most < *fewest;
       },
       "the most channels are fewer than the fewest",
       {},
       "raise NCCL_MAX_NCHANNELS"},
      {{"NCCL_MAX_CTAS", "NCCL_MIN_CTAS"},
       [](const View& v) {
         const auto most = v.Int("NCCL_MAX_CTAS");
         const auto fewest = v.Int("NCCL_MIN_CTAS");
         return most && fewest && *most < *fewest;
       },
       "the most thread blocks are fewer than the fewest",
       {},
       "raise NCCL_MAX_CTAS"},
      {{"TORCH_NCCL_HEARTBEAT_TIMEOUT_SEC", "TORCH_NCCL_ENABLE_MONITORING"},
       [](const View& v) {
         return v.Has("TORCH_NCCL_HEARTBEAT_TIMEOUT_SEC") &&
                v.Is("TORCH_NCCL_ENABLE_MONITORING", "0");
       },
       "nothing watches the heartbeat, so that its timeout has no effect",
       {},
       "remove one of the two"},
      {{"TORCH_NCCL_DUMP_ON_TIMEOUT", "TORCH_NCCL_TRACE_BUFFER_SIZE"},
       [](const View& v) {
         const auto kept = v.Int("TORCH_NCCL_TRACE_BUFFER_SIZE");
         return v.Is("TORCH_NCCL_DUMP_ON_TIMEOUT", "1") && kept && *kept <= 0;
       },
       "the flight recorder keeps nothing that could be written",
       {},
       "write \"2000\", or remove TORCH_NCCL_DUMP_ON_TIMEOUT"},
      {{"CUDA_GRAPH_CAPTURE_FREEZE_GC", "graphs.implementation"},
       [](const View& v) { return v.Has("CUDA_GRAPH_CAPTURE_FREEZE_GC") && !Graphs(v); },
       "nothing is captured, so that it has no effect",
       {},
       "remove CUDA_GRAPH_CAPTURE_FREEZE_GC"},
      {{"CUDA_GRAPHS_USE_NODE_PRIORITY", "graphs.implementation"},
       [](const View& v) { return v.Has("CUDA_GRAPHS_USE_NODE_PRIORITY") && !Graphs(v); },
       "nothing is captured, so that it has no effect",
       {},
       "remove CUDA_GRAPHS_USE_NODE_PRIORITY"},
      // DatasunriseOU/cppmega recipes/run_profiles.py raises.
      {{"CPPMEGA_CUTLASS_MXFP8_SCALE_BACKEND", "CPPMEGA_TE_MXFP8_COMPACT_COLUMNWISE_BACKWARD"},
       [](const View& v) {
         return v.Is("CPPMEGA_CUTLASS_MXFP8_SCALE_BACKEND", "swizzled") &&
                v.Is("CPPMEGA_TE_MXFP8_COMPACT_COLUMNWISE_BACKWARD", "1");
       },
       "compact operands have no swizzled scales",
       {"compact", "prepack"},
       "change one of the two"},
  };
  return rules;
}

/// Variables that another one leaves without effect.
struct Idle {
  std::string_view prefix;
  std::string_view except;
  bool (*idle)(const View& view);
  std::vector<std::string> sides;  ///< beside the variable
  std::string_view message;
};

const std::vector<Idle>& IdleVariables() {
  static const std::vector<Idle> idle = {
      {"NCCL_IB_",
       "NCCL_IB_DISABLE",
       [](const View& v) { return v.Is("NCCL_IB_DISABLE", "1"); },
       {"NCCL_IB_DISABLE"},
       "NCCL does not use InfiniBand here"},
      {"CPPMEGA_M2RNN_FWD_NUM_",
       "",
       [](const View& v) { return v.Is("CPPMEGA_M2RNN_FWD_AUTOTUNE", "1"); },
       {"CPPMEGA_M2RNN_FWD_AUTOTUNE"},
       "autotuning chooses it"},
      {"CPPMEGA_TE_MXFP8_",
       "",
       [](const View& v) {
         const Precision& p = v.policy().precision;
         return p.compute != "fp8" || p.fp8_recipe != "mxfp8";
       },
       {"precision.compute", "precision.fp8_recipe"},
       "only MXFP8 products read it"},
  };
  return idle;
}

Diagnostic Conflict(const View& view, std::string code, const std::vector<std::string>& sides,
                    std::string message, std::vector<std::string> valid, std::string fix) {
  Diagnostic error;
  error.code = std::move(code);
  error.surface = base::Surface::kPolicy;
  error.message = std::move(message);
  for (const std::string& side : sides) {
    error.where.push_back(view.Side(side));
    error.fields.push_back(view.FieldOf(side));
  }
  error.valid = std::move(valid);
  error.fix = std::move(fix);
  return error;
}

/// The native backend is one C++ program on processors: of what is known it has these readers.
bool ReadByNative(const EnvironmentVariable& known) {
  constexpr std::string_view kReaders[] = {"dynamic loader", "MKL", "OpenBLAS", "OpenMP",
                                           "PyTorch"};
  return std::find(std::begin(kReaders), std::end(kReaders), known.reader) != std::end(kReaders);
}

void CheckNative(const View& view, const std::string& name, Diagnostics& errors) {
  const EnvironmentVariable* known = FindVariable(name);
  if (view.policy().run.backend != "native" || known == nullptr || ReadByNative(*known)) return;
  errors.push_back(Conflict(view, "POLICY0106", {name, "run.backend"},
                            fmt::format("{} has no effect: {} reads it, and the native backend "
                                        "runs without",
                                        name, known->reader),
                            {}, fmt::format("remove {}", name)));
}

void CheckIdle(const View& view, const std::string& name, Diagnostics& errors) {
  for (const Idle& idle : IdleVariables()) {
    if (!name.starts_with(idle.prefix) || name == idle.except || !idle.idle(view)) continue;
    std::vector<std::string> sides = {name};
    sides.insert(sides.end(), idle.sides.begin(), idle.sides.end());
    errors.push_back(Conflict(view, "POLICY0106", sides,
                              fmt::format("{} has no effect: {}", name, idle.message), {},
                              fmt::format("remove {}", name)));
  }
}

// Each pair once, named by the one that sorts first.
void CheckSame(const View& view, const std::string& name, Diagnostics& errors) {
  const EnvironmentVariable* known = FindVariable(name);
  if (known == nullptr || known->same_as.empty() || known->same_as < name) return;
  const std::string other(known->same_as);
  const std::string* first = view.FindExactly(name);
  const std::string* second = view.FindExactly(other);
  if (first == nullptr || second == nullptr) return;
  if (Folded(name, *first) == Folded(other, *second)) return;
  errors.push_back(
      Conflict(view, "POLICY0107", {name, other},
               fmt::format("{} and {} are two names of one thing, with two values", name, other),
               {}, fmt::format("remove {}, or give both the same value", name)));
}

}  // namespace

Diagnostics CheckEnvironmentConflicts(const base::Loaded<Policy>& policy) {
  const View view(policy);
  Diagnostics errors;
  for (const Rule& rule : Rules()) {
    if (!rule.holds(view)) continue;
    errors.push_back(Conflict(view, "POLICY0106", rule.sides, std::string(rule.message), rule.valid,
                              std::string(rule.fix)));
  }
  for (const auto* table : {&policy.value.environment, &policy.value.bootstrap_environment}) {
    for (const auto& [name, value] : *table) {
      CheckNative(view, name, errors);
      CheckIdle(view, name, errors);
      CheckSame(view, name, errors);
    }
  }
  return errors;
}

}  // namespace nam56r::policy
