#include "src/cli/live_line.h"

#include <sys/ioctl.h>
#include <unistd.h>

namespace nam56r::cli {
namespace {

constexpr std::chrono::milliseconds kRedrawInterval{100};

std::size_t TerminalWidth() {
  winsize size{};
  if (ioctl(STDERR_FILENO, TIOCGWINSZ, &size) != 0 || size.ws_col == 0) return 80;
  return size.ws_col;
}

}  // namespace

void LiveLine::Draw(const std::string& line) {
  const auto now = std::chrono::steady_clock::now();
  if (line == shown_ || now - drawn_at_ < kRedrawInterval) return;
  drawn_at_ = now;
  shown_ = line;
  // A wrapped line could not be drawn over: cut it.
  terminal_ << "\r\x1b[2K" << line.substr(0, TerminalWidth() - 1) << std::flush;
}

void LiveLine::Print(const std::string& line) {
  const std::string live = shown_;
  Clear();
  terminal_ << line << '\n';
  if (!live.empty()) {
    shown_ = live;
    terminal_ << live.substr(0, TerminalWidth() - 1) << std::flush;
  }
}

void LiveLine::Clear() {
  if (shown_.empty()) return;
  shown_.clear();
  terminal_ << "\r\x1b[2K" << std::flush;
}

}  // namespace nam56r::cli
