#include "src/launch/slurm/slurm_tools.h"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <filesystem>
#include <utility>

#include "src/base/utf8.h"
#include "src/launch/host_error.h"

namespace nam56r::launch::slurm {
namespace {

using std::string_view;

constexpr std::size_t kMaxShown = 300;  // bytes of a program's own words in an error
constexpr std::chrono::milliseconds kLimit{10'000};

string_view Trim(string_view text) {
  while (!text.empty() && std::isspace(static_cast<unsigned char>(text.front())) != 0) {
    text.remove_prefix(1);
  }
  while (!text.empty() && std::isspace(static_cast<unsigned char>(text.back())) != 0) {
    text.remove_suffix(1);
  }
  return text;
}

std::vector<string_view> Split(string_view text, char separator) {
  std::vector<string_view> parts;
  while (true) {
    const std::size_t end = text.find(separator);
    parts.push_back(text.substr(0, end));
    if (end == string_view::npos) return parts;
    text.remove_prefix(end + 1);
  }
}

std::vector<string_view> Lines(string_view text) {
  std::vector<string_view> lines;
  for (const string_view line : Split(text, '\n')) {
    if (!Trim(line).empty()) lines.push_back(Trim(line));
  }
  return lines;
}

// "State" of "A=1 State=IDLE B=2"; a value ends at a space. Nothing: no such key.
std::optional<std::string> Value(string_view line, string_view key) {
  const std::string wanted = std::string(key) + "=";
  for (std::size_t at = line.find(wanted); at != string_view::npos;
       at = line.find(wanted, at + 1)) {
    if (at > 0 && line[at - 1] != ' ') continue;
    const string_view rest = line.substr(at + wanted.size());
    return std::string(rest.substr(0, rest.find(' ')));
  }
  return std::nullopt;
}

bool IsName(string_view text) {
  return !text.empty() && text.size() <= 255 && text.front() != '-' &&
         std::all_of(text.begin(), text.end(), [](unsigned char c) {
           return std::isalnum(c) != 0 || c == '-' || c == '_' || c == '.';
         });
}

// What a program said, fit to be shown.
std::string Words(string_view text) {
  const auto lines = Lines(text);
  std::string shown = lines.empty() ? "" : base::EscapeControls(lines.front().substr(0, kMaxShown));
  return shown;
}

base::Diagnostic NotUnderstood(string_view program, string_view answer) {
  return HostError(
      "LAUNCH0304",
      fmt::format("{} answered what is not understood: \"{}\"", program, Words(answer)),
      "see whether a wrapper prints before it, or Slurm is newer than what is known");
}

}  // namespace

bool Node::Has(string_view flag) const {
  return std::find(state.begin(), state.end(), flag) != state.end();
}

bool Node::Lost() const { return Has("DOWN") || Has("FAIL") || Has("NOT_RESPONDING"); }

bool Job::Waits() const {
  return state == "PENDING" || state == "CONFIGURING" || state == "REQUEUED";
}

bool Job::Over() const {
  return !Waits() && state != "RUNNING" && state != "SUSPENDED" && state != "STOPPED" &&
         state != "SIGNALING" && state != "RESIZING";
}

bool Job::NearLimit() const {
  constexpr std::int64_t kNear = 120;
  return state == "RUNNING" && run_seconds >= 0 && limit_seconds >= 0 &&
         limit_seconds - run_seconds <= kNear;
}

std::string JobStateText(const Job& job) {
  static constexpr std::array<std::pair<string_view, string_view>, 9> kTexts = {{
      {"BOOT_FAIL", "a node did not boot"},
      {"CANCELLED", "it was cancelled"},
      {"COMPLETED", "it ended"},
      {"DEADLINE", "its deadline had passed"},
      {"FAILED", "its batch program failed"},
      {"NODE_FAIL", "a node failed"},
      {"OUT_OF_MEMORY", "it ran out of memory"},
      {"PREEMPTED", "another job took its place"},
      {"TIMEOUT", "its time limit was over"},
  }};
  const auto* const at = std::find_if(kTexts.begin(), kTexts.end(),
                                      [&](const auto& text) { return text.first == job.state; });
  std::string text = at != kTexts.end() ? fmt::format("{} ({})", at->second, job.state) : job.state;
  if (!job.reason.empty() && job.reason != "None") text += fmt::format(", reason {}", job.reason);
  return text;
}

std::optional<std::string> ParseJobId(string_view text) {
  const auto lines = Lines(text);
  if (lines.size() != 1) return std::nullopt;
  const string_view id = lines[0].substr(0, lines[0].find(';'));
  constexpr std::size_t kMaxDigits = 12;
  if (id.empty() || id.size() > kMaxDigits ||
      id.find_first_not_of("0123456789") != string_view::npos) {
    return std::nullopt;
  }
  return std::string(id);
}

std::optional<std::vector<Node>> ParseNodes(string_view text) {
  std::vector<Node> nodes;
  for (const string_view line : Lines(text)) {
    const auto name = Value(line, "NodeName");
    const auto state = Value(line, "State");
    if (!name || !state || !IsName(*name) || state->empty()) return std::nullopt;
    Node node;
    node.name = *name;
    node.address = Value(line, "NodeAddr").value_or(*name);
    if (node.address.empty() || node.address == "(null)") node.address = *name;
    // "MIXED+DRAIN"; a "*" at the end was the older way to say NOT_RESPONDING.
    for (string_view flag : Split(*state, '+')) {
      if (flag.ends_with('*')) {
        flag.remove_suffix(1);
        node.state.emplace_back("NOT_RESPONDING");
      }
      node.state.emplace_back(flag);
    }
    // The only value with spaces in it; "[who@when]" follows it, and it is the last but for
    // Comment.
    if (const std::size_t at = line.find(" Reason="); at != string_view::npos) {
      const string_view rest = line.substr(at + 8);
      node.reason = Trim(rest.substr(0, rest.find(" [")));
    }
    nodes.push_back(std::move(node));
  }
  if (nodes.empty()) return std::nullopt;
  return nodes;
}

std::optional<Job> ParseJob(string_view text) {
  const auto lines = Lines(text);
  if (lines.empty()) return std::nullopt;
  const auto id = Value(lines[0], "JobId");
  const auto state = Value(lines[0], "JobState");
  if (!id || !state || state->empty()) return std::nullopt;
  Job job;
  job.id = *id;
  job.state = *state;
  job.reason = Value(lines[0], "Reason").value_or("");
  job.exit_code = Value(lines[0], "ExitCode").value_or("");
  job.run_seconds = ParseDuration(Value(lines[0], "RunTime").value_or("")).value_or(-1);
  job.limit_seconds = ParseDuration(Value(lines[0], "TimeLimit").value_or("")).value_or(-1);
  const std::string nodes = Value(lines[0], "NodeList").value_or("");
  if (nodes != "(null)") job.nodes = nodes;
  return job;
}

std::optional<std::int64_t> ParseDuration(string_view text) {
  const auto number = [](string_view digits) -> std::optional<std::int64_t> {
    constexpr std::size_t kMaxDigits = 9;
    if (digits.empty() || digits.size() > kMaxDigits ||
        digits.find_first_not_of("0123456789") != string_view::npos) {
      return std::nullopt;
    }
    return std::stoll(std::string(digits));
  };
  std::int64_t days = 0;
  if (const std::size_t dash = text.find('-'); dash != string_view::npos) {
    const auto value = number(text.substr(0, dash));
    if (!value) return std::nullopt;
    days = *value;
    text.remove_prefix(dash + 1);
  }
  const auto parts = Split(text, ':');
  if (parts.size() < 2 || parts.size() > 3) return std::nullopt;
  std::int64_t seconds = 0;
  for (const string_view part : parts) {
    const auto value = number(part);
    if (!value) return std::nullopt;
    seconds = 60 * seconds + *value;
  }
  return seconds + days * 24 * 60 * 60;
}

std::optional<std::vector<std::string>> ParseHostNames(string_view text) {
  std::vector<std::string> names;
  for (const string_view line : Lines(text)) {
    if (!IsName(line)) return std::nullopt;
    names.emplace_back(line);
  }
  if (names.empty()) return std::nullopt;
  return names;
}

std::optional<std::string> ParseConfiguration(string_view text, string_view key) {
  for (const string_view line : Lines(text)) {
    const std::size_t equals = line.find('=');
    if (equals == string_view::npos || Trim(line.substr(0, equals)) != key) continue;
    return std::string(Trim(line.substr(equals + 1)));
  }
  return std::nullopt;
}

std::string ExpandNodePath(std::string path, string_view node, string_view host) {
  const auto replace = [&](string_view mark, string_view by) {
    for (std::size_t at = path.find(mark); at != std::string::npos;
         at = path.find(mark, at + by.size())) {
      path.replace(at, mark.size(), by);
    }
  };
  replace("%n", node);
  replace("%h", host);
  return path;
}

std::vector<std::string> SbatchWords(const Submission& submission) {
  std::vector<std::string> words = {
      "--parsable",
      // Nothing of the login node's environment but SLURM_*, and no login shell to make another.
      "--export=NIL",
      "--no-requeue",
      "--open-mode=append",
      "--job-name=" + submission.name,
      "--chdir=" + submission.directory,
      "--output=" + submission.output,
      fmt::format("--nodes={}", submission.nodes),
      fmt::format("--ntasks-per-node={}", submission.ranks_per_node),
      fmt::format("--cpus-per-task={}", submission.cores_per_rank),
      fmt::format("--signal=B:TERM@{}", submission.term_seconds),
  };
  const auto add = [&](const char* flag, const std::string& value) {
    if (!value.empty()) words.push_back(flag + value);
  };
  add("--partition=", submission.partition);
  add("--account=", submission.account);
  add("--qos=", submission.qos);
  add("--time=", submission.time_limit);
  if (submission.gpus_per_node > 0) {
    words.push_back(fmt::format("--gpus-per-node={}", submission.gpus_per_node));
  }
  return words;
}

base::Expected<std::string> FindProgram(const std::map<std::string, std::string>& environment,
                                        const std::string& program) {
  const auto path = environment.find("PATH");
  const std::string directories = path != environment.end() ? path->second : "/usr/bin:/bin";
  for (const string_view directory : Split(directories, ':')) {
    if (!directory.starts_with('/')) continue;
    const std::filesystem::path candidate = std::filesystem::path(directory) / program;
    std::error_code ignored;
    if (std::filesystem::is_regular_file(candidate, ignored) &&
        ::access(candidate.c_str(), X_OK) == 0) {
      return candidate.string();
    }
  }
  return HostError("LAUNCH0301", fmt::format("{} is not on the PATH", program),
                   "launch from a machine that has Slurm's programs (Debian: slurm-client)");
}

SlurmTools::SlurmTools(base::ProgramRunner& runner,
                       const std::map<std::string, std::string>& environment)
    : runner_(runner) {
  for (const auto& [name, value] : environment) {
    // A user's defaults (SBATCH_*, SQUEUE_*) would change what is asked and answered.
    if (name == "PATH" || name == "HOME" || name.starts_with("SLURM_")) environment_[name] = value;
  }
  environment_.emplace("PATH", "/usr/bin:/bin");
  environment_["LANG"] = "C.UTF-8";
}

base::Expected<std::string> SlurmTools::Ask(std::vector<std::string> argv) const {
  const std::string program = argv[0];
  auto found = FindProgram(environment_, program);
  if (!found) return found.errors();
  argv[0] = *found;
  base::Program call{.argv = std::move(argv), .environment = environment_};
  call.limit = kLimit;
  const base::ProgramEnd end = runner_.Run(call);
  if (!end.started || !end.why_not.empty() || end.signal != 0) {
    return HostError("LAUNCH0301",
                     fmt::format("{} gave no answer: {}", program,
                                 end.why_not.empty() ? "it was killed" : Words(end.why_not)),
                     "see whether slurmctld answers: scontrol ping");
  }
  if (end.exit_code != 0) {
    return HostError(
        "LAUNCH0303",
        fmt::format("{} refused: {}", program,
                    end.err.empty() ? fmt::format("exit code {}", end.exit_code) : Words(end.err)),
        "put right what it names; [slurm] of the host file says partition, account, "
        "qos and time_limit");
  }
  return end.out;
}

base::Expected<std::string> SlurmTools::Submit(const Submission& submission) const {
  std::vector<std::string> argv = SbatchWords(submission);
  argv.insert(argv.begin(), "sbatch");
  argv.push_back(submission.script);
  const auto answer = Ask(std::move(argv));
  if (!answer) return answer.errors();
  auto id = ParseJobId(*answer);
  if (!id) return NotUnderstood("sbatch", *answer);
  return *std::move(id);
}

base::Expected<Job> SlurmTools::ShowJob(const std::string& id) const {
  const auto answer = Ask({"scontrol", "--oneliner", "show", "job", id});
  if (!answer) return answer.errors();
  auto job = ParseJob(*answer);
  if (!job) return NotUnderstood("scontrol show job", *answer);
  return *std::move(job);
}

base::Expected<std::vector<Node>> SlurmTools::ShowNodes(const std::string& names) const {
  const auto answer = Ask({"scontrol", "--oneliner", "show", "node", names});
  if (!answer) return answer.errors();
  auto nodes = ParseNodes(*answer);
  if (!nodes) return NotUnderstood("scontrol show node", *answer);
  return *std::move(nodes);
}

base::Expected<std::vector<std::string>> SlurmTools::HostNames(const std::string& names) const {
  const auto answer = Ask({"scontrol", "show", "hostnames", names});
  if (!answer) return answer.errors();
  auto list = ParseHostNames(*answer);
  if (!list) return NotUnderstood("scontrol show hostnames", *answer);
  return *std::move(list);
}

base::Expected<std::string> SlurmTools::SlurmdPidFile() const {
  const auto answer = Ask({"scontrol", "show", "config"});
  if (!answer) return answer.errors();
  auto file = ParseConfiguration(*answer, "SlurmdPidFile");
  if (!file) return NotUnderstood("scontrol show config", *answer);
  return *std::move(file);
}

base::Status SlurmTools::Cancel(const std::string& id) const {
  const auto answer = Ask({"scancel", id});
  if (!answer) return answer.errors();
  return base::Ok{};
}

}  // namespace nam56r::launch::slurm
