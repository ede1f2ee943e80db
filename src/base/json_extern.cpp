#include "src/base/json_extern.h"

template class nlohmann::basic_json<>;
