#include "src/launch/why/log_lines.h"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <charconv>
#include <cstring>
#include <vector>

#include "src/launch/unique_fd.h"

namespace nam56r::launch::why {
namespace {

constexpr std::size_t kChunk = 1u << 20;
constexpr int kMostPrefixes = 4;
constexpr std::size_t kTimeWithin = 96;  // bytes of a line in which its time begins
constexpr std::int64_t kMostRanks = 1 << 20;

bool IsDigit(char c) { return c >= '0' && c <= '9'; }

// Takes a decimal number off |text|; -1: there is none.
std::int64_t TakeNumber(std::string_view& text) {
  std::int64_t number = -1;
  const auto [end, failed] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (failed != std::errc() || number < 0 || number > kMostRanks) return -1;
  text.remove_prefix(static_cast<std::size_t>(end - text.data()));
  return number;
}

bool Take(std::string_view& text, std::string_view word) {
  if (!text.starts_with(word)) return false;
  text.remove_prefix(word.size());
  return true;
}

// "[rank3]:", "[default3]:", "[3]:"; |text| begins behind it then.
std::int64_t TakeBracketed(std::string_view& text) {
  std::string_view rest = text;
  if (!Take(rest, "[")) return -1;
  if (!Take(rest, "rank") && !Take(rest, "Rank ")) Take(rest, "default");
  const std::int64_t number = TakeNumber(rest);
  if (number < 0 || !Take(rest, "]:")) return -1;
  text = rest;
  return number;
}

// "3: ", as srun --label writes it. A bare number and a colon begin few other lines.
std::int64_t TakeLabel(std::string_view& text) {
  std::string_view rest = text;
  while (rest.starts_with(' ')) rest.remove_prefix(1);
  const std::int64_t number = TakeNumber(rest);
  if (number < 0 || !rest.starts_with(':') || (rest.size() > 1 && rest[1] != ' ')) return -1;
  rest.remove_prefix(std::min<std::size_t>(2, rest.size()));
  text = rest;
  return number;
}

// "[Rank 1]", "Rank 3]" of ProcessGroupNCCL's messages, anywhere.
std::int64_t NamedRank(std::string_view text) {
  for (const std::string_view word : {"[Rank ", " Rank ", "[rank"}) {
    const std::size_t at = text.find(word);
    if (at == std::string_view::npos) continue;
    std::string_view rest = text.substr(at + word.size());
    const std::int64_t number = TakeNumber(rest);
    if (number >= 0 && rest.starts_with(']')) return number;
  }
  return -1;
}

int Two(std::string_view text, std::size_t at) {
  if (at + 2 > text.size() || !IsDigit(text[at]) || !IsDigit(text[at + 1])) return -1;
  return (text[at] - '0') * 10 + (text[at + 1] - '0');
}

int MonthOf(std::string_view name) {
  constexpr std::array<std::string_view, 12> kMonths = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                                        "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
  const auto it = std::find(kMonths.begin(), kMonths.end(), name);
  return it == kMonths.end() ? -1 : static_cast<int>(it - kMonths.begin()) + 1;
}

// Days before |month|, of a leap year: one that is too many is too many for all.
int DayOfYear(int month, int day) {
  constexpr std::array<int, 12> kBefore = {0, 31, 60, 91, 121, 152, 182, 213, 244, 274, 305, 335};
  return kBefore.at(static_cast<std::size_t>(month - 1)) + day - 1;
}

// The date that ends at |end| of |line| (a space or a 'T' stands between it and the time): in days
// of the year; -1.
int DateBefore(std::string_view line, std::size_t end) {
  const std::string_view head = line.substr(0, end);
  int month = -1;
  int day = -1;
  if (head.size() >= 5 && (head[head.size() - 3] == '-' || head[head.size() - 3] == '/')) {
    month = Two(head, head.size() - 5);  // 2026-04-09, 2026/04/09
    day = Two(head, head.size() - 2);
  } else if (head.size() >= 6 && head[head.size() - 3] == ' ') {
    month = MonthOf(head.substr(head.size() - 6, 3));  // Apr 19, Apr  9
    day = head[head.size() - 2] == ' ' && IsDigit(head.back()) ? head.back() - '0'
                                                               : Two(head, head.size() - 2);
  } else if (head.size() >= 5 &&
             std::string_view("WEIFC").find(head[head.size() - 5]) != std::string_view::npos) {
    month = Two(head, head.size() - 4);  // W0409
    day = Two(head, head.size() - 2);
  }
  if (month < 1 || month > 12 || day < 1 || day > 31) return -1;
  return DayOfYear(month, day);
}

// Takes terminal escapes (ECMA-48 CSI and OSC) off; most lines have none.
std::string_view WithoutEscapes(std::string_view line, std::string& buffer) {
  if (line.find('\x1b') == std::string_view::npos) return line;
  buffer.clear();
  for (std::size_t i = 0; i < line.size(); ++i) {
    if (line[i] != '\x1b') {
      buffer.push_back(line[i]);
      continue;
    }
    if (i + 1 < line.size() && line[i + 1] == '[') {
      i += 2;
      while (i < line.size() && (line[i] < '@' || line[i] > '~')) ++i;
    } else if (i + 1 < line.size() && line[i + 1] == ']') {
      i += 2;
      // Ended by BEL or by ESC '\\'.
      while (i < line.size() && line[i] != '\a' &&
             !(line[i] == '\x1b' && i + 1 < line.size() && line[i + 1] == '\\')) {
        ++i;
      }
      if (i < line.size() && line[i] == '\x1b') ++i;
    } else {
      ++i;
    }
  }
  return buffer;
}

// Puts pieces of a log together to lines.
class Cutter {
 public:
  Cutter(std::int64_t rank, const std::function<void(const LogLine&)>& take)
      : rank_(rank), take_(take) {}

