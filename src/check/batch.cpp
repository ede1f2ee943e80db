#include "src/check/batch.h"

#include <fmt/format.h>

#include <istream>
#include <ostream>
#include <string>

#include "src/check/batch_line.h"
#include "src/check/command_line.h"
#include "src/check/json.h"

namespace nam56r::check {
namespace {

constexpr std::size_t kChunk = std::size_t{64} << 10;

// Lines of a stream, of which no more is kept than the longest that is taken.
class Lines {
 public:
  explicit Lines(std::istream& in) : in_(in) {}

  /// False at the end. |too_long|: the line was passed over.
  bool Next(std::string_view& line, bool& too_long) {
    too_long = false;
    std::size_t searched = begin_;
    for (;;) {
      const std::size_t end = buffer_.find('\n', searched);
      if (end != std::string::npos) {
        line = std::string_view(buffer_).substr(begin_, end - begin_);
        begin_ = end + 1;
        too_long = too_long || line.size() > kMostLineBytes;
        return true;
      }
      if (buffer_.size() - begin_ > kMostLineBytes) {
        too_long = true;
        begin_ = buffer_.size();
      }
      if (begin_ > 0) {
        buffer_.erase(0, begin_);
        begin_ = 0;
      }
      searched = buffer_.size();
      if (!Fill()) {
        line = buffer_;
        const bool last = too_long || !buffer_.empty();
        begin_ = buffer_.size();
        return last && !std::exchange(ended_, true);
      }
    }
  }

 private:
  bool Fill() {
    const std::size_t before = buffer_.size();
    buffer_.resize(before + kChunk);
    in_.read(buffer_.data() + before, kChunk);
    buffer_.resize(before + static_cast<std::size_t>(in_.gcount()));
    return buffer_.size() > before;
  }

  std::istream& in_;
  std::string buffer_;
  std::size_t begin_ = 0;
  bool ended_ = false;
};

Result Malformed(std::int64_t line, std::string why) {
  base::Diagnostic error;
  error.code = "POLICY0912";
  error.surface = base::Surface::kPolicy;
  error.message = fmt::format("line {} of the batch cannot be read: {}", line, why);
  error.where.push_back({{.file = "batch", .line = static_cast<int>(line)}, std::move(why)});
  error.valid = {
      R"({"id": ..., "argv": ["--flag", "value"], "world": 8, "env": {"NAME": "value"}})"};
  error.fix = fmt::format("write one such object a line, of at most {} bytes", kMostLineBytes);
  Result result;
  result.findings.push_back({std::move(error), Stage::kParse});
  return result;
}

bool IsBlank(std::string_view line) {
  return line.find_first_not_of(" \t\r") == std::string_view::npos;
}

}  // namespace

base::Expected<BatchCounts> CheckBatch(const dialect::Release& release, std::istream& in,
                                       std::ostream& out) {
  BatchCounts counts;
  Lines lines(in);
  BatchLineReader reader;
  BatchLine line;
  std::string_view text;
  std::string why;
  std::string written;
  bool too_long = false;
  const auto flush = [&] {
    out.write(written.data(), static_cast<std::streamsize>(written.size()));
    written.clear();
    return static_cast<bool>(out);
  };
  for (std::int64_t number = 1; lines.Next(text, too_long); ++number) {
    if (!too_long && IsBlank(text)) continue;
    ++counts.lines;
    if (too_long) {
      line.id = "null";
      why = "it is too long";
    }
    const bool read = !too_long && reader.Read(text, line, why);
    const Result result = read ? CheckCommandLine(release, line.argv, line.surroundings)
                               : Malformed(number, std::move(why));
    if (!read) ++counts.malformed;
    if (result.refused()) ++counts.refused;
    AppendJson(result, line.id, written);
    written += '\n';
    if (written.size() >= kChunk && !flush()) break;
  }
  if (!flush() || !out.flush()) {
    base::Diagnostic error;
    error.code = "CHECK0001";
    error.surface = base::Surface::kHost;
    error.message = fmt::format("the output took no more after {} lines", counts.lines);
    error.fix = "make room, or read what is written";
    return error;
  }
  return counts;
}

}  // namespace nam56r::check
