#include "src/report/runs_text.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <array>
#include <cmath>
#include <map>

#include "src/base/units.h"
#include "src/base/utf8.h"
#include "src/report/text_table.h"

namespace nam56r::report {
namespace {

using launch::catalog::Entry;
using launch::catalog::Obstacle;
using nlohmann::json;

// "A" ... "Z", "AA", "AB", ...
std::string Letters(std::size_t number, char first) {
  std::string text;
  for (++number; number > 0; number = (number - 1) / 26) {
    text.insert(text.begin(), static_cast<char>(first + static_cast<char>((number - 1) % 26)));
  }
  return text;
}

std::string Text(const json& value) {
  if (value.is_null()) return "-";
  return base::EscapeControls(value.is_string() ? value.get<std::string>() : value.dump());
}

std::string Loss(const json& value) {
  return value.is_number() ? fmt::format("{:.4f}", value.get<double>()) : Text(value);
}

std::string Count(const json& value) {
  return value.is_number() ? base::HumanCount(std::llround(value.get<double>())) : Text(value);
}

std::string Seconds(const json& value) {
  return value.is_number() ? base::HumanSeconds(value.get<double>()) : Text(value);
}

std::string CauseOf(const Entry& entry) {
  if (entry.at("cause_class").is_null()) return Text(entry.at("ending"));
  const json& code = entry.at("cause_code");
  const bool has_code = code.is_string() && !code.get_ref<const std::string&>().empty();
  return Text(entry.at("cause_class")) + (has_code ? " " + Text(code) : "");
}

void AddLine(std::string& text, const char* name, const std::string& value) {
  text += fmt::format("  {:<11} {}\n", name, value);
}

json At(const json& object, const char* key) {
  return object.is_object() ? object.value(key, json()) : json();
}

std::string ComparableLine(const char* what, const std::vector<Obstacle>& obstacles) {
  if (obstacles.empty()) return fmt::format("comparable in {}: yes\n", what);
  std::string text = fmt::format("comparable in {}: no\n", what);
  for (const Obstacle& obstacle : obstacles) {
    text += fmt::format("  {} {} vs {}: {}\n", base::EscapeControls(obstacle.field),
                        Text(obstacle.a), Text(obstacle.b), obstacle.why);
  }
  return text;
}

}  // namespace

std::vector<std::string> ComparableGroups(const std::vector<Entry>& entries,
                                          const std::string& key) {
  std::map<std::string, std::size_t> members;
  for (const Entry& entry : entries) {
    if (entry.at(key).is_string()) ++members[entry.at(key).get<std::string>()];
  }
  std::map<std::string, std::string> letters;
  std::vector<std::string> groups;
  for (const Entry& entry : entries) {
    const json& value = entry.at(key);
    if (!value.is_string() || members[value.get<std::string>()] < 2) {
      groups.emplace_back("-");
      continue;
    }
    std::string& group = letters[value.get<std::string>()];
    if (group.empty()) group = Letters(letters.size() - 1, key == "loss_key" ? 'A' : 'a');
    groups.push_back(group);
  }
  return groups;
}

std::string RunsText(const std::vector<Entry>& entries) {
  if (entries.empty()) return "no receipts\n";
  const auto loss_groups = ComparableGroups(entries, "loss_key");
  const auto speed_groups = ComparableGroups(entries, "speed_key");
  TextTable table({{"run"},
                   {"state"},
                   {"cause"},
                   {"engine"},
                   {"ranks", TextTable::kRight},
                   {"steps", TextTable::kRight},
                   {"loss", TextTable::kRight},
                   {"validation", TextTable::kRight},
                   {"=loss"},
                   {"tokens/s", TextTable::kRight},
                   {"=speed"},
                   {"took", TextTable::kRight},
                   {"host"}});
  std::size_t row = 0;
  bool grouped = false;
  for (const Entry& entry : entries) {
    const std::string newer = entry.at("newer") == 1 ? " (later version)" : "";
    grouped = grouped || loss_groups[row] != "-" || speed_groups[row] != "-";
    table.Add({Text(entry.at("run")), Text(entry.at("state")) + newer, CauseOf(entry),
               Text(entry.at("engine")), Text(entry.at("world")), Text(entry.at("steps")),
               Loss(entry.at("last_loss")), Loss(entry.at("validation_loss")), loss_groups[row],
               Count(entry.at("tokens_per_second")), speed_groups[row],
               Seconds(entry.at("seconds")), Text(entry.at("host"))});
    ++row;
  }
  std::string text = table.Text();
  if (grouped) {
    text += "\nRuns with the same letter in =loss or =speed are comparable in that.\n";
  }
  return text;
}

std::string RunText(const launch::Receipt& receipt) {
  std::string text = base::EscapeControls(receipt.id) + "\n";
  if (receipt.newer) {
    text += "  written by a later version: what this one understands is shown\n";
  }
  AddLine(text, "contract",
          fmt::format("{}, {}", base::EscapeControls(receipt.name),
                      base::EscapeControls(receipt.dialect)));
  AddLine(text, "digest", base::EscapeControls(receipt.digest));
  AddLine(text, "ranks", std::to_string(receipt.world_size));
  AddLine(text, "engine", base::EscapeControls(receipt.engine));
  for (const auto& [name, id] : receipt.engine_ids.items()) {
    AddLine(text, "", base::EscapeControls(name) + " " + Text(id));
  }
  AddLine(text, "started", base::EscapeControls(receipt.started));
  AddLine(text, "state", std::string(launch::ReceiptStateName(receipt.state)));
  if (receipt.attempts.is_array() && receipt.attempts.size() > 1) {
    for (const json& attempt : receipt.attempts) {
      AddLine(text, "attempt",
              fmt::format("{}, started {}, logs in {}", Text(At(attempt, "attempt")),
                          Text(At(attempt, "started")), Text(At(attempt, "logs"))));
    }
  }
  const json cause = At(receipt.outcome, "cause");
  if (cause.is_object()) {
    AddLine(text, "cause",
            fmt::format("{} {}: {}", Text(At(cause, "class")), Text(At(cause, "code")),
                        Text(At(cause, "cause"))));
  }
  if (!receipt.outcome.is_null()) {
    AddLine(text, "outcome", receipt.outcome.dump(2, ' ', false, json::error_handler_t::replace));
  }
  return text;
}

std::string OutcomesText(const Entry& a, const Entry& b, const std::vector<Obstacle>& in_loss,
                         const std::vector<Obstacle>& in_speed) {
  struct Row {
    const char* title;
    const char* column;
    std::string (*shown)(const json&);
  };
  constexpr std::array kRows = {
      Row{"state", "state", Text},
      Row{"ending", "ending", Text},
      Row{"cause", "cause_class", Text},
      Row{"signature", "cause_code", Text},
      Row{"steps", "steps", Text},
      Row{"first loss", "first_loss", Loss},
      Row{"last loss", "last_loss", Loss},
      Row{"validation loss", "validation_loss", Loss},
      Row{"tokens/s", "tokens_per_second", Count},
      Row{"took", "seconds", Seconds},
      Row{"attempts", "attempts", Text},
      Row{"host", "host", Text},
      Row{"GPU", "gpu", Text},
      Row{"ranks", "world", Text},
  };
  TextTable table({{"outcome"}, {"A", TextTable::kRight}, {"B", TextTable::kRight}});
  for (const Row& row : kRows) {
    table.Add({row.title, row.shown(a.at(row.column)), row.shown(b.at(row.column))});
  }
  return table.Text() + "\n" + ComparableLine("loss", in_loss) + ComparableLine("speed", in_speed);
}

}  // namespace nam56r::report
