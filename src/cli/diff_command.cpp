#include <algorithm>
#include <nlohmann/json.hpp>

#include "src/cli/commands.h"
#include "src/cli/sides.h"
#include "src/cli/targets.h"
#include "src/contract/diff.h"
#include "src/report/diff_text.h"

namespace nam56r::cli {
int RunDiff(const DiffArguments& arguments, const Terminal& terminal) {
  auto a = ReadSide(arguments.a);
  auto b = ReadSide(arguments.b);
  base::Diagnostics errors;
  if (!a) errors = a.errors();
  if (!b) errors.insert(errors.end(), b.errors().begin(), b.errors().end());
  if (!errors.empty()) {
    const int code = Refuse(errors, terminal);
    const bool unreadable = std::any_of(
        errors.begin(), errors.end(), [](const auto& error) { return error.code == "LAUNCH0011"; });
    return unreadable ? kUnreadable : code;
  }
  for (const Side* side : {&*a, &*b}) {
    if (auto verified = VerifyOrWarn(side->contract, terminal); !verified) {
      return Refuse(verified.errors(), terminal);
    }
  }
  const contract::Diff diff = contract::Compare({&a->contract, a->host}, {&b->contract, b->host});
  const report::DiffHead head_a{arguments.a, a->contract.digest, a->contract.dialect};
  const report::DiffHead head_b{arguments.b, b->contract.digest, b->contract.dialect};
  if (terminal.format == Format::kJson) {
    nlohmann::json json = contract::ToJson(diff);
    json["a"] = HeadJson(head_a);
    json["b"] = HeadJson(head_b);
    terminal.out << json.dump(2, ' ', false, nlohmann::json::error_handler_t::replace) << '\n';
  } else {
    terminal.out << report::DiffText(diff, head_a, head_b, terminal.out_colour);
  }
  return diff.same() ? kDone : kDifferent;
}

}  // namespace nam56r::cli
