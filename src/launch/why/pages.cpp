#include "src/launch/why/pages.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

namespace nam56r::launch::why {
namespace {

// |text| as a block of code.
std::string Block(std::string_view text) {
  std::string block;
  while (true) {
    const std::size_t end = text.find('\n');
    block += "    " + std::string(text.substr(0, end)) + "\n";
    if (end == std::string_view::npos) return block;
    text.remove_prefix(end + 1);
  }
}

std::string List(const Words& words) {
  std::string list;
  for (const std::string_view word : words)
    list += (list.empty() ? "`" : ", `") + std::string(word) + "`";
  return list;
}

std::string_view RoleText(Role role) {
  switch (role) {
    case Role::kRoot:
      return "root: it explains what follows";
    case Role::kSymptom:
      return "symptom: the answer only where no root is found";
    case Role::kCascade:
      break;
  }
  return "cascade: the fallout of another failure, never an answer";
}

}  // namespace

std::string FailurePage(const SignatureGroup& group, const Signature& signature) {
  std::string page =
      fmt::format("# {}: {}\n\n{}\n\n", signature.code, signature.title, signature.why);
  page += fmt::format(
      "| | |\n|---|---|\n| group | {} |\n| surface | {} |\n| role | {} |\n| confidence | {} |\n",
      group.title, ClassName(signature.cls), RoleText(signature.role), signature.confidence);
  if (!signature.fields.empty()) page += "| fields | " + List(signature.fields) + " |\n";
  if (!signature.rule.empty()) {
    page +=
        fmt::format("| refused before the start by | `nam56r check`, [{0}](../rules/{0}.md) |\n",
                    signature.rule);
  }
  page += fmt::format("| source | {} |\n", signature.source);
  page += fmt::format("\n## What to do\n{}\n", signature.next);
  page += "\n## A log that has it\n\n" + Block(signature.matches);
  page += "\n## One that does not\n\n" + Block(signature.near_miss);
  page += "\n## Patterns\nEach is found in a line of one log (RE2).\n\n";
  for (const std::string_view pattern : signature.all) page += Block(pattern);
  if (!signature.none.empty()) {
    page += "\nNone of these is:\n\n";
    for (const std::string_view pattern : signature.none) page += Block(pattern);
  }
  return page;
}

std::vector<std::pair<std::string, std::string>> FailurePages() {
  std::vector<std::pair<std::string, std::string>> pages;
  std::string index =
      "# Failures that `nam56r why` knows\n\nWritten from src/launch/why/signatures by the target "
      "`reference_pages`. How an answer is found: [why.md](../why.md).\n";
  for (const SignatureGroup& group : SignatureGroups()) {
    if (group.signatures.empty()) continue;
    index += fmt::format("\n## {}\n\n| code | surface | what |\n|---|---|---|\n", group.title);
    for (const Signature& signature : group.signatures) {
      index += fmt::format("| [{0}]({0}.md) | {1} | {2}{3} |\n", signature.code,
                           ClassName(signature.cls), signature.title,
                           signature.role == Role::kCascade   ? " (cascade)"
                           : signature.role == Role::kSymptom ? " (symptom)"
                                                              : "");
      pages.emplace_back(std::string(signature.code) + ".md", FailurePage(group, signature));
    }
  }
  pages.emplace_back("README.md", std::move(index));
  std::sort(pages.begin(), pages.end());
  return pages;
}

}  // namespace nam56r::launch::why
