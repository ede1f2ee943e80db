#include "src/dialect/rule_examples.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <iterator>
#include <sstream>
#include <stdexcept>
#include <utility>

#include "src/dialect/host_packages.h"

namespace nam56r::dialect {
namespace {

using Strings = std::vector<std::string>;

Strings Split(std::string_view text) {
  std::istringstream in{std::string(text)};
  return {std::istream_iterator<std::string>(in), {}};
}

constexpr std::string_view kCommon =
    "--seq-length 4096 --max-position-embeddings 4096 --micro-batch-size 4 --global-batch-size 64 "
    "--train-iters 20 --lr 1e-5 --min-lr 1e-6 --bf16 --normalization RMSNorm --disable-bias-linear "
    "--untie-embeddings-and-output-weights --position-embedding-type rope --rotary-base 500000 "
    "--tokenizer-type NullTokenizer --vocab-size 65536 --mock-data "
    "--no-gradient-accumulation-fusion --use-distributed-optimizer --overlap-grad-reduce "
    "--overlap-param-gather --eval-iters 0 --num-experts 16 --moe-router-topk 4 "
    "--moe-ffn-hidden-size 896 --moe-shared-expert-intermediate-size 1024 --moe-grouped-gemm "
    "--moe-aux-loss-coeff 0.0001 --moe-router-score-function sigmoid "
    "--moe-router-enable-expert-bias --moe-router-dtype fp32 --moe-token-dispatcher-type alltoall ";

constexpr std::string_view kHybrid =
    "--hidden-size 3584 --ffn-hidden-size 18944 --num-attention-heads 28 "
    "--tensor-model-parallel-size 1 --pipeline-model-parallel-size 1 "
    "--expert-model-parallel-size 1 --mamba-num-heads 56 --mamba-state-dim 64 --mamba-head-dim 64 "
    "--mamba-num-groups 8 --multi-latent-attention --q-lora-rank 64 --kv-lora-rank 64 "
    "--qk-head-dim 64 --qk-pos-emb-head-dim 64 --v-head-dim 64 ";

constexpr std::string_view kGpt =
    "--hidden-size 4096 --ffn-hidden-size 9216 --num-attention-heads 32 --num-layers 16 "
    "--tensor-model-parallel-size 2 --pipeline-model-parallel-size 2 --sequence-parallel "
    "--num-layers-per-virtual-pipeline-stage 4 --swiglu --expert-model-parallel-size 2 ";

std::string Trunk(const Release& release) {
  const char attention = release.minor >= 19 ? '+' : '*';
  std::string pattern;
  for (char c : std::string_view("AEMEAEMEAEMMAEMEAEMEAEMMAEMEAEMEAEMMAEMEAEMEAEMMAEME")) {
    pattern += c == 'A' ? attention : c;
  }
  return pattern;
}

bool IsFlag(std::string_view word) { return word.starts_with("--"); }

// The flag and its values, from |at| to the next flag.
std::size_t EndOf(const Strings& words, std::size_t at) {
  std::size_t end = at + 1;
  while (end < words.size() && !IsFlag(words[end])) ++end;
  return end;
}

class Line {
 public:
  Line(const Release& release, std::string_view words) : release_(release) {
    Strings changes = Split(words);
    const bool gpt = !changes.empty() && changes.front() == "gpt";
    if (gpt) changes.erase(changes.begin());
    AddAll(Split(kCommon));
    AddAll(Split(gpt ? kGpt : kHybrid));
    if (!gpt) {
      const bool old = release.minor < 18;
      AddAll({"--spec",
              old ? "megatron.core.models.mamba.mamba_layer_specs"
                  : "megatron.core.models.hybrid.hybrid_layer_specs",
              old ? "mamba_stack_spec" : "hybrid_stack_spec"});
      AddAll({"--hybrid-layer-pattern", Trunk(release)});
    }
    line_.surroundings.world_size = 8;
    line_.surroundings.environment.emplace("CUDA_DEVICE_MAX_CONNECTIONS", "1");
    line_.surroundings.knows_architecture = true;
    line_.surroundings.transformer_engine = std::pair(2, 13);
    line_.surroundings.packages.emplace();
    for (std::string_view package : kPackages) line_.surroundings.packages->emplace(package);
    Change(changes);
  }

  ExampleLine Take() { return std::move(line_); }

 private:
  void AddAll(const Strings& words) {
    for (std::size_t at = 0; at < words.size();) {
      const std::size_t end = EndOf(words, at);
      Give({words.begin() + static_cast<std::ptrdiff_t>(at),
            words.begin() + static_cast<std::ptrdiff_t>(end)});
      at = end;
    }
  }

