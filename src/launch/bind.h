#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <vector>

#include "src/base/diagnostic.h"
#include "src/base/expected.h"
#include "src/base/schema.h"
#include "src/contract/reader.h"
#include "src/host/host.h"
#include "src/launch/engine.h"

/// Binding: a contract says what runs, a host says where. Joined they are the exact argv and
/// environment of every process.
namespace nam56r::launch {

/// One word of a command line, and who decided it.
struct Token {
  std::string text;
  base::Surface owner = base::Surface::kHost;
  std::string from;  ///< "host paths.worker", "recipe moe.num_experts"
};

/// One environment variable, and who decided it.
struct Variable {
  std::string name;
  std::string value;
  base::Surface owner = base::Surface::kHost;
  std::string from;
};

/// One process before it is started.
struct BoundRank {
  std::int64_t rank = 0;
  std::vector<Token> argv;
  std::vector<Variable> environment;  ///< sorted by name; nothing else is in the environment
  /// Ranks that this process is or starts itself: |rank| to |rank| + |starts| - 1. A node's
  /// torch.distributed.run starts all of its node.
  std::int64_t starts = 1;
  /// Copies of it that an orchestrator starts, each knowing its own number.
  std::int64_t copies = 1;
};

/// A file that lies in the receipt before the first process starts, private like the rest.
struct BoundFile {
  std::string name;  ///< "bootstrap.py"
  std::string bytes;
};

/// What `launch` runs and what `launch --dry-run` prints: the same object.
struct BoundRun {
  std::vector<BoundRank> ranks;
  std::filesystem::path receipt_directory;
  std::vector<BoundFile> files;  ///< beside those that every receipt has
  nlohmann::json host;           ///< every field of the host, and what was bound beside it
  base::Diagnostics refused;     ///< why this cannot be started; empty: it can
  std::string engine = "local";  ///< what starts the processes
  std::string engine_from;       ///< "--engine", "default of backend megatron"
};

/// What the launcher was started with; the only things binding takes from the process around it.
struct BindOptions {
  std::filesystem::path receipt_directory;                  ///< absolute; need not exist yet
  std::map<std::string, std::string> launcher_environment;  ///< see ProcessEnvironment()
  std::filesystem::path executable;       ///< of the launcher; empty: /proc/self/exe
  std::int64_t cores = 0;                 ///< when the host says 0; 0: as found
  std::int64_t memory_bytes = 0;          ///< of this machine; 0: as found
  std::string engine;                     ///< see ChooseEngine(); empty: the default of the backend
  std::vector<std::string> nodes;         ///< host names, in rank order; empty: the host's, unnamed
  std::optional<std::int64_t> node_rank;  ///< of this machine, of several without a scheduler
  std::string master_addr;                ///< of the first node, unless the host says one
};

/// Native contracts: one nam56r-worker a rank. Megatron contracts: one torch.distributed.run a
/// node. With engine kubernetes one process that stands for the copies of all pods, whose paths are
/// those within the container, so that none of them is looked for here.
///
/// Errors, surface host unless said otherwise:
///   LAUNCH0001 a program is missing or not executable    LAUNCH0004 dataset not bound or missing
///   LAUNCH0005 more ranks than the machine can run       LAUNCH0006 parameters beyond its memory
///   LAUNCH0007 (policy) a variable set in two places     LAUNCH0009 no place for caches
///   LAUNCH0012 no free port, or no such address
///   LAUNCH0008 the engine does not start this backend
/// In |refused| alone: LAUNCH0501 to LAUNCH0506 several nodes, ranks and GPUs that do not go
/// together, or files of Megatron that are not there; LAUNCH0013 the host does not say what
/// a cache directory is named after, LAUNCH0015 settings of a seam that are no texts,
/// POLICY0105 a variable that the host's GPUs have no use for.
///
/// |host| may be null: then every host value is its default.
base::Expected<BoundRun> Bind(const contract::ReadContract& contract,
                              const base::Loaded<host::Host>* host, const BindOptions& options);

/// As the engine takes it.
RankCommand ToCommand(const BoundRank& rank);

/// `environ` of this process.
std::map<std::string, std::string> ProcessEnvironment();

/// paths.cache_root, $XDG_CACHE_HOME/nam56r, $HOME/.cache/nam56r, the first that is set. Error:
/// LAUNCH0009. `nam56r data build` writes below it, Bind reads there.
base::Expected<std::filesystem::path> CacheRoot(
    const host::Host& host, const std::map<std::string, std::string>& environment);

/// Where a built dataset lies unless the host says otherwise: |cache_root|/datasets/|name|; .bin
/// and .idx are appended.
std::filesystem::path DefaultDatasetPrefix(const std::filesystem::path& cache_root,
                                           const std::string& name);

}  // namespace nam56r::launch
