#include "src/launch/catalog/catalog.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <unistd.h>

#include <array>
#include <map>
#include <optional>
#include <utility>

#include "src/launch/catalog/sqlite.h"
#include "src/launch/host_error.h"
#include "src/launch/receipt.h"
#include "src/launch/unique_fd.h"
#include "src/launch/utc_time.h"

namespace nam56r::launch::catalog {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;

// Statements that lead from one version of the schema (PRAGMA user_version) to the next. Never
// changed once released; a new column is a new entry.
std::vector<std::vector<std::string>> Migrations() {
  std::string columns;
  for (const Column& column : Columns()) {
    columns += columns.empty() ? fmt::format("{} TEXT PRIMARY KEY", column.name)
                               : fmt::format(", {}", column.name);
  }
  return {{fmt::format("CREATE TABLE runs ({}) WITHOUT ROWID", columns)},
          {"CREATE INDEX runs_by_start ON runs (started)",
           "CREATE INDEX runs_by_digest ON runs (digest)"}};
}

base::Diagnostic Failed(const fs::path& path, const std::string& why) {
  base::Diagnostic error =
      HostError("RUNS0006", fmt::format("the catalog {} cannot be used: {}", path.string(), why),
                "delete the file: it is made again from the receipts");
  error.where = {{{path.string(), 0, 0}, why}};
  return error;
}

base::Diagnostic Note(const fs::path& path, const std::string& what, const std::string& fix) {
  base::Diagnostic note = HostError("RUNS0005", what, fix);
  note.severity = base::Severity::kWarning;
  note.where = {{{path.string(), 0, 0}, "the catalog"}};
  return note;
}

enum class Schema { kCurrent, kLater };

// Throws SqliteError.
Schema Prepare(Database& database) {
  database.Execute("PRAGMA journal_mode = DELETE");
  database.Execute("PRAGMA synchronous = NORMAL");
  {
    Statement check = database.Prepare("PRAGMA quick_check(1)");
    if (!check.Step() || check.Column(0) != "ok") throw SqliteError(SQLITE_CORRUPT, "damaged");
  }
  const auto migrations = Migrations();
  const auto latest = static_cast<std::int64_t>(migrations.size());
  if (database.Number("PRAGMA user_version") == latest) return Schema::kCurrent;
  Transaction transaction(database);  // another process may have been first
  const std::int64_t version = database.Number("PRAGMA user_version");
  if (version > latest) return Schema::kLater;
  for (std::int64_t step = version; step < latest; ++step) {
    for (const std::string& sql : migrations[static_cast<std::size_t>(step)]) database.Execute(sql);
  }
  database.Execute(fmt::format("PRAGMA user_version = {}", latest));
  transaction.Commit();
  return Schema::kCurrent;
}

// Only one process may do that, and only while the file is still the damaged one.
std::string SetAside(const fs::path& path) {
  const UniqueFd folder(::open(path.parent_path().c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (folder) (void)::flock(folder.get(), LOCK_EX);  // given back with the descriptor
  try {
    Database again(path);
    (void)Prepare(again);
    return {};
  } catch (const SqliteError& error) {
    if (!error.damaged()) throw;
  }
  fs::path aside;
  std::error_code ignored;
  for (int number = 1; aside.empty() || fs::exists(aside, ignored); ++number) {
    aside = path.string() + fmt::format(".damaged-{}", number);
  }
  fs::rename(path, aside, ignored);
  fs::remove(path.string() + "-journal", ignored);
  return aside.string();
}

bool HasReceipts(const fs::path& runs) {
  std::error_code error;
  for (fs::directory_iterator it(runs, error), end; !error && it != end; it.increment(error)) {
    std::error_code ignored;
    if (fs::exists(it->path() / "receipt.json", ignored)) return true;
  }
  return false;
}

}  // namespace

struct Catalog::Impl {
  fs::path runs;
  std::optional<Database> database;
  base::Diagnostics notes;

  fs::path file() const { return runs / kFileName; }

  void OpenInMemory(const std::string& why, const std::string& fix) {
    notes.push_back(Note(file(), why + "; this listing is read from the receipts alone", fix));
    database.emplace(":memory:");
    (void)Prepare(*database);
  }

  // Throws SqliteError.
  void OpenFile() {
    database.emplace(file());
    if (Prepare(*database) == Schema::kCurrent) return;
    OpenInMemory(fmt::format("{} was made by a later version", file().string()),
                 "use that version, or delete the file");
  }

  void Put(const Entry& entry) {
    std::string names;
    std::string marks;
    for (const Column& column : Columns()) {
      names += (names.empty() ? "" : ", ") + std::string(column.name);
      marks += marks.empty() ? "?" : ", ?";
    }
    Statement statement =
        database->Prepare(fmt::format("REPLACE INTO runs ({}) VALUES ({})", names, marks));
    int index = 1;
    for (const Column& column : Columns()) statement.Bind(index++, entry.at(column.name));
    statement.Run();
  }

  std::map<std::string, std::string> Fingerprints() {
    std::map<std::string, std::string> fingerprints;
    Statement rows = database->Prepare("SELECT run, fingerprint FROM runs");
    while (rows.Step()) {
      const json value = rows.Column(1);
      fingerprints[rows.Column(0).get<std::string>()] =
          value.is_string() ? value.get<std::string>() : std::string();
    }
    return fingerprints;
  }
};

Catalog::Catalog(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
Catalog::~Catalog() = default;
Catalog::Catalog(Catalog&&) noexcept = default;
Catalog& Catalog::operator=(Catalog&&) noexcept = default;

const base::Diagnostics& Catalog::notes() const { return impl_->notes; }

base::Expected<Catalog> Catalog::Open(const fs::path& runs_directory) {
  auto impl = std::make_unique<Impl>();
  impl->runs = fs::absolute(runs_directory).lexically_normal();
  try {
    if (!HasReceipts(impl->runs)) {
      impl->database.emplace(":memory:");
      (void)Prepare(*impl->database);
      return Catalog(std::move(impl));
    }
    try {
      impl->OpenFile();
    } catch (const SqliteError& error) {
      if (error.damaged()) {
        impl->database.reset();
        const std::string aside = SetAside(impl->file());
        if (!aside.empty()) {
          impl->notes.push_back(Note(impl->file(),
                                     fmt::format("{} was damaged and is made again from the "
                                                 "receipts; the old file is {}",
                                                 impl->file().string(), aside),
                                     "look at the disk if that happens again"));
        }
        impl->OpenFile();
      } else {
        impl->OpenInMemory(
            fmt::format("{} cannot be written: {}", impl->file().string(), error.what()),
            "make the directory writable to keep a catalog");
      }
    }
  } catch (const SqliteError& error) {
    return Failed(impl->file(), error.what());
  }
  return Catalog(std::move(impl));
}

base::Expected<Refreshed> Catalog::Refresh() {
  Refreshed refreshed;
  std::error_code error;
  std::vector<Entry> changed;
  try {
    std::map<std::string, std::string> known = impl_->Fingerprints();
    for (fs::directory_iterator it(impl_->runs, error), end; !error && it != end;
         it.increment(error)) {
      std::error_code ignored;
      if (!fs::exists(it->path() / "receipt.json", ignored)) continue;
      const std::string run = it->path().filename().string();
      const auto old = known.find(run);
      const std::string before = old != known.end() ? old->second : std::string();
      if (old != known.end()) known.erase(old);
      if (!before.empty() && before == FingerprintOf(it->path())) continue;
      auto receipt = ReadReceipt(it->path());
      if (receipt) {
        changed.push_back(EntryOf(*receipt));
        continue;
      }
      known[run];  // what can no longer be read is not listed as it was
      for (base::Diagnostic diagnostic : receipt.errors()) {
        diagnostic.severity = base::Severity::kWarning;
        refreshed.unreadable.push_back(std::move(diagnostic));
      }
    }
    if (changed.empty() && known.empty()) return refreshed;
    Transaction transaction(*impl_->database);
    for (const Entry& entry : changed) impl_->Put(entry);
    Statement forget = impl_->database->Prepare("DELETE FROM runs WHERE run = ?");
    for (const auto& [run, fingerprint] : known) {
      forget.Bind(1, run);
      forget.Run();
    }
    transaction.Commit();
  } catch (const SqliteError& failure) {
    return Failed(impl_->file(), failure.what());
  }
  return refreshed;
}

base::Expected<std::vector<Entry>> Catalog::Find(const Query& query) {
  auto sql = ToSql(query, UnixNow());
  if (!sql) return sql.errors();
  std::vector<Entry> entries;
  try {
    Statement rows = impl_->database->Prepare(sql->text);
    int index = 1;
    for (const json& value : sql->values) rows.Bind(index++, value);
    while (rows.Step()) {
      Entry entry = json::object();
      int column = 0;
      for (const Column& each : Columns()) entry[each.name] = rows.Column(column++);
      entries.push_back(std::move(entry));
    }
  } catch (const SqliteError& failure) {
    return Failed(impl_->file(), failure.what());
  }
  return entries;
}

base::Status Record(const fs::path& receipt_directory) {
  const fs::path directory = fs::absolute(receipt_directory).lexically_normal();
  auto catalog = Catalog::Open(directory.parent_path());
  if (!catalog) return catalog.errors();
  auto refreshed = catalog->Refresh();
  if (!refreshed) return refreshed.errors();
  return base::Ok{};
}

}  // namespace nam56r::launch::catalog
