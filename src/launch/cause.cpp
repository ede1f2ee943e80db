#include "src/launch/cause.h"

namespace nam56r::launch {

nlohmann::json ToJson(const Cause& cause) {
  return {{"class", cause.surface_class},
          {"code", cause.code},
          {"cause", cause.cause},
          {"confidence", cause.confidence},
          {"answer", cause.answer}};
}

}  // namespace nam56r::launch