  void Add(std::string_view piece) {
    while (!piece.empty()) {
      const std::size_t end = piece.find_first_of("\n\r");
      Append(piece.substr(0, end));
      if (end == std::string_view::npos) return;
      const bool newline = piece[end] == '\n';
      // "\r\n" ends one line; "\r" alone begins its text again.
      Emit();
      if (newline) ++number_;
      piece.remove_prefix(end + 1);
    }
  }

  void End() { Emit(); }

 private:
  void Append(std::string_view part) {
    const std::size_t room = kMostLineBytes - std::min(kMostLineBytes, held_.size());
    held_.append(part.substr(0, room));
  }

  void Emit() {
    if (held_.empty()) return;
    std::string_view text = WithoutEscapes(held_, plain_);
    const LinePrefix prefix = ReadPrefix(text);
    text.remove_prefix(prefix.length);
    LogLine line{.text = text, .number = number_, .rank = prefix.rank};
    if (line.rank < 0) line.rank = rank_;
    if (line.rank < 0) line.rank = NamedRank(text);
    const double seconds = ReadTime(text);
    if (seconds >= 0) last_ = seconds;
    line.seconds = last_;
    take_(line);
    held_.clear();
  }

  std::int64_t rank_;
  const std::function<void(const LogLine&)>& take_;
  std::string held_;
  std::string plain_;
  std::int64_t number_ = 1;
  double last_ = -1;
};

base::Diagnostic Unreadable(const LogInput& log, int error) {
  return {.code = "WHY0001",
          .surface = base::Surface::kHost,
          .message = "the log cannot be read: " + std::string(std::strerror(error)),
          .where = {{{.file = log.file.string()}, ""}},
          .fields = {},
          .valid = {},
          .fix = "give a receipt's directory, or files that this user may read"};
}

}  // namespace

LinePrefix ReadPrefix(std::string_view line) {
  LinePrefix prefix;
  std::string_view rest = line;
  for (int i = 0; i < kMostPrefixes; ++i) {
    std::int64_t rank = TakeBracketed(rest);
    // "3: " says a rank only where nothing more exact does, and only in front.
    if (rank < 0 && i == 0) rank = TakeLabel(rest);
    if (rank < 0) break;
    prefix.rank = rank;
    if (rest.starts_with(' ') && rest.size() > 1 && rest[1] == '[') rest.remove_prefix(1);
  }
  prefix.length = line.size() - rest.size();
  return prefix;
}

double ReadTime(std::string_view line) {
  const std::string_view head = line.substr(0, kTimeWithin);
  for (std::size_t at = head.find(':'); at != std::string_view::npos; at = head.find(':', at + 1)) {
    if (at < 2) continue;
    const int hours = Two(head, at - 2);
    const int minutes = Two(head, at + 1);
    if (hours < 0 || hours > 24 || minutes < 0 || minutes > 59) continue;
    if (at + 3 >= head.size() || head[at + 3] != ':') continue;
    const int seconds = Two(head, at + 4);
    if (seconds < 0 || seconds > 60 || at < 3) continue;
    const char between = head[at - 3];
    if (between != ' ' && between != 'T') continue;
    const int day = DateBefore(head, at - 3);
    if (day < 0) continue;
    double fraction = 0;
    double scale = 0.1;
    std::size_t i = at + 6;
    if (i < head.size() && (head[i] == '.' || head[i] == ',')) {
      for (++i; i < head.size() && IsDigit(head[i]); ++i, scale /= 10) {
        fraction += (head[i] - '0') * scale;
      }
    }
    return day * 86400.0 + hours * 3600.0 + minutes * 60.0 + seconds + fraction;
  }
  return -1;
}

std::int64_t RankOfFileName(const std::string& name) {
  const std::filesystem::path path(name);
  const std::string file = path.filename().string();
  for (std::size_t at = file.find("rank"); at != std::string::npos;
       at = file.find("rank", at + 1)) {
    std::string_view rest = std::string_view(file).substr(at + 4);
    if (rest.starts_with('-') || rest.starts_with('_') || rest.starts_with('.')) {
      rest.remove_prefix(1);
    }
    const std::int64_t rank = TakeNumber(rest);
    if (rank >= 0) return rank;
  }
  // torchrun --log-dir: <id>/attempt_0/3/stderr.log
  if (file.starts_with("stderr") || file.starts_with("stdout") || file.starts_with("error.json")) {
    const std::string folder = path.parent_path().filename().string();
    std::string_view rest = folder;
    const std::int64_t rank = TakeNumber(rest);
    if (rank >= 0 && rest.empty()) return rank;
  }
  return -1;
}

base::Status ForEachLine(const LogInput& log, const std::function<void(const LogLine&)>& take) {
  Cutter cutter(log.rank >= 0 ? log.rank : RankOfFileName(log.name), take);
  if (log.file.empty()) {
    cutter.Add(log.text);
    cutter.End();
    return base::Ok{};
  }
  // Without O_NONBLOCK a pipe that nobody writes would be waited for.
  const UniqueFd file(log.file == "/dev/stdin"
                          ? ::fcntl(STDIN_FILENO, F_DUPFD_CLOEXEC, 3)
                          : ::open(log.file.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
  if (!file) return Unreadable(log, errno);
  // Of a pipe that somebody does write, the next piece is waited for.
  if (const int flags = ::fcntl(file.get(), F_GETFL); flags >= 0) {
    ::fcntl(file.get(), F_SETFL, flags & ~O_NONBLOCK);
  }
  std::vector<char> chunk(kChunk);
  while (true) {
    const ssize_t got = ::read(file.get(), chunk.data(), chunk.size());
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return Unreadable(log, errno);
    if (got == 0) break;
    cutter.Add({chunk.data(), static_cast<std::size_t>(got)});
  }
  cutter.End();
  return base::Ok{};
}

}  // namespace nam56r::launch::why
