#pragma once

#include "src/dialect/rules/facts.h"
#include "src/dialect/rules/values.h"

namespace nam56r::dialect::rules {

inline constexpr ArgumentRule kHierarchyMultipliesToCp = {
    .code = "POLICY1013",
    .title = "Levels of context parallelism that do not multiply to CP",
    .dests = {"hierarchical_context_parallel_sizes", "context_parallel_size"},
    .refuses =
        [](const Args& a, const Args&) {
          const nlohmann::json& sizes = a.Value("hierarchical_context_parallel_sizes");
          if (!sizes.is_array() || sizes.empty()) return false;
          std::int64_t product = 1;
          for (const nlohmann::json& size : sizes) {
            product = Product(product, size.is_number_integer() ? size.get<std::int64_t>() : 0);
          }
          return product != Cp(a);
        },
    .why = "wants the sizes of the levels to multiply to CP",
    .fix = "choose sizes whose product is {context_parallel_size}",
    .source = kValidate,
    .reach = Reach::kCommandLine,
    .valid_of = [](const Args& a) -> Values {
      Values pairs;
      constexpr std::int64_t kMost = 4096;
      for (std::int64_t inner = 1; inner <= std::min(Cp(a), kMost); ++inner) {
        if (Cp(a) % inner == 0) {
          pairs.push_back(std::to_string(inner) + ' ' + std::to_string(Cp(a) / inner));
        }
      }
      return pairs;
    },
    .fails =
        "--context-parallel-size 4 --cp-comm-type a2a+p2p --hierarchical-context-parallel-"
        "sizes 2 4",
    .passes =
        "--context-parallel-size 4 --cp-comm-type a2a+p2p --hierarchical-context-parallel-"
        "sizes 2 2",
};

}  // namespace nam56r::dialect::rules
