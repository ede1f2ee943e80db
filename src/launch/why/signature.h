#pragma once

#include <array>
#include <cstddef>
#include <initializer_list>
#include <span>
#include <string_view>

/// What a failure looks like in a log, as data. Each has a page, docs/failures/<code>.md.
namespace nam56r::launch::why {

/// Which surface broke.
enum class Class {
  kPlan,    ///< the model itself: widths, heads, experts, sequence length
  kPolicy,  ///< how it is run: layout, batch, graphs, precision, environment, rank-to-GPU mapping
  kSeam,    ///< code that the backend does not have or that replaces one of its symbols
  kHost,    ///< machines, GPUs, links, disks, drivers that fail, schedulers that end a job
  kStack,   ///< versions and binary compatibility
  kData,    ///< data sets, tokenizers, indices
  kCode,    ///< a mistake in a program
  kUnknown,
};

enum class Role {
  kRoot,     ///< the event itself
  kSymptom,  ///< shows that something broke; the answer only where no root is found
  kCascade,  ///< fallout of another failure: watchdogs, broken pipes, torchrun's summary, SIGTERM
             ///< of peers. Never an answer.
};

/// A few words, in constant data.
class Words {
 public:
  static constexpr std::size_t kMost = 8;
  constexpr Words() = default;
  constexpr Words(std::initializer_list<std::string_view> words) {
    for (const std::string_view word : words) words_[count_++] = word;  // one too many: no constant
  }
  constexpr const std::string_view* begin() const { return words_.data(); }
  constexpr const std::string_view* end() const { return words_.data() + count_; }
  constexpr std::size_t size() const { return count_; }
  constexpr bool empty() const { return count_ == 0; }
  constexpr std::string_view operator[](std::size_t i) const { return words_[i]; }

 private:
  std::array<std::string_view, kMost> words_{};
  std::size_t count_ = 0;
};

/// Patterns are RE2 (https://github.com/google/re2/wiki/Syntax), found anywhere in a line, after
/// rank prefixes and terminal colours are taken off it; case counts, unless it begins with "(?i)".
struct Signature {
  std::string_view code;  ///< "WHY1203": two digits of the group, two of the signature
  Class cls = Class::kUnknown;
  Role role = Role::kRoot;
  std::string_view title;  ///< heading of its page: "Two ranks on one GPU"
  /// One sentence. "{1}" is the first capture group of all[0], "{2}" the second; "{2.1}" is the
  /// first group of all[1].
  std::string_view cause;
  Words all;        ///< each must match a line of the same log
  Words none = {};  ///< none of them may match a line of the same log
  /// How sure it is that |cls| is right when this matches, 0..1. Above 0.9: the message can mean
  /// nothing else. Of several that match, the earliest of about the same confidence wins.
  double confidence = 0;
  std::string_view next;  ///< what to do, imperative
  Words fields = {};      ///< "policy.layout.tensor_parallel", "host.versions.nccl"
  /// Lines after (or before) a line of all[0] in which the other patterns must match; 0: anywhere.
  int window = 0;
  std::string_view why = {};        ///< a paragraph for the page
  std::string_view matches = {};    ///< a log that it explains (tested); lines separated by "\n"
  std::string_view near_miss = {};  ///< a log that looks like it, and is not (tested)
  /// Public repository, version, file and line of what writes the message.
  std::string_view source = {};
  /// Code with which `nam56r check` refuses what fails so; empty: none does, or the text decides.
  std::string_view rule = {};
};

/// "plan", "policy", ..., "unknown".
std::string_view ClassName(Class cls);
/// "root", "symptom", "cascade".
std::string_view RoleName(Role role);

/// A group of signatures about one source of errors, a file of signatures/.
struct SignatureGroup {
  std::string_view name;   ///< "nccl"
  std::string_view title;  ///< "NCCL"
  std::span<const Signature> signatures;
};

/// All of them, by code.
std::span<const SignatureGroup> SignatureGroups();

/// Null where there is none.
const Signature* FindSignature(std::string_view code);

}  // namespace nam56r::launch::why
