#include <fmt/format.h>
#include <re2/re2.h>

#include <algorithm>
#include <cmath>

#include "src/launch/why/candidate.h"

namespace nam56r::launch::why {
namespace {

// The message is put together in PyTorch's c10/cuda/CUDACachingAllocator.cpp (alloc); what earlier
// versions wrote is read too.
struct Account {
  double tried = -1;  // all in GiB; -1: the message does not say
  double total = -1;
  double free = -1;
  double own = -1;                // of this process, the CUDA context included
  double allocated = -1;          // by PyTorch in this process
  double cached = -1;             // reserved by PyTorch and not allocated
  double pools = -1;              // of the allocated, in private pools (CUDA graphs)
  std::vector<double> processes;  // "Process 193307 has 78.96 GiB memory in use"
};

double GiB(const std::string& number, const std::string& unit) {
  const double value = std::strtod(number.c_str(), nullptr);
  if (unit == "TiB" || unit == "TB") return value * 1024;
  if (unit == "GiB" || unit == "GB") return value;
  if (unit == "MiB" || unit == "MB") return value / 1024;
  if (unit == "KiB" || unit == "KB") return value / (1024.0 * 1024);
  return value / (1024.0 * 1024 * 1024);
}

constexpr const char* kSize = R"(([0-9.]+) ?([KMGT]i?B|bytes))";

double Size(const std::string& text, const char* before, const char* after) {
  const RE2 pattern(fmt::format("{}{}{}", before, kSize, after));
  std::string number;
  std::string unit;
  return RE2::PartialMatch(text, pattern, &number, &unit) ? GiB(number, unit) : -1;
}

Account Read(const std::string& text) {
  Account account;
  account.tried = Size(text, "Tried to allocate ", "");
  account.total = Size(text, "total capac?ity of ", "");
  if (account.total < 0) account.total = Size(text, "", " total capacity");
  account.free = Size(text, "of which ", " is free");
  if (account.free < 0) account.free = Size(text, "", " free");
  account.own = Size(text, "this process has ", " memory in use");
  account.allocated = Size(text, "Of the allocated memory ", " is allocated by PyTorch");
  if (account.allocated < 0) account.allocated = Size(text, "", " already allocated");
  account.cached = Size(text, "", " is reserved by PyTorch but unallocated");
  if (account.cached < 0 && account.allocated >= 0) {
    const double reserved = Size(text, "", " reserved in total by PyTorch");
    if (reserved >= 0) account.cached = std::max(0.0, reserved - account.allocated);
  }
  account.pools = Size(text, "with ", " allocated in private pools");
  static const RE2 kProcess(fmt::format("Process [0-9]+ has {} memory in use", kSize));
  re2::StringPiece rest(text);
  std::string number;
  std::string unit;
  while (RE2::FindAndConsume(&rest, kProcess, &number, &unit)) {
    account.processes.push_back(GiB(number, unit));
  }
  return account;
}

// Of a process in a container PyTorch sees the number outside, and does not know that it is itself:
// it is then the one that uses about what PyTorch has.
void FindOwn(Account& account) {
  if (account.own >= 0 || account.allocated < 0 || account.processes.empty()) return;
  const double has = account.allocated + std::max(0.0, account.cached);
  const auto own =
      std::min_element(account.processes.begin(), account.processes.end(),
                       [&](double a, double b) { return std::abs(a - has) < std::abs(b - has); });
  if (*own + 0.01 < has) return;
  account.own = *own;
  account.processes.erase(own);
}

// Parameters of the model over its ranks, in bytes of training state: what a contract alone tells.
std::string StateText(const nlohmann::json* contract, double total) {
  if (contract == nullptr || !contract->is_object()) return "";
  const nlohmann::json::json_pointer parameters("/plan/parameters/total");
  if (!contract->contains(parameters) || !(*contract)[parameters].is_number()) return "";
  const double count = (*contract)[parameters].get<double>();
  // bf16 weights, fp32 gradients, main weights and two moments, before anything is shared.
  constexpr double kBytesOfState = 18;
  return fmt::format(
      " The contract's model has {:.2f} G parameters: {:.0f} GiB of training state before ranks "
      "share it, and a GPU has {:.0f} GiB.",
      count / 1e9, count * kBytesOfState / (1u << 30), total);
}

bool IsAboutMemory(std::string_view code) { return code == "WHY3501" || code == "WHY3502"; }

}  // namespace

void WeighMemory(Candidate& candidate, const Context& context) {
  if (!IsAboutMemory(candidate.signature->code)) return;
  Account account = Read(candidate.hits[0]->text);
  FindOwn(account);
  if (account.total <= 0) return;  // it says nothing of who holds what
  const double known = account.own >= 0
                           ? account.own
                           : std::max(0.0, account.allocated) + std::max(0.0, account.cached);
  const double used = account.free >= 0 ? account.total - account.free : known;
  double other = 0;
  for (const double process : account.processes) other += process;
  // What nobody accounts for is another's only where it is much more than a CUDA context.
  constexpr double kContext = 2.5;
  if (account.processes.empty() && used - known > kContext + 0.1 * account.total) {
    other = used - known;
  }
  const double tried = std::max(0.0, account.tried);
  const auto similar = static_cast<std::size_t>(std::count_if(
      account.processes.begin(), account.processes.end(),
      [&](double process) { return known > 0 && process > 0.5 * known && process < 2 * known; }));
  if (similar >= 1 && account.processes.size() >= 2) {
    candidate.cause = fmt::format(
        "{} processes share one GPU of {:.1f} GiB, each with about as much: ranks that should have "
        "a GPU each.",
        account.processes.size() + 1, account.total);
    candidate.next =
        "Start as many ranks a node as it has GPUs, and let each take the GPU of its local rank.";
    candidate.fields = {"policy.layout.world_size", "host.machine.gpus_per_node"};
    candidate.confidence = 0.75;
    return;
  }
  if (other > 0.15 * account.total && tried <= std::max(0.0, account.free) + other) {
    candidate.cls = Class::kHost;
    candidate.cause = fmt::format(
        "Another process holds {:.1f} of the GPU's {:.1f} GiB; without it the {:.2f} GiB that were "
        "asked for would fit.",
        other, account.total, tried);
    candidate.next =
        "Find it with nvidia-smi on that node, end it if it is left over, and start again.";
    candidate.fields = {"host.machine.gpu_memory_gib"};
    candidate.confidence = 0.8;
    return;
  }
  if (account.free > tried && tried > 0 && account.allocated >= 0 &&
      account.allocated < 0.5 * account.total) {
    candidate.cls = Class::kHost;
    candidate.cause = fmt::format(
        "{:.2f} GiB were refused although {:.1f} of {:.1f} GiB are free: something else limits it.",
        tried, account.free, account.total);
    candidate.next =
        "Look for a memory limit of the process, MIG, or a driver that is out of "
        "resources.";
    candidate.confidence = 0.5;
    return;
  }
  if (account.cached > tried && account.cached > 0.1 * account.total) {
    candidate.cause = fmt::format(
        "{:.1f} GiB are reserved by PyTorch and not used, in pieces too small for the {:.2f} GiB "
        "that were asked for: the allocator's memory is fragmented.",
        account.cached, tried);
    candidate.next =
        "Set PYTORCH_CUDA_ALLOC_CONF=expandable_segments:True; if that is not enough, "
        "lower the micro-batch.";
    candidate.fields = {"policy.environment", "policy.batch.micro_batch_size"};
    candidate.confidence = 0.85;
    return;
  }
  candidate.cause = fmt::format(
      "The model and its activations do not fit: this process alone holds {:.1f} of the GPU's "
      "{:.1f} GiB and asks for {:.2f} GiB more.{}",
      known, account.total, tried, StateText(context.contract, account.total));
  if (account.pools > 0.2 * account.total) {
    candidate.cause = fmt::format(
        "CUDA graphs hold {:.1f} of the GPU's {:.1f} GiB in pools of their own, and {:.2f} GiB "
        "more do not fit.",
        account.pools, account.total, tried);
    candidate.fields = {"policy.graphs.modules", "policy.batch.micro_batch_size"};
  }
  candidate.confidence = 0.88;
}

}  // namespace nam56r::launch::why
