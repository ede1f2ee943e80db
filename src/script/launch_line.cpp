#include <algorithm>
#include <array>
#include <cctype>
#include <set>

#include "src/script/command_line.h"
#include "src/script/text.h"

namespace nam56r::script {
namespace {

using Words = std::vector<ReadWord>;

bool IsPython(const ReadWord& word) {
  std::string name = BaseName(word.text);
  if (!name.starts_with("python")) return false;
  name.erase(0, 6);
  return name.find_first_not_of("0123456789.") == std::string::npos;
}
bool IsTorchrun(const ReadWord& word) { return BaseName(word.text) == "torchrun"; }
bool IsScript(const ReadWord& word) {
  return word.text.ends_with(".py") && !word.text.starts_with('-');
}

// "K=V" as env and mpirun -x take it.
bool IsAssignment(const ReadWord& word) {
  const std::size_t equals = word.text.find('=');
  if (equals == std::string::npos || equals == 0) return false;
  return std::all_of(word.text.begin(), word.text.begin() + static_cast<std::ptrdiff_t>(equals),
                     [](unsigned char c) { return std::isalnum(c) != 0 || c == '_'; }) &&
         std::isdigit(static_cast<unsigned char>(word.text[0])) == 0;
}

std::string WithDashes(std::string text) {
  std::replace(text.begin(), text.end(), '_', '-');
  return text;
}

/// Programs that run the command behind them.
bool IsWrapper(const ReadWord& word) {
  static const std::set<std::string> kWrappers = {
      "srun",    "mpirun",      "mpiexec",   "env",   "nohup",  "numactl", "taskset", "time",
      "timeout", "nice",        "command",   "nsys",  "ncu",    "stdbuf",  "setsid",  "sudo",
      "ionice",  "singularity", "apptainer", "conda", "docker", "podman",  "chrt",    "catchsegv"};
  return !word.known || kWrappers.contains(BaseName(word.text));
}

/// "--nodes=2" or "--nodes 2" or "-N2": the value, and how many words it took.
struct Option {
  std::string name;
  std::optional<ReadWord> value;
};
Option SplitOption(const ReadWord& word) {
  const std::size_t equals = word.text.find('=');
  if (equals == std::string::npos) return {WithDashes(word.text), std::nullopt};
  ReadWord value = word;
  value.text = word.text.substr(equals + 1);
  return {WithDashes(word.text.substr(0, equals)), value};
}

class Launch {
 public:
  explicit Launch(const ReadCommand& command) : words_(command.words) {
    line_.environment = command.environment;
    line_.line = command.line;
    line_.condition = command.condition;
  }

  std::optional<CommandLine> Parse() {
    std::size_t at = 0;
    const ReadWord& first = words_.front();
    if (!IsWrapper(first) && !IsPython(first) && !IsTorchrun(first) && !IsScript(first)) {
      return std::nullopt;
    }
    while (at < words_.size() && !IsInterpreter(at) && !IsTorchrun(words_[at]) &&
           !IsScript(words_[at])) {
      Wrapper(at++);
    }
    if (at >= words_.size()) return std::nullopt;
    if (IsInterpreter(at)) {
      line_.python = words_[at++];
      if (!Python(at)) return std::nullopt;
    } else if (IsTorchrun(words_[at])) {
      ++at;
      if (!Torchrun(at)) return std::nullopt;
    } else {
      line_.program = words_[at++];
    }
    // python -m torch.distributed.run leads to Torchrun, which has set the program.
    line_.arguments.assign(
        words_.begin() + static_cast<std::ptrdiff_t>(std::min(at, words_.size())), words_.end());
    return line_;
  }

 private:
  // By its name, or by what follows a word that is not known: "${PYTHON}" -m module.
  bool IsInterpreter(std::size_t at) const {
    if (IsPython(words_[at])) return true;
    return !words_[at].known && at + 1 < words_.size() &&
           (words_[at + 1].text == "-m" || words_[at + 1].text == "-u" || IsScript(words_[at + 1]));
  }

