#pragma once

#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "src/base/expected.h"
#include "src/launch/catalog/entry.h"
#include "src/launch/catalog/query.h"

/// SQLite over receipts: RUNS_DIR/catalog.sqlite (0600). A cache: receipts are what is true, and
/// the file may be deleted at any time.
///
/// It has a rollback journal, not a write-ahead log: a log needs memory that all users of the file
/// share, which NFS does not give, and one row a run has nothing to gain from it. A process that is
/// killed leaves a journal that the next one rolls back.
namespace nam56r::launch::catalog {

inline constexpr const char* kFileName = "catalog.sqlite";

/// What a refresh found.
struct Refreshed {
  base::Diagnostics unreadable;  ///< warnings, LAUNCH0011: they look like receipts
};

class Catalog {
 public:
  /// Opens or makes the catalog of |runs_directory|. A damaged file is set aside as
  /// catalog.sqlite.damaged-N and made anew. Where the file cannot be written, or a later version
  /// made it, the catalog is in memory. Both are said in |notes|: RUNS0005 (warnings).
  /// A directory without receipts, or none, stays as it is.
  static base::Expected<Catalog> Open(const std::filesystem::path& runs_directory);
  ~Catalog();
  Catalog(Catalog&&) noexcept;
  Catalog& operator=(Catalog&&) noexcept;

  /// Reads the receipts that are new, that changed, or that had not ended; forgets those that are
  /// gone. Error: RUNS0006.
  base::Expected<Refreshed> Refresh();

  /// Errors: those of ToSql, RUNS0006.
  base::Expected<std::vector<Entry>> Find(const Query& query);

  const base::Diagnostics& notes() const;

 private:
  struct Impl;
  explicit Catalog(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

/// Puts one receipt into the catalog of the directory that it lies in.
base::Status Record(const std::filesystem::path& receipt_directory);

}  // namespace nam56r::launch::catalog
