#include "src/seams/context.h"

#include <fmt/format.h>

#include <algorithm>

namespace nam56r::seams {

std::vector<std::string> LayersOf(const plan::Plan& plan, plan::Family family,
                                  const std::string& feature) {
  std::vector<std::string> layers;
  for (const plan::Slot& slot : plan.slots) {
    if (slot.family != family) continue;
    if (!feature.empty() &&
        std::find(slot.features.begin(), slot.features.end(), feature) == slot.features.end()) {
      continue;
    }
    layers.push_back(fmt::format("layer {} ({}-rank {})", slot.layer_number,
                                 static_cast<char>(family), slot.family_rank));
  }
  return layers;
}

std::int64_t MtpBlocksWith(const Context& context, plan::Family family) {
  const std::string& pattern = context.recipe.value.mtp.pattern;
  const bool has = pattern.find(static_cast<char>(family)) != std::string::npos;
  return has ? context.policy.value.mtp.depth : 0;
}

bool Uses(const Context& context, plan::Family family) {
  return context.plan.CountOf(family) > 0 || MtpBlocksWith(context, family) > 0;
}

}  // namespace nam56r::seams