  // Options of srun, mpirun and env before the program.
  void Wrapper(std::size_t at) {
    const ReadWord& word = words_[at];
    if (IsAssignment(word)) {
      ReadWord value = word;
      const std::size_t equals = word.text.find('=');
      value.text = word.text.substr(equals + 1);
      line_.environment[word.text.substr(0, equals)] = value;
      return;
    }
    Option option = SplitOption(word);
    const auto value = [&]() -> std::optional<ReadWord> {
      if (option.value) return option.value;
      if (at + 1 < words_.size()) return words_[at + 1];
      return std::nullopt;
    };
    if (IsWrapper(word) && word.known) wrapper_ = BaseName(word.text);
    // The short ones mean other things to other programs: nice -n 10.
    const bool srun = wrapper_ == "srun";
    if (!srun && wrapper_ != "mpirun" && wrapper_ != "mpiexec") return;
    for (std::string_view attached : {"-np", "-N", "-n"}) {
      const std::string_view rest =
          std::string_view(option.name)
              .substr(option.name.starts_with(attached) ? attached.size() : option.name.size());
      if (rest.empty() || !Integer(rest)) continue;
      option.value = word;
      option.value->text = rest;
      option.name = attached;
      break;
    }
    const std::string& name = option.name;
    if (name == "--nodes" || (srun && name == "-N")) line_.nodes = value();
    if (name == "--ntasks-per-node" || name == "--npernode" || (!srun && name == "-N")) {
      line_.processes_per_node = value();
    }
    if (name == "--ntasks" || name == "-n" || name == "-np") line_.processes = value();
    if (name == "--export" && option.value) Exports(*option.value);
  }

  // srun --export=ALL,K=V
  void Exports(const ReadWord& list) {
    std::size_t at = 0;
    while (at <= list.text.size()) {
      const std::size_t end = std::min(list.text.find(',', at), list.text.size());
      ReadWord item = list;
      item.text = list.text.substr(at, end - at);
      if (IsAssignment(item)) {
        const std::size_t equals = item.text.find('=');
        const std::string name = item.text.substr(0, equals);
        item.text.erase(0, equals + 1);
        line_.environment[name] = item;
      }
      at = end + 1;
    }
  }

  bool Python(std::size_t& at) {
    while (at < words_.size()) {
      const std::string& text = words_[at].text;
      if (text == "-m") {
        if (at + 1 >= words_.size()) return false;
        const std::string module = words_[at + 1].text;
        at += 2;
        if (module == "torch.distributed.run" || module == "torch.distributed.launch") {
          return Torchrun(at);
        }
        line_.program = words_[at - 1];
        return true;
      }
      if (text == "-c") return false;
      if (text == "-X" || text == "-W") {
        at += 2;
      } else if (text.starts_with('-') && text.size() > 1) {
        ++at;
      } else {
        line_.program = words_[at++];
        return IsScript(line_.program);
      }
    }
    return false;
  }

  // https://docs.pytorch.org/docs/stable/elastic/run.html
  bool Torchrun(std::size_t& at) {
    static const std::set<std::string> kSwitches = {"--standalone", "--no-python", "--use-env",
                                                    "--run-path"};
    std::optional<ReadWord> per_node;
    std::optional<ReadWord> nodes;
    while (at < words_.size()) {
      const ReadWord& word = words_[at];
      if (word.text == "-m" || word.text == "--module") {
        ++at;
        continue;
      }
      if (!word.text.starts_with('-')) {
        // An undecided word between options may hold options.
        if (!word.known && !IsScript(word)) {
          ++at;
          continue;
        }
        line_.program = words_[at++];
        // Behind a wrapper script the program is the next word.
        if (!IsScript(line_.program) && at < words_.size() && IsScript(words_[at])) {
          line_.program = words_[at++];
        }
        line_.processes_per_node = per_node ? per_node : One(word);
        line_.nodes = nodes ? nodes : One(word);
        line_.processes = std::nullopt;
        return true;
      }
      Option option = SplitOption(word);
      ++at;
      if (!option.value && !kSwitches.contains(option.name)) {
        if (at >= words_.size()) return false;
        option.value = words_[at++];
      }
      if (option.name == "--nproc-per-node") per_node = option.value;
      if (option.name == "--nnodes") nodes = option.value;
      if (option.name == "--master-addr") line_.master_addr = option.value;
      if (option.name == "--master-port") line_.master_port = option.value;
    }
    return false;
  }

  static ReadWord One(const ReadWord& near) { return {"1", true, false, near.line, ""}; }

  const Words& words_;
  CommandLine line_;
  std::string wrapper_;  // the program whose options are read
};

}  // namespace

std::optional<CommandLine> ParseLaunch(const ReadCommand& command) {
  return Launch(command).Parse();
}

}  // namespace nam56r::script
