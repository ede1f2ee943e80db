#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "src/base/expected.h"
#include "src/base/secrets.h"
#include "src/launch/bind.h"
#include "src/launch/engine.h"

/// A receipt: the directory of one run, private (0700, files 0600).
///
///     receipt.json    format, state at the start, launcher, contract name and digest
///     contract.json   the very bytes that were launched
///     host.json       the bound host
///     ranks.json      argv and environment of each rank, every word with its owner; no secrets
///     bootstrap.*     of a Megatron run: what its interpreters execute first (bootstrap_files.h)
///     logs/rank-N.log what rank N wrote
///     events.jsonl    everything that ranks reported, one object a line
///     metrics.jsonl   the "step" and "validation" events among them
///     outcome.json    written last; a receipt without it is running or was abandoned
namespace nam56r::launch {

inline constexpr std::string_view kReceiptFormat = "nam56r.receipt/1";

enum class ReceiptState {
  kRunning,    ///< its launcher is alive
  kAbandoned,  ///< its launcher is gone and left no outcome: killed, or the machine restarted
  kElsewhere,  ///< says running, on another machine: nobody here can tell
  kSucceeded,
  kFailed,
  kInterrupted,
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
  std::string started;      ///< "2026-08-01T12:00:00Z"
  nlohmann::json launcher;  ///< {"pid", "boot_id", "start_ticks", "hostname"}
  nlohmann::json outcome;   ///< outcome.json; null while there is none
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

  /// Writes outcome.json and with it ends the run. |summary| is kept as it is.
  base::Status Finish(const EngineResult& result, const nlohmann::json& summary);

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

using base::NamesSecret;

/// What stands in a receipt instead of a secret.
inline constexpr std::string_view kRedacted = "<redacted>";

/// |run| as ranks.json and `launch --dry-run --format json` have it: owners shown, secrets not.
nlohmann::json RanksJson(const BoundRun& run);

}  // namespace nam56r::launch
