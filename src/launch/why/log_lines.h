#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

#include "src/base/expected.h"
#include "src/launch/why/why.h"

/// Lines of logs, taken apart, without ever holding a log in memory.
namespace nam56r::launch::why {

/// A longer line is cut: its beginning is looked at, the rest is passed over.
inline constexpr std::size_t kMostLineBytes = 64u << 10;

struct LogLine {
  std::string_view text;    ///< without rank prefixes, terminal escapes and the newline
  std::int64_t number = 0;  ///< from 1
  std::int64_t rank = -1;   ///< -1: nobody says
  double seconds = -1;      ///< into some year, as the line or one before it says; -1: none does
};

/// What stands before a message: "[rank3]:", "[default3]:", "3: " (srun --label), "[3]:" (torchrun
/// --tee), and times of day in the manner of ISO 8601, glog and syslog.
struct LinePrefix {
  std::size_t length = 0;  ///< of rank labels alone; a time stays in the text
  std::int64_t rank = -1;
};
LinePrefix ReadPrefix(std::string_view line);

/// Seconds into the year of the first date and time within |line|'s beginning; -1: there is none.
/// Years are left aside: glog and syslog do not write them.
double ReadTime(std::string_view line);

/// The rank that a file's name tells: "rank-3.log", "rank_3.txt", "3/stderr.log" (torchrun),
/// "slurm-812_3.out" is nobody's. -1: none.
std::int64_t RankOfFileName(const std::string& name);

/// Calls |take| for every line of |log|; the view lives as long as the call. A carriage return
/// begins a new text on the same line number, as progress bars write them. Error: WHY0001.
base::Status ForEachLine(const LogInput& log, const std::function<void(const LogLine&)>& take);

}  // namespace nam56r::launch::why
