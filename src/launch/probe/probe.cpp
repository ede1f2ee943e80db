#include "src/launch/probe/probe.h"

#include <array>
#include <condition_variable>
#include <exception>
#include <mutex>
#include <system_error>
#include <thread>
#include <utility>

#include "src/base/utf8.h"
#include "src/launch/cache_directory.h"
#include "src/launch/machine.h"
#include "src/launch/probe/cache_key.h"
#include "src/launch/probe/subject.h"
#include "src/policy/caches.h"

namespace nam56r::launch::probe {
namespace {

using internal::Subject;
using Clock = std::chrono::steady_clock;

enum class Kind { kLocal, kProgram, kNetwork };

struct Item {
  std::string_view name;
  Kind kind;
  internal::Probing probe;
};

// Cheap and local first, then programs, then the network.
constexpr std::array kItems = {
    Item{"system", Kind::kLocal, internal::ProbeSystem},
    Item{"cpu", Kind::kLocal, internal::ProbeCpu},
    Item{"memory", Kind::kLocal, internal::ProbeMemory},
    Item{"shm", Kind::kLocal, internal::ProbeShm},
    Item{"limits", Kind::kLocal, internal::ProbeLimits},
    Item{"interface", Kind::kLocal, internal::ProbeInterfaces},
    Item{"infiniband", Kind::kLocal, internal::ProbeInfiniband},
    Item{"disk", Kind::kLocal, internal::ProbeDisk},
    Item{"cache", Kind::kLocal, internal::ProbeCaches},
    Item{"lock", Kind::kLocal, internal::ProbeLocks},
    Item{"megatron", Kind::kLocal, internal::ProbeMegatron},
    Item{"python", Kind::kLocal, internal::ProbePython},
    Item{"gpu", Kind::kLocal, internal::ProbeGpus},
    Item{"fabric", Kind::kLocal, internal::ProbeFabric},
    Item{"worker", Kind::kLocal, internal::ProbeWorker},
    Item{"library", Kind::kLocal, internal::ProbeLibraries},
    Item{"megatron_changes", Kind::kProgram, internal::ProbeMegatronChanges},
    Item{"master_port", Kind::kNetwork, internal::ProbeMasterPort},
    Item{"master", Kind::kNetwork, internal::ProbeMaster},
};

// Names of files, processes and devices are bytes; a report is JSON.
void MakeUtf8(nlohmann::json& value) {
  if (value.is_string()) {
    auto& text = value.get_ref<std::string&>();
    if (!base::IsUtf8(text)) text = base::WithValidUtf8(text);
  }
  if (value.is_object()) {
    nlohmann::json valid = nlohmann::json::object();
    for (auto& [key, child] : value.items()) {
      MakeUtf8(child);
      valid[base::WithValidUtf8(key)] = std::move(child);
    }
    value = std::move(valid);
  } else if (value.is_array()) {
    for (nlohmann::json& child : value) MakeUtf8(child);
  }
}

// A file system that does not answer blocks whoever asks, for good: a thread does, and is left.
ProbeItem WithLimit(internal::Probing probe, const std::shared_ptr<const Subject>& subject) {
  struct Shared {
    std::mutex mutex;
    std::condition_variable done;
    std::optional<ProbeItem> item;
  };
  const auto shared = std::make_shared<Shared>();
  const auto look = [shared, probe, subject] {
    ProbeItem item;
    try {
      item = probe(*subject);
    } catch (const std::exception& error) {
      item = internal::Failed(error.what());
    }
    const std::lock_guard lock(shared->mutex);
    shared->item = std::move(item);
    shared->done.notify_one();
  };
  try {
    std::thread(look).detach();
  } catch (const std::system_error&) {
    look();  // at the limit of processes: without a limit of time, then
  }
  std::unique_lock lock(shared->mutex);
  if (!shared->done.wait_for(lock, subject->limit, [&] { return shared->item.has_value(); })) {
    return internal::Failed("no answer within " + std::to_string(subject->limit.count()) + " ms");
  }
  return *std::move(shared->item);
}

std::string VariableOf(const BoundRun& run, const std::string& name) {
  if (run.ranks.empty()) return {};
  for (const Variable& variable : run.ranks.front().environment) {
    if (variable.name == name) return variable.value;
  }
  return {};
}

void AddCaches(const ProbeRequest& request, const host::Host& host, Subject& subject) {
  for (const policy::CacheVariable& cache : policy::kCacheVariables) {
    const std::string& lifetime = request.contract->policy.caches.*cache.lifetime;
    if (lifetime.empty() || lifetime == "run") continue;  // a run's own is new each time
    const auto key = CacheKey(*request.contract, host, lifetime);
    if (!key) {
      subject.cache_why = key.errors().front().message;
      continue;
    }
    subject.caches.push_back({std::string(cache.name), lifetime,
                              CacheDirectory(lifetime, std::string(cache.name), subject.cache_root,
                                             {}, request.contract->digest, *key),
                              *key});
  }
}

void AddPlaces(const ProbeRequest& request, const host::Host& host, Subject& subject) {
  const auto add = [&](std::string name, const std::filesystem::path& path) {
    if (!path.empty()) {
      subject.places.push_back({std::move(name), std::filesystem::absolute(path)});
    }
  };
  add("cache_root", subject.cache_root);
  std::filesystem::path runs = request.runs;
  if (runs.empty()) runs = host.paths.runs;
  add("runs", runs.empty() ? "runs" : runs);
  if (request.contract == nullptr) return;
  const auto find = [](const std::map<std::string, std::string>& map, const std::string& name) {
    const auto it = map.find(name);
    return it == map.end() ? std::string() : it->second;
  };
  const policy::Policy& policy = request.contract->policy;
  std::string dataset = find(host.datasets, policy.data.dataset);
  if (dataset.empty() && !subject.cache_root.empty() && !policy.data.dataset.empty()) {
    dataset = DefaultDatasetPrefix(subject.cache_root, policy.data.dataset).string();
  }
  if (!dataset.empty()) add("dataset", std::filesystem::path(dataset).parent_path());
  add("checkpoint_load", find(host.checkpoints, policy.checkpoint.load));
  add("checkpoint_save", find(host.checkpoints, policy.checkpoint.save));
}

std::shared_ptr<const Subject> MakeSubject(const ProbeRequest& request) {
  auto subject = std::make_shared<Subject>();
  subject->world = request.world != nullptr ? request.world : ThisWorld();
  subject->files = Files(subject->world->Root());
  subject->limit = request.item_limit;
  const host::Host defaults;
  const host::Host& host = request.host != nullptr ? request.host->value : defaults;

  subject->environment = request.launcher_environment;
  if (request.run != nullptr && !request.run->ranks.empty()) {
    subject->environment.clear();
    for (const Variable& variable : request.run->ranks.front().environment) {
      subject->environment[variable.name] = variable.value;
    }
    // A process without HOME takes it from the user's entry, which is where the launcher has it
    // from.
    const auto home = request.launcher_environment.find("HOME");
    if (home != request.launcher_environment.end()) subject->environment.insert(*home);
  }
  const auto root = CacheRoot(host, request.launcher_environment);
  if (root) subject->cache_root = root->string();
  AddPlaces(request, host, *subject);

  subject->python = host.paths.python;
  subject->megatron = host.paths.megatron;
  subject->nodes = host.machine.nodes;
  subject->master_addr = host.network.master_addr;
  subject->master_port = host.network.master_port;
  if (request.contract != nullptr) {
    subject->dialect = request.contract->dialect;
    AddCaches(request, host, *subject);
  }
  const bool native = subject->dialect.empty() || subject->dialect == "native";
  if (native) {
    const std::filesystem::path beside =
        request.executable.empty() ? ThisExecutable() : request.executable;
    subject->worker = std::filesystem::absolute(host.paths.worker.empty()
                                                    ? beside.parent_path() / "nam56r-worker"
                                                    : std::filesystem::path(host.paths.worker));
  }
  if (request.run != nullptr) {
    if (const auto port = ToNumber(VariableOf(*request.run, "MASTER_PORT"))) {
      subject->master_port = *port;
    }
  }
  return subject;
}

}  // namespace

const std::vector<std::string>& ItemNames() {
  static const std::vector<std::string> names = [] {
    std::vector<std::string> all;
    for (const Item& item : kItems) all.emplace_back(item.name);
    return all;
  }();
  return names;
}

ProbeReport Probe(const ProbeRequest& request) {
  const std::shared_ptr<const Subject> subject = MakeSubject(request);
  ProbeReport report;
  for (const Item& item : kItems) {
    const auto start = Clock::now();
    ProbeItem found;
    if (item.kind == Kind::kProgram && !request.programs) {
      found = internal::Skipped("no programs were to be run");
    } else if (item.kind == Kind::kNetwork && !request.network) {
      found = internal::Skipped("the network was not to be used");
    } else {
      found = WithLimit(item.probe, subject);
    }
    found.item = item.name;
    MakeUtf8(found.facts);
    found.why = base::WithValidUtf8(found.why);
    for (std::string& note : found.notes) note = base::WithValidUtf8(note);
    found.seconds = std::chrono::duration<double>(Clock::now() - start).count();
    report.items.push_back(std::move(found));
  }
  return report;
}

}  // namespace nam56r::launch::probe
