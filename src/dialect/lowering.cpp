#include "src/dialect/lowering.h"

#include <fmt/format.h>

#include "src/base/nearest_name.h"
#include "src/dialect/megatron.h"
#include "src/dialect/native.h"

namespace nam56r::dialect {

base::Expected<Lowered> Lower(const Context& context) {
  if (context.dialect == "native") return LowerNative(context);
  if (const Release* release = FindRelease(context.dialect)) {
    return LowerMegatron(context, *release);
  }
  base::Diagnostic error;
  error.code = "DIALECT0003";
  error.surface = base::Surface::kPolicy;
  error.message = fmt::format("no dialect is called '{}'", context.dialect);
  error.valid = DialectNames();
  const auto nearest = base::NearestName(context.dialect, error.valid);
  error.fix = fmt::format("write {}", nearest ? *nearest : "one of the valid names");
  return error;
}

}  // namespace nam56r::dialect
