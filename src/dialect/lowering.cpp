#include "src/dialect/lowering.h"

#include <fmt/format.h>

#include <algorithm>

#include "src/base/nearest_name.h"
#include "src/dialect/megatron.h"
#include "src/dialect/native.h"

namespace nam56r::dialect {

base::Status CheckName(const std::string& dialect) {
  base::Diagnostic error;
  error.valid = DialectNames();
  if (std::find(error.valid.begin(), error.valid.end(), dialect) != error.valid.end()) {
    return base::Ok{};
  }
  error.code = "DIALECT0003";
  error.surface = base::Surface::kPolicy;
  error.message = fmt::format("no dialect is called '{}'", dialect);
  const auto nearest = base::NearestName(dialect, error.valid);
  error.fix = fmt::format("write {}", nearest ? *nearest : "one of the valid names");
  return error;
}

base::Expected<Lowered> Lower(const Context& context) {
  if (auto known = CheckName(context.dialect); !known) return known.errors();
  if (const Release* release = FindRelease(context.dialect)) {
    return LowerMegatron(context, *release);
  }
  return LowerNative(context);
}

}  // namespace nam56r::dialect
