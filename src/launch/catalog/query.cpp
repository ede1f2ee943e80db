#include "src/launch/catalog/query.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <charconv>

#include "src/base/nearest_name.h"
#include "src/launch/catalog/entry.h"
#include "src/launch/host_error.h"
#include "src/launch/utc_time.h"

namespace nam56r::launch::catalog {
namespace {

using nlohmann::json;

struct Order {
  std::string_view name;
  std::string_view column;
  bool descending;  ///< what people look for first
};
constexpr std::array kOrders = {
    Order{"started", "started", true},          Order{"name", "name", false},
    Order{"seconds", "seconds", true},          Order{"steps", "steps", true},
    Order{"loss", "last_loss", false},          Order{"validation", "validation_loss", false},
    Order{"tokens", "tokens_per_second", true},
};

const std::vector<std::string>& States() {
  static const std::vector<std::string> states = {
      "running", "abandoned", "elsewhere", "succeeded", "failed", "interrupted", "unknown"};
  return states;
}
const std::vector<std::string>& Classes() {
  static const std::vector<std::string> classes = {"plan",  "policy", "seam", "host",
                                                   "stack", "data",   "code", "unknown"};
  return classes;
}
const std::vector<std::string>& Engines() {
  static const std::vector<std::string> engines = {"local", "torchrun", "slurm", "kubernetes"};
  return engines;
}
const std::vector<std::string>& Backends() {
  static const std::vector<std::string> backends = {"native", "megatron"};
  return backends;
}

void CheckWord(const char* option, const std::string& word, const std::vector<std::string>& valid,
               base::Diagnostics& errors) {
  if (word.empty() || std::find(valid.begin(), valid.end(), word) != valid.end()) return;
  const auto nearest = base::NearestName(word, valid);
  base::Diagnostic error = HostError(
      "RUNS0003",
      fmt::format("{} {} is none that there is{}", option, word,
                  nearest ? fmt::format("; did you mean '{}'?", *nearest) : std::string()),
      nearest ? fmt::format("{} {}", option, *nearest)
              : fmt::format("one of those for {}", option));
  error.valid = valid;
  errors.push_back(std::move(error));
}

bool MatchesDigits(std::string_view text, std::string_view shape) {
  if (text.size() != shape.size()) return false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const bool digit = text[i] >= '0' && text[i] <= '9';
    if (shape[i] == '0' ? !digit : text[i] != shape[i]) return false;
  }
  return true;
}

// |last|: the last second that |text| may mean, rather than the first.
std::optional<std::string> TimeOf(const std::string& text, bool last, std::int64_t now) {
  if (MatchesDigits(text, "0000-00-00T00:00:00Z")) return text;
  if (MatchesDigits(text, "0000-00-00")) return text + (last ? "T23:59:59Z" : "T00:00:00Z");
  constexpr std::string_view kUnits = "smhd";
  constexpr std::array<std::int64_t, 4> kSeconds = {1, 60, 3600, 86400};
  if (text.size() < 2) return std::nullopt;
  const std::size_t unit = kUnits.find(text.back());
  std::int64_t count = 0;
  const char* end = text.data() + text.size() - 1;
  const auto [stop, error] = std::from_chars(text.data(), end, count);
  constexpr std::int64_t kMost = 1'000'000;
  if (unit == std::string_view::npos || error != std::errc() || stop != end || count < 0 ||
      count > kMost) {
    return std::nullopt;
  }
  return UtcText(std::max<std::int64_t>(0, now - count * kSeconds[unit]));
}

class Conditions {
 public:
  void Add(const std::string& condition, std::vector<json> values) {
    text_ += (text_.empty() ? " WHERE " : " AND ") + condition;
    sql_values_.insert(sql_values_.end(), values.begin(), values.end());
  }
  void AddEqual(const char* column, const std::string& value) {
    if (!value.empty()) Add(fmt::format("{} = ?", column), {value});
  }
  const std::string& text() const { return text_; }
  const std::vector<json>& values() const { return sql_values_; }

 private:
  std::string text_;
  std::vector<json> sql_values_;
};

}  // namespace

std::vector<std::string> SortNames() {
  std::vector<std::string> names;
  for (const Order& order : kOrders) names.emplace_back(order.name);
  return names;
}

base::Expected<Sql> ToSql(const Query& query, std::int64_t now) {
  base::Diagnostics errors;
  for (const std::string& state : query.states) CheckWord("--state", state, States(), errors);
  CheckWord("--class", query.cause_class, Classes(), errors);
  CheckWord("--engine", query.engine, Engines(), errors);
  CheckWord("--backend", query.backend, Backends(), errors);
  CheckWord("--sort", query.sort, SortNames(), errors);

  Conditions where;
  if (!query.states.empty()) {
    std::vector<json> values(query.states.begin(), query.states.end());
    const std::vector<std::string> marks(values.size(), "?");
    where.Add(fmt::format("state IN ({})", fmt::join(marks, ",")), values);
  }
  if (!query.name.empty()) where.Add("instr(name, ?) > 0", {query.name});
  if (!query.digest.empty()) {
    const bool whole = query.digest.starts_with("sha256:");
    const std::string digest = whole ? query.digest : "sha256:" + query.digest;
    where.Add("substr(digest, 1, ?) = ?", {digest.size(), digest});
  }
  where.AddEqual("cause_class", query.cause_class);
  where.AddEqual("engine", query.engine);
  where.AddEqual("backend", query.backend);
  for (const bool last : {false, true}) {
    const std::string& text = last ? query.until : query.since;
    if (text.empty()) continue;
    const auto time = TimeOf(text, last, now);
    if (time) {
      where.Add(last ? "started <= ?" : "started >= ?", {*time});
      continue;
    }
    base::Diagnostic error =
        HostError("RUNS0004", fmt::format("{} {} is no time", last ? "--until" : "--since", text),
                  "write 2026-08-01, 2026-08-01T12:00:00Z, or 12h and 7d for back from now");
    error.valid = {"YYYY-MM-DD", "YYYY-MM-DDThh:mm:ssZ", "Ns", "Nm", "Nh", "Nd"};
    errors.push_back(std::move(error));
  }
  if (!errors.empty()) return errors;

  std::string columns;
  for (const Column& column : Columns()) {
    columns += (columns.empty() ? "" : ", ") + std::string(column.name);
  }
  const Order& order = *std::find_if(kOrders.begin(), kOrders.end(),
                                     [&](const Order& o) { return o.name == query.sort; });
  const bool descending = order.descending != query.reverse;
  Sql sql;
  // What is not known comes last whichever way; what is no number ("NaN") before it.
  sql.text = fmt::format(
      "SELECT {0} FROM runs{1} ORDER BY {2} IS NULL, typeof({2}) = 'text' AND "
      "'{2}' NOT IN ('started', 'name'), {2} {3}, run {3} LIMIT ?",
      columns, where.text(), order.column, descending ? "DESC" : "ASC");
  sql.values = where.values();
  sql.values.push_back(query.limit > 0 ? query.limit : -1);
  return sql;
}

}  // namespace nam56r::launch::catalog
