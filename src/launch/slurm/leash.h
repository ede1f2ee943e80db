#pragma once

#include <cstddef>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "src/base/expected.h"
#include "src/launch/unique_fd.h"

/// The connection between the batch program and the keeper of each rank: one JSON object a line.
/// It carries what ranks report and the wish to stop; that it ends means that the other side is
/// gone. Slurm alone does not see to that: with slurmd dead its tasks live on, and their standard
/// input stays open for seconds after srun was killed (tried with 22.05).
namespace nam56r::launch::slurm {

inline constexpr std::size_t kMaxLeashLine = std::size_t{1} << 20;

/// 64 hexadecimal digits that nobody can guess.
std::string NewToken();

/// How a keeper shows that it knows |token| without saying it on the network.
std::string LeashProof(const std::string& token, const std::string& nonce, std::int64_t rank);

struct Listener {
  UniqueFd fd;  ///< non-blocking
  int port = 0;
};
/// On every address of this machine. Error: LAUNCH0003.
base::Expected<Listener> Listen();

/// Tries again until |seconds| have passed: the other side may start later. Error: LAUNCH0306.
base::Expected<UniqueFd> Connect(const std::string& address, int port, double seconds);

/// A dead machine on the other side ends the connection after about ten seconds.
void KeepAlive(int fd);

/// Collects lines of bytes that come in pieces.
class LeashLines {
 public:
  /// Reads what is there from a non-blocking |fd|. False: it has ended, or sent a line that is too
  /// long.
  bool ReadFrom(int fd);
  /// The next whole line; null is what is no JSON object.
  std::optional<nlohmann::json> Next();

 private:
  std::string buffer_;
  std::size_t begin_ = 0;
};

/// Sends the whole line, waiting for at most |milliseconds|. False: the other side is gone or does
/// not read.
bool SendLine(int fd, const nlohmann::json& line, int milliseconds);

}  // namespace nam56r::launch::slurm
