#include "src/launch/catalog/sqlite.h"

#include <fcntl.h>

#include "src/launch/unique_fd.h"

namespace nam56r::launch::catalog {
namespace {

// A launcher that ends writes one row; a listing may write some hundred.
constexpr int kBusyMilliseconds = 10'000;

[[noreturn]] void Fail(sqlite3* database, int code) {
  throw SqliteError(code & 0xff,
                    database != nullptr ? sqlite3_errmsg(database) : sqlite3_errstr(code));
}

}  // namespace

Statement::Statement(sqlite3* database, std::string_view sql) : database_(database) {
  sqlite3_stmt* statement = nullptr;
  const int code =
      sqlite3_prepare_v2(database, sql.data(), static_cast<int>(sql.size()), &statement, nullptr);
  statement_.reset(statement);
  if (code != SQLITE_OK) Fail(database, code);
}

void Statement::Bind(int index, const nlohmann::json& value) {
  sqlite3_stmt* statement = statement_.get();
  int code = SQLITE_OK;
  if (value.is_null()) {
    code = sqlite3_bind_null(statement, index);
  } else if (value.is_number_integer() || value.is_boolean()) {
    code = sqlite3_bind_int64(statement, index,
                              value.is_boolean() ? value.get<bool>() : value.get<std::int64_t>());
  } else if (value.is_number()) {
    code = sqlite3_bind_double(statement, index, value.get<double>());
  } else {
    const auto& text = value.get_ref<const std::string&>();
    code = sqlite3_bind_text64(statement, index, text.data(), text.size(), SQLITE_TRANSIENT,
                               SQLITE_UTF8);
  }
  if (code != SQLITE_OK) Fail(database_, code);
}

bool Statement::Step() {
  const int code = sqlite3_step(statement_.get());
  if (code == SQLITE_ROW) return true;
  if (code != SQLITE_DONE) Fail(database_, code);
  return false;
}

void Statement::Run() {
  while (Step()) {
  }
  sqlite3_reset(statement_.get());
  sqlite3_clear_bindings(statement_.get());
}

nlohmann::json Statement::Column(int index) const {
  sqlite3_stmt* statement = statement_.get();
  switch (sqlite3_column_type(statement, index)) {
    case SQLITE_INTEGER:
      return sqlite3_column_int64(statement, index);
    case SQLITE_FLOAT:
      return sqlite3_column_double(statement, index);
    case SQLITE_TEXT: {
      const unsigned char* text = sqlite3_column_text(statement, index);
      const auto size = static_cast<std::size_t>(sqlite3_column_bytes(statement, index));
      return std::string(text, text + size);
    }
    default:
      return nullptr;
  }
}

Database::Database(const std::filesystem::path& path) {
  const bool file = path != ":memory:";
  if (file) {
    // SQLite gives its journals the mode of the database.
    const UniqueFd made(::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600));
  }
  sqlite3* database = nullptr;
  const int code = sqlite3_open_v2(
      path.c_str(), &database,
      SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX | (file ? 0 : SQLITE_OPEN_CREATE), nullptr);
  database_.reset(database);
  if (code != SQLITE_OK) Fail(database, code);
  sqlite3_busy_timeout(database, kBusyMilliseconds);
}

std::int64_t Database::Number(std::string_view sql) {
  Statement statement = Prepare(sql);
  return statement.Step() ? statement.Column(0).get<std::int64_t>() : 0;
}

Transaction::~Transaction() {
  if (!open_) return;
  try {
    database_.Execute("ROLLBACK");
  } catch (const SqliteError&) {  // SQLite has rolled it back by itself
  }
}

void Transaction::Commit() {
  database_.Execute("COMMIT");
  open_ = false;
}

}  // namespace nam56r::launch::catalog
