#pragma once

#include <cstdint>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "src/base/expected.h"

namespace nam56r::launch::catalog {

/// Which runs, in which order. Empty: any.
struct Query {
  std::vector<std::string> states = {};
  std::string name = {};         ///< a part of the contract's name
  std::string digest = {};       ///< the beginning of the contract's, with or without "sha256:"
  std::string cause_class = {};  ///< "host"
  std::string since = {};  ///< "2026-08-01", "2026-08-01T12:00:00Z", or back from now: "12h", "7d"
  std::string until = {};  ///< likewise; a day is taken whole
  std::string engine = {};
  std::string backend = {};
  std::string sort = "started";  ///< see SortNames()
  bool reverse = false;
  std::int64_t limit = 0;  ///< 0: all
};

/// "started", "name", "seconds", "steps", "loss", "validation", "tokens".
std::vector<std::string> SortNames();

/// A query as SQLite runs it.
struct Sql {
  std::string text;
  std::vector<nlohmann::json> values;
};

/// Errors, each with the nearest valid word: RUNS0003 a state, class, engine, backend or order that
/// there is not, RUNS0004 no time. |now|: seconds since 1970.
base::Expected<Sql> ToSql(const Query& query, std::int64_t now);

}  // namespace nam56r::launch::catalog
