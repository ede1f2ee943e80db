#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "src/base/expected.h"
#include "src/launch/why/signature.h"
#include "src/launch/why/why.h"

/// Which lines of some logs match which patterns.
namespace nam56r::launch::why {

struct Hit {
  std::size_t log = 0;    ///< index of the log
  std::int64_t line = 0;  ///< from 1
  std::int64_t rank = -1;
  double seconds = -1;              ///< see LogLine
  std::string text;                 ///< at most 2 KiB
  std::vector<std::string> groups;  ///< what the pattern captured: groups[0] is "{1}"
};

/// The hits of one pattern, in the order of reading. Of many, some from the beginning are kept for
/// each log and rank, so that memory stays bounded.
using Hits = std::vector<Hit>;

/// Every pattern of the signatures, compiled once; may be used by several threads.
class Matcher {
 public:
  /// A pattern that is no RE2 is a std::logic_error: signatures are the program's own.
  explicit Matcher(std::span<const SignatureGroup> groups);
  ~Matcher();
  Matcher(const Matcher&) = delete;
  Matcher& operator=(const Matcher&) = delete;

  /// The hits of a set of logs.
  class Found {
   public:
    /// Of |pattern|, a word of some signature's |all| or |none|.
    const Hits& Of(std::string_view pattern) const;
    /// Whether |pattern| matched in |log|.
    bool In(std::string_view pattern, std::size_t log) const;

   private:
    friend class Matcher;
    const Matcher* matcher_ = nullptr;
    std::vector<Hits> hits_;
  };

  base::Expected<Found> Read(const std::vector<LogInput>& logs) const;

  /// That of SignatureGroups(), made when it is first asked for.
  static const Matcher& OfSignatures();

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace nam56r::launch::why
