#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "src/base/expected.h"
#include "src/launch/bind.h"
#include "src/launch/engine.h"
#include "src/launch/redact.h"

/// A receipt: the directory of one run, private (0700, files 0600).
///
///     receipt.json    format, state at the start, launcher, contract name and digest
///     contract.json   the very bytes that were launched
///     host.json       the bound host
///     ranks.json      argv and environment of each rank, every word with its owner; no secrets
///     ranks-N.json    the same of attempt N, from the second on
///     bootstrap.*     of a Megatron run: what its interpreters execute first (bootstrap_files.h)
///     manifest.json   of a run on Kubernetes: what was applied
///     proof.json      what was found before the first process started; absent: nobody looked
///     bootstrap.*     of a Megatron run: what its interpreters execute first (bootstrap_files.h)
///     logs/rank-N.log what rank N wrote; from the second attempt on below logs/attempt-N/
///     events.jsonl    what ranks reported, one object a line
///     metrics.jsonl   the "step" and "validation" events among them
///     outcome.json    written last; a receipt without it is running or was abandoned
///
/// Secrets (redact.h) are in none of them but the logs, which are the ranks' own words.
/// docs/receipts.md lists every key. A reader accepts keys that it does not know, and shows what it
/// understands of a receipt that a later version wrote.
namespace nam56r::launch {

inline constexpr std::string_view kReceiptFormat = "nam56r.receipt/1";

enum class ReceiptState {
  kRunning,    ///< its launcher is alive
  kAbandoned,  ///< its launcher is gone and left no outcome: killed, or the machine restarted
  kElsewhere,  ///< says running, on another machine: nobody here can tell
  kSucceeded,
  kFailed,
  kInterrupted,
  kUnknown,  ///< ended in a way that only a later version knows
};

/// "running", "abandoned", ...
std::string_view ReceiptStateName(ReceiptState state);

/// A receipt as it is read back.
struct Receipt {
  std::filesystem::path directory;
  std::string id;    ///< the directory's name
  std::string name;  ///< of the contract
  std::string digest;
  std::string dialect;
  std::int64_t world_size = 0;
  ReceiptState state = ReceiptState::kRunning;
  std::string started;        ///< "2026-08-01T12:00:00Z"
  nlohmann::json launcher;    ///< {"pid", "boot_id", "start_ticks", "hostname"}
  nlohmann::json outcome;     ///< outcome.json; null while there is none
  std::string engine;         ///< "local", "torchrun", "slurm", "kubernetes"
  std::string backend;        ///< "native", "megatron"
  nlohmann::json engine_ids;  ///< {"slurm_job": "17"}: what the engine calls the run
  nlohmann::json attempts;    ///< [{"attempt", "started", "logs"}], one a start of the ranks
  /// Whether a later version wrote it: then what is here is what could be read.
  bool newer = false;
};

/// Writes one receipt. Every method's error is LAUNCH0010 (surface host): not writable.
class ReceiptWriter {
 public:
  /// What identifies a run.
  struct Identity {
    std::string name;  ///< of the contract
    std::string digest;
    std::string dialect;
    std::int64_t world_size = 0;
    std::string engine = "local";
  };

  /// Makes the directory (it must not exist yet; its parents may), and everything that is known
  /// before the first process starts.
  static base::Expected<ReceiptWriter> Create(const Identity& identity,
                                              std::string_view contract_bytes, const BoundRun& run);
  ~ReceiptWriter();
  ReceiptWriter(ReceiptWriter&&) noexcept;
  ReceiptWriter& operator=(ReceiptWriter&&) noexcept;

  const std::filesystem::path& directory() const;
  std::filesystem::path log_directory() const;

  /// Appends to events.jsonl, and to metrics.jsonl when it is a metric; the line is in the file
  /// when this returns. "rank" and "at", |seconds| since the run's start, are added to it.
  base::Status Append(const RankEvent& event, double seconds);

  /// Keeps |value| as the file |name| ("seam_proofs.json"), without its secrets; replaces an
  /// earlier one. |name| is a plain name that ends in ".json" and none of the receipt's own.
  base::Status Keep(std::string_view name, const nlohmann::json& value);
  /// What was found before the start, as proof.json.
  base::Status KeepProof(const nlohmann::json& proof) { return Keep("proof.json", proof); }

  /// Notes in receipt.json what the engine calls this run: ("slurm_job", "17").
  base::Status NoteEngineId(const std::string& name, const std::string& id);

  /// One more start of the ranks, |number| counts from 1. Answers the directory of its logs, which
  /// exists then. The first one's |run| is that of Create.
  base::Expected<std::filesystem::path> BeginAttempt(std::int64_t number, const BoundRun& run);

  /// Writes outcome.json and with it ends the run. |summary| is kept as it is; the keys of |extra|
  /// ("cause", "attempts") are added to the outcome's own. The room for it was reserved by Create,
  /// so that a run that filled the disk still has its outcome; if there is too little of it, the
  /// outcome is written without its longest parts, and "left_out" names them.
  base::Status Finish(const EngineResult& result, const nlohmann::json& summary,
                      const nlohmann::json& extra = nlohmann::json::object());

 private:
  struct Impl;
  explicit ReceiptWriter(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

/// "20260801T120000Z-nam56r-tiny-3fa94c1b20d7"; |attempt| > 1 adds "-2", ... for runs of one
/// second.
std::string ReceiptId(std::int64_t unix_seconds, const std::string& name, const std::string& digest,
                      int attempt = 1);

/// Errors: LAUNCH0011 not a receipt of this format.
base::Expected<Receipt> ReadReceipt(const std::filesystem::path& directory);

struct ReceiptList {
  std::vector<Receipt> receipts;  ///< newest first
  base::Diagnostics unreadable;   ///< warnings: directories that look like receipts and are not
};

/// Everything below |runs_directory|; a directory that does not exist has no receipts.
base::Expected<ReceiptList> ListReceipts(const std::filesystem::path& runs_directory);

/// |run| as ranks.json and `launch --dry-run --format json` have it: owners shown, secrets not.
nlohmann::json RanksJson(const BoundRun& run);

}  // namespace nam56r::launch
