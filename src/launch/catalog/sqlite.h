#pragma once

#include <sqlite3.h>

#include <cstdint>
#include <filesystem>
#include <memory>
#include <nlohmann/json.hpp>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>

/// SQLite with owners and values. Statements are always prepared and values always bound.
namespace nam56r::launch::catalog {

/// What SQLite refuses while it works; the catalog turns it into a diagnostic.
class SqliteError : public std::runtime_error {
 public:
  SqliteError(int code, const std::string& message) : std::runtime_error(message), code_(code) {}
  /// The file is no database, or a broken one.
  bool damaged() const { return code_ == SQLITE_CORRUPT || code_ == SQLITE_NOTADB; }

 private:
  int code_;
};

class Statement {
 public:
  /// |value| is null, a boolean, a number or a text. Indices count from 1.
  void Bind(int index, const nlohmann::json& value);
  /// Whether there is a row.
  bool Step();
  /// Runs it to its end, and makes it ready for other values.
  void Run();

  /// Of the row, from 0: null, an integer, a number or a text.
  nlohmann::json Column(int index) const;

 private:
  friend class Database;
  Statement(sqlite3* database, std::string_view sql);
  struct Finalize {
    void operator()(sqlite3_stmt* statement) const { sqlite3_finalize(statement); }
  };
  sqlite3* database_;
  std::unique_ptr<sqlite3_stmt, Finalize> statement_;
};

class Database {
 public:
  /// Makes a private file (0600) where there is none. ":memory:" lives as long as the object.
  explicit Database(const std::filesystem::path& path);

  Statement Prepare(std::string_view sql) { return Statement(database_.get(), sql); }
  void Execute(std::string_view sql) { Prepare(sql).Run(); }
  std::int64_t Number(std::string_view sql);

 private:
  struct Close {
    void operator()(sqlite3* database) const { sqlite3_close_v2(database); }
  };
  std::unique_ptr<sqlite3, Close> database_;
};

/// Rolled back unless it was committed.
class Transaction {
 public:
  explicit Transaction(Database& database) : database_(database) {
    database_.Execute("BEGIN IMMEDIATE");
  }
  Transaction(const Transaction&) = delete;
  Transaction& operator=(const Transaction&) = delete;
  ~Transaction();
  void Commit();

 private:
  Database& database_;
  bool open_ = true;
};

}  // namespace nam56r::launch::catalog
