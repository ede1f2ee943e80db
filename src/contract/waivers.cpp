#include "src/contract/waivers.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <chrono>
#include <optional>

#include "src/base/nearest_name.h"
#include "src/contract/codes.h"
#include "src/dialect/rule_codes.h"

namespace nam56r::contract {
namespace {

constexpr std::string_view kUntil = "until ";
constexpr std::size_t kDate = 10;         // "2026-12-31"
constexpr std::size_t kMostReason = 500;  // bytes

// Findings that are no rule's and refuse nothing.
constexpr std::string_view kWarnings[] = {"SEAM0005"};

std::optional<int> Number(std::string_view digits) {
  int value = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), value);
  if (error != std::errc() || end != digits.data() + digits.size() || value < 0) {
    return std::nullopt;
  }
  return value;
}

bool IsDay(std::string_view text) {
  if (text.size() != kDate || text[4] != '-' || text[7] != '-') return false;
  const auto year = Number(text.substr(0, 4));
  const auto month = Number(text.substr(5, 2));
  const auto day = Number(text.substr(8, 2));
  if (!year || !month || !day) return false;
  return std::chrono::year_month_day(std::chrono::year(*year),
                                     std::chrono::month(static_cast<unsigned>(*month)),
                                     std::chrono::day(static_cast<unsigned>(*day)))
      .ok();
}

std::string_view Trimmed(std::string_view text) {
  while (!text.empty() && text.front() == ' ') text.remove_prefix(1);
  while (!text.empty() && text.back() == ' ') text.remove_suffix(1);
  return text;
}

base::Diagnostic Wrong(std::string code, const Waiver& waiver, std::string message,
                       std::string fix) {
  base::Diagnostic error;
  error.code = std::move(code);
  error.surface = base::Surface::kPolicy;
  error.message = std::move(message);
  error.where = {{waiver.at, "waived here"}};
  error.fields = {"policy.waivers." + waiver.code};
  error.fix = std::move(fix);
  return error;
}

std::vector<std::string> WaivableCodes() {
  std::vector<std::string> codes(std::begin(kWarnings), std::end(kWarnings));
  for (const dialect::RuleEntry& entry : dialect::ArgumentRules()) {
    if (dialect::CanBeWaived(*entry.rule)) codes.emplace_back(entry.rule->code);
  }
  std::sort(codes.begin(), codes.end());
  return codes;
}

// Fills |waiver| from its text.
bool Parse(std::string_view text, Waiver& waiver) {
  if (!text.starts_with(kUntil)) return false;
  text.remove_prefix(kUntil.size());
  const std::size_t colon = text.find(':');
  if (colon == std::string_view::npos) return false;
  const std::string_view day = Trimmed(text.substr(0, colon));
  const std::string_view reason = Trimmed(text.substr(colon + 1));
  if (!IsDay(day) || reason.empty() || reason.size() > kMostReason) return false;
  waiver.expires = day;
  waiver.reason = reason;
  return true;
}

}  // namespace

bool CanBeWaived(std::string_view code) {
  if (std::find(std::begin(kWarnings), std::end(kWarnings), code) != std::end(kWarnings)) {
    return true;
  }
  const dialect::RuleEntry* entry = dialect::FindRule(code);
  return entry != nullptr && dialect::CanBeWaived(*entry->rule);
}

Waivers ReadWaivers(const base::Loaded<policy::Policy>& policy, std::string_view today) {
  Waivers read;
  base::Diagnostics& errors = read.errors;
  for (const auto& [code, text] : policy.value.waivers) {
    Waiver waiver{code, "", "", policy.At("waivers." + code)};
    if (dialect::FindRule(code) == nullptr && FindCode(code) == nullptr) {
      base::Diagnostic error =
          Wrong("POLICY0951", waiver, fmt::format("no finding has the code '{}'", code),
                "remove the waiver");
      std::vector<std::string> codes = WaivableCodes();
      if (const auto nearest = base::NearestName(code, codes)) {
        error.message += fmt::format("; did you mean '{}'?", *nearest);
        error.fix = fmt::format("write {}", *nearest);
      }
      error.valid = std::move(codes);
      errors.push_back(std::move(error));
    } else if (!CanBeWaived(code)) {
      errors.push_back(Wrong(
          "POLICY0952", waiver,
          fmt::format("{} cannot be waived: only what a rule says of building and running can, "
                      "and SEAM0005",
                      code),
          fmt::format("mend what it says (nam56r explain {}), and remove the waiver", code)));
    } else if (!Parse(text, waiver)) {
      errors.push_back(
          Wrong("POLICY0950", waiver,
                fmt::format("the waiver of {} does not say until which day, and why", code),
                fmt::format("write {} = \"until 2030-01-31: why this run may have it\"", code)));
    } else if (!today.empty() && waiver.expires < today) {
      errors.push_back(Wrong(
          "POLICY0953", waiver,
          fmt::format("the waiver of {} expired on {}; today is {}", code, waiver.expires, today),
          "mend what it waives, or renew it with its reason"));
    } else {
      read.valid.push_back(std::move(waiver));
    }
  }
  return read;
}

base::Diagnostics UnusedWaivers(const base::Loaded<policy::Policy>& policy,
                                const base::Diagnostics& found) {
  base::Diagnostics unused;
  for (const auto& [code, text] : policy.value.waivers) {
    const bool used = std::any_of(found.begin(), found.end(),
                                  [&](const base::Diagnostic& one) { return one.code == code; });
    if (used) continue;
    const Waiver waiver{code, "", "", policy.At("waivers." + code)};
    base::Diagnostic warning =
        Wrong("POLICY0954", waiver, fmt::format("nothing has the code {}, which is waived", code),
              "remove the waiver, so that it hides nothing later");
    warning.severity = base::Severity::kWarning;
    unused.push_back(std::move(warning));
  }
  return unused;
}

}  // namespace nam56r::contract
