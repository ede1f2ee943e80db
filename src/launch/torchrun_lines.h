#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <string_view>

/// torch.distributed.run puts the output of all workers of a node into one stream, a prefix before
/// each piece (pytorch/pytorch, torch/distributed/elastic/multiprocessing/tail_log.py). Here the
/// prefix is chosen and the stream taken apart again.
namespace nam56r::launch {

/// Its --log-dir, below the receipt: one directory a run with stdout.log, stderr.log and error.json
/// of each worker.
inline constexpr std::string_view kTorchrunLogs = "logs/torchrun";

/// Eight hexadecimal digits that tell this run's prefixes from text that looks like them.
std::string RunTag(std::string_view digest);

/// Value of TORCHELASTIC_LOG_LINE_PREFIX_TEMPLATE: "[nam56r:TAG:${rank}] ", where torchrun puts the
/// rank in the world.
std::string LinePrefixTemplate(std::string_view tag);

/// Takes the stream of one agent apart.
class RankLines {
 public:
  /// Of a line that no prefix claims: the agent's own.
  static constexpr std::int64_t kAgent = -1;
  using Sink = std::function<void(std::int64_t rank, std::string_view line)>;

  RankLines(std::string_view tag, Sink sink);

  /// One line of the agent, without its newline. A worker that has not ended its line yet may have
  /// been read: then the prefix of the next piece stands within the line, and the pieces of one
  /// rank are joined again. |cut|: the line was longer than its reader takes, and goes on in the
  /// next one.
  void Feed(std::string_view line, bool cut = false);
  /// The stream has ended: unfinished lines are lines, too.
  void Finish();

 private:
  struct Header {
    std::size_t at = std::string_view::npos;
    std::size_t end = 0;
    std::int64_t rank = kAgent;
  };
  Header FindHeader(std::string_view line, std::size_t from) const;
  void Add(std::int64_t rank, std::string_view text, bool ended);

  std::string head_;
  Sink sink_;
  std::map<std::int64_t, std::string> unfinished_;
  std::int64_t cut_rank_ = kAgent;  ///< whose line goes on, if |was_cut_|
  bool was_cut_ = false;
};

}  // namespace nam56r::launch
