#pragma once

#include "src/dialect/rules/facts.h"

namespace nam56r::dialect::rules {

inline constexpr ArgumentRule kHierarchyMultipliesToCp = {
    .code = "POLICY1013",
    .dests = {"hierarchical_context_parallel_sizes", "context_parallel_size"},
    .refuses =
        [](const Args& a, const Args&) {
          const nlohmann::json& sizes = a.Value("hierarchical_context_parallel_sizes");
          if (!sizes.is_array() || sizes.empty()) return false;
          std::int64_t product = 1;
          for (const nlohmann::json& size : sizes) {
            product *= size.is_number_integer() ? size.get<std::int64_t>() % (1 << 20) : 0;
          }
          return product != Cp(a);
        },
    .why = "wants the sizes of the levels to multiply to CP",
    .fix = "choose sizes whose product is {context_parallel_size}",
    .valid = "sizes whose product is CP",
    .source = kValidate,
    .reach = Reach::kCommandLine,
};

}  // namespace nam56r::dialect::rules
