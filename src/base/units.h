#pragma once

#include <cstdint>
#include <string>

namespace nam56r::base {

/// 4726449762 -> "4,726,449,762".
std::string WithThousands(std::int64_t value);
/// Bytes in binary units with three significant digits: "34.2 GiB".
std::string HumanBytes(std::int64_t bytes);
/// Counts in decimal units with three significant digits: "4.73 B", "231 k".
std::string HumanCount(std::int64_t count);
/// "1 h 02 min", "2 min 05 s", "3.1 s".
std::string HumanSeconds(double seconds);

}  // namespace nam56r::base