  void Give(Strings words) {
    if (words.front() == "--hybrid-layer-pattern" && release_.minor < 17) {
      Strings layers = {"--num-layers", fmt::format("{}", LayersOfPattern(words.at(1)))};
      std::erase(words.at(1), '|');
      Replace(std::move(layers));
    }
    if (release_.minor < 18 && words == Strings{"--cuda-graph-impl", "full_iteration"}) {
      Replace({"--cuda-graph-scope", "full_iteration"});
      words.back() = "local";
    }
    words.front() = Renamed(words.front());
    Replace(std::move(words));
  }

  std::string Renamed(const std::string& flag) const {
    if (flag == "--hybrid-layer-pattern" && release_.minor < 17) return "--hybrid-override-pattern";
    if (flag == "--cuda-graph-modules" && release_.minor < 18) return "--cuda-graph-scope";
    return flag;
  }

  void Remove(std::string_view flag) {
    Strings& argv = line_.argv;
    const auto it = std::find(argv.begin(), argv.end(), flag);
    if (it == argv.end()) return;
    const std::size_t at = static_cast<std::size_t>(it - argv.begin());
    argv.erase(it, argv.begin() + static_cast<std::ptrdiff_t>(EndOf(argv, at)));
  }

  void Replace(Strings words) {
    Remove(words.front());
    line_.argv.insert(line_.argv.end(), words.begin(), words.end());
  }

  void Change(const Strings& words) {
    for (std::size_t at = 0; at < words.size();) {
      const std::string& word = words[at];
      const std::size_t equals = word.find('=');
      const bool where_known = word.starts_with("?--");
      if (IsFlag(word) || where_known) {
        std::size_t end = at + 1;
        while (end < words.size() && IsValue(words[end])) ++end;
        Strings given(words.begin() + static_cast<std::ptrdiff_t>(at),
                      words.begin() + static_cast<std::ptrdiff_t>(end));
        if (where_known) given.front().erase(0, 1);
        if (!where_known || release_.FindFlag(given.front()) != nullptr) Give(std::move(given));
        at = end;
        continue;
      }
      if (word.starts_with("!--")) {
        Remove(Renamed(word.substr(1)));
      } else if (word == "!sm") {
        line_.surroundings.knows_architecture = false;
      } else if (word == "!te") {
        line_.surroundings.transformer_engine.reset();
      } else if (word == "!pkg") {
        line_.surroundings.packages.reset();
      } else if (word.starts_with("!pkg:")) {
        if (line_.surroundings.packages->erase(word.substr(5)) == 0) {
          throw std::logic_error(fmt::format("an example lacks no package '{}'", word));
        }
      } else if (word.starts_with("te:")) {
        const std::size_t dot = std::min(word.find('.'), word.size());
        line_.surroundings.transformer_engine =
            std::pair(static_cast<int>(Number(word.substr(3, dot - 3))),
                      static_cast<int>(Number(std::string_view(word).substr(dot + 1))));
      } else if (word.starts_with("gpus:")) {
        line_.surroundings.gpus = Number(word.substr(5));
      } else if (word.starts_with("rm:")) {
        line_.surroundings.emptied.insert(word.substr(3));
      } else if (word.front() == '!') {
        line_.surroundings.environment.erase(word.substr(1));
      } else if (word.front() == '@') {
        line_.surroundings.world_size = Number(word.substr(1));
      } else if (word.starts_with("sm:")) {
        line_.surroundings.architecture = static_cast<int>(Number(word.substr(3)));
      } else if (equals != std::string::npos) {
        line_.surroundings.environment[word.substr(0, equals)] = word.substr(equals + 1);
      } else {
        throw std::logic_error(fmt::format("an example has the word '{}'", word));
      }
      ++at;
    }
  }

  // Variables stand before flags or after "!" words: a value has no '=' after capitals.
  static bool IsValue(std::string_view word) {
    if (IsFlag(word) || word.front() == '!' || word.front() == '@' || word.starts_with("?--")) {
      return false;
    }
    for (std::string_view prefix : {"sm:", "te:", "rm:", "gpus:"}) {
      if (word.starts_with(prefix)) return false;
    }
    const std::size_t equals = word.find('=');
    return equals == std::string_view::npos ||
           !std::all_of(
               word.begin(), word.begin() + static_cast<std::ptrdiff_t>(equals),
               [](char c) { return (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_'; });
  }

  static std::int64_t Number(std::string_view text) {
    std::int64_t number = 0;
    const char* end = text.data() + text.size();
    const auto [stop, error] = std::from_chars(text.data(), end, number);
    if (error != std::errc() || stop != end) {
      throw std::logic_error(fmt::format("an example counts '{}'", text));
    }
    return number;
  }

  const Release& release_;
  ExampleLine line_;
};

}  // namespace

ExampleLine Example(const Release& release, std::string_view words) {
  return Line(release, words).Take();
}

}  // namespace nam56r::dialect
