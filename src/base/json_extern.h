#pragma once

#include <nlohmann/json.hpp>

/// Every source that touches JSON would compile the same member functions once more. Included by
/// the precompiled headers alone; json_extern.cpp holds the one copy.
extern template class nlohmann::basic_json<>;
