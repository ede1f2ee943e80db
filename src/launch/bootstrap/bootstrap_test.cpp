#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <regex>

#include "src/launch/bootstrap/bootstrap_testing.h"
#include "src/launch/bootstrap/seam_proofs.h"

namespace nam56r::launch {
namespace {

using nlohmann::json;
using ::testing::ElementsAre;
using testing::FakeMegatron;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using testing::Must;
using ::testing::Not;
using testing::RunBootstrap;
using testing::SeamEntry;

constexpr const char* kMixer = R"(
import os
from megatron.core.ssm import mamba_mixer
def apply(context):
    print('call apply', context.seam, context.release, context.layers, context.settings, os.environ.get('NVTE_DEBUG'))
    class Mixer(mamba_mixer.MambaMixer):
        pass
    mamba_mixer.MambaMixer = context.mark(Mixer)
def before_validate(context, args):
    print('call before_validate', args, flush=True)
)";
constexpr const char* kSparse = R"(
from megatron.core.transformer.experimental_attention_variant import dsa
def apply(context):
    print('call apply', context.seam)
    dsa.unfused_dsa_fn = context.mark(lambda: 'sparse')
)";
constexpr const char* kPreload = R"(
def apply(context):
    print('call apply', context.seam)
    context.report('nvrtc_preload', library='libnvrtc.so.13')
)";

json MixerSeam() {
  json seam = SeamEntry("mamba3-mixer", "layers", "mixer", "class with marker");
  seam["layers"] = {"layer 1 (M-rank 0)", "layer 3 (M-rank 1)", "layer 40 (M-rank 9)"};
  seam["settings"] = {{"NAM56R_MAMBA_MIMO_RANK", "4"}};
  return seam;
}
json SparseSeam() { return SeamEntry("sparse-mla", "symbols", "", "marker"); }
json PreloadSeam() { return SeamEntry("nvrtc-preload", "run", "nvrtc_preload", "event"); }

std::vector<std::string> Kinds(const testing::BootstrapEnd& end) {
  std::vector<std::string> kinds;
  for (const json& event : end.events) {
    kinds.push_back(event["event"].get<std::string>() +
                    (event.value("seam", "").empty() ? "" : " " + event.value("seam", "")));
  }
  return kinds;
}

class EveryRelease : public ::testing::TestWithParam<int> {};

TEST_P(EveryRelease, SeamsComeBeforeTheEntryPointAndProveThemselvesOnTheModel) {
  FakeMegatron megatron(GetParam());
  megatron.Provider("mamba3_mixer", kMixer);
  megatron.Provider("sparse_mla", kSparse);
  megatron.Provider("nvrtc_preload", kPreload);
  contract::ReadContract contract = megatron.Contract({PreloadSeam(), MixerSeam(), SparseSeam()});
  contract.policy.bootstrap_environment = {{"NVTE_DEBUG", "1"}};
  auto environment = megatron.Environment();
  environment["NCCL_DEBUG"] = "WARN";
  environment["RANK"] = "0";
  const auto end = RunBootstrap(megatron, contract,
                                {{"NCCL_DEBUG", "WARN", base::Surface::kPolicy, ""},
                                 {"OMP_NUM_THREADS", "2", base::Surface::kHost, ""}},
                                environment, {"--words", "a b", "--"});
  EXPECT_EQ(end.program.exit_code, 0) << end.program.err;
  EXPECT_THAT(
      end.calls,
      ElementsAre("apply nvrtc-preload",
                  "apply mamba3-mixer 0." + std::to_string(GetParam()) +
                      " [1, 3, 40] {'NAM56R_MAMBA_MIMO_RANK': '4'} 1",
                  "apply sparse-mla", "entry ['--words', 'a b', '--'] __main__ True True",
                  "before_validate args", "validate args", "build", "step 0", "step 1", "step 2"))
      << end.program.out;
  EXPECT_THAT(Kinds(end), ElementsAre("seam_report nvrtc-preload", "seam_applied nvrtc-preload",
                                      "seam_applied mamba3-mixer", "seam_applied sparse-mla",
                                      "bootstrap", "seam mamba3-mixer", "seam sparse-mla",
                                      "model_built", "seam nvrtc-preload", "first_step"));
  EXPECT_EQ(end.events[5]["where"], json({"layer 1", "layer 3"})) << "40 is another stage's";

  // Layer 40 is nowhere, and the launcher says so.
  const json settings = Must(BootstrapSettings(contract, {}));
  SeamProofs proofs(RequiredSeams(settings), 1);
  std::vector<std::string> stops;
  for (const json& event : end.events) {
    if (auto why = proofs.Feed({7, event})) stops.push_back(*why);
  }
  EXPECT_THAT(stops, ElementsAre(HasSubstr("no rank shows it on layer 40")));
}

INSTANTIATE_TEST_SUITE_P(Megatron, EveryRelease, ::testing::Values(16, 17, 18, 19));

struct Refusal {
  const char* name;
  std::function<void(FakeMegatron&, contract::ReadContract&, std::vector<Variable>&,
                     std::map<std::string, std::string>&)>
      arrange;
  const char* stage;
  const char* seam;
  const char* why;  ///< a regular expression
  const char* last_call = "";
};

using Environment = std::map<std::string, std::string>;
using Decided = std::vector<Variable>;

void ByProvider(FakeMegatron& megatron, contract::ReadContract& contract, const char* text) {
  contract.document["seams"] = json::array({SparseSeam()});
  if (*text != '\0') megatron.Provider("sparse_mla", text);
}

void ByModel(FakeMegatron& megatron, contract::ReadContract& contract, const json& seam,
             const std::string& provider, const char* text) {
  contract.document["seams"] = json::array({seam});
  megatron.Provider(provider, text);
}

const Refusal kRefusals[] = {
    {"no provider", [](auto& m, auto& c, auto&, auto&) { ByProvider(m, c, ""); }, "seams",
     "sparse-mla", "no provider: there is no module nam56r_seams.sparse_mla"},
    {"a provider that lacks something",
     [](auto& m, auto& c, auto&, auto&) { ByProvider(m, c, "import nowhere\n"); }, "seams",
     "sparse-mla", "needs a module that is not there: nowhere"},
    {"a provider that raises when imported",
     [](auto& m, auto& c, auto&, auto&) { ByProvider(m, c, "1 / 0\n"); }, "seams", "sparse-mla",
     "importing its provider .* raised ZeroDivisionError"},
    {"a provider that ends Python",
     [](auto& m, auto& c, auto&, auto&) { ByProvider(m, c, "import sys\nsys.exit(0)\n"); }, "seams",
     "sparse-mla", "raised SystemExit"},
    {"a provider without apply",
     [](auto& m, auto& c, auto&, auto&) { ByProvider(m, c, "aply = 1\n"); }, "seams", "sparse-mla",
     "sparse_mla.py\\) has no function apply"},
    {"apply raises",
     [](auto& m, auto& c, auto&, auto&) {
       ByProvider(m, c, "def apply(context):\n    raise KeyError('x')\n");
     },
     "seams", "sparse-mla", "apply\\(\\) raised KeyError"},
    {"before_validate raises",
     [](auto& m, auto& c, auto&, auto&) {
       ByProvider(m, c,
                  "def apply(context):\n    pass\n"
                  "def before_validate(context, args):\n    raise ValueError(args)\n");
     },
     "seams", "sparse-mla", "before_validate\\(\\) raised ValueError\\('args'\\)",
     "entry [] __main__ True True"},
    {"another value",
     [](auto&, auto&, Decided& d, Environment& e) {
       d = {{"NCCL_DEBUG", "WARN", base::Surface::kPolicy, ""}};
       e["NCCL_DEBUG"] = "INFO";
     },
     "environment", "", "NCCL_DEBUG is 'INFO', the contract says 'WARN'"},
    {"no value",
     [](auto&, auto&, Decided& d, Environment&) {
       d = {{"HF_TOKEN", "hf_secret", base::Surface::kPolicy, ""}};
     },
     "environment", "", "HF_TOKEN is not set, the contract says that it is set"},
    {"what reads a variable is there before it is set",
     [](FakeMegatron& m, contract::ReadContract& c, auto&, auto&) {
       m.Beside("triton.py", "");
       m.Beside("sitecustomize.py", "import triton\n");
       c.policy.bootstrap_environment = {{"TRITON_DEBUG", "1"}};
     },
     "environment", "",
     "triton was imported before .* would not see TRITON_DEBUG; .*sitecustomize.py"},
    {"another release",
     [](FakeMegatron& m, auto&, auto&, auto&) {
       m.Write("megatron/core/package_info.py", "MAJOR = 0\nMINOR = 1\nPATCH = 9\n");
     },
     "release", "", "is for Megatron-Core 0.19; .*/megatron/core/__init__.py is 0.1.9"},
    {"no release",
     [](FakeMegatron& m, auto&, auto&, auto&) {
       std::filesystem::remove_all(m.root() / "megatron");
     },
     "release", "", "there is none on the path"},
    {"no entry point",
     [](FakeMegatron& m, auto&, auto&, auto&) { std::filesystem::remove(m.entry()); }, "entry", "",
     "there is no file .*/pretrain.py"},
    {"a function that is gone",
     [](FakeMegatron& m, auto&, auto&, auto&) {
       m.Write("megatron/training/training.py",
               "def setup_model_and_optimizer(): pass\n"
               "def pretrain(): pass\n");
     },
     "hooks", "", "has no train_step: this is not the release"},
    {"a layer without the mark",
     [](auto& m, auto& c, auto&, auto&) {
       ByModel(m, c, MixerSeam(), "mamba3_mixer", "def apply(context):\n    pass\n");
     },
     "proof", "mamba3-mixer", "did not prove itself", "build"},
    {"a layer without the part",
     [](auto& m, auto& c, auto&, auto&) {
       json seam = MixerSeam();
       seam["proof"]["path"] = "mixer.engram";
       ByModel(m, c, seam, "mamba3_mixer", kMixer);
     },
     "proof", "mamba3-mixer", "did not prove itself", "build"},
    {"another seam's mark",
     [](auto& m, auto& c, auto&, auto&) {
       ByModel(m, c, SparseSeam(), "sparse_mla",
               "def apply(context):\n"
               "    from megatron.core.transformer.experimental_attention_variant import dsa\n"
               "    context.seam = 'sparse-ml'\n    context.mark(dsa.unfused_dsa_fn)\n");
     },
     "proof", "sparse-mla", "did not prove itself", "build"},
    {"a type that did not hold",
     [](auto& m, auto& c, auto&, auto&) {
       json seam = MixerSeam();
       seam["id"] = "mamba3-fp32-parameters";
       seam["proof"]["expect"] = "dtype torch.float32";
       ByModel(
           m, c, seam, "mamba3_fp32_parameters",
           "from megatron.core import model\nfrom megatron.core.ssm import mamba_mixer\n"
           "def apply(context):\n"
           "    def init(self):\n        self.D = context.mark(model.Parameter('torch.bfloat16'))\n"
           "    mamba_mixer.MambaMixer.__init__ = init\n");
     },
     "proof", "mamba3-fp32-parameters", "did not prove itself", "build"},
    {"an expectation that nobody knows",
     [](auto& m, auto& c, auto&, auto&) {
       ByModel(m, c, SeamEntry("sparse-mla", "symbols", "", "magic"), "sparse_mla", kSparse);
     },
     "proof", "sparse-mla", "did not prove itself", "build"},
    {"an event that did not come",
     [](auto& m, auto& c, auto&, auto&) {
       ByModel(m, c, PreloadSeam(), "nvrtc_preload", "def apply(context):\n    pass\n");
     },
     "proof", "nvrtc-preload", "did not prove itself", "build"},
    {"an event of the first step that did not come",
     [](auto& m, auto& c, auto&, auto&) {
       ByModel(m, c, SeamEntry("mamba-regional-compile", "run", "regional_compile", "event"),
               "mamba_regional_compile", "def apply(context):\n    pass\n");
     },
     "proof", "mamba-regional-compile", "did not prove itself", "step 0"},
};

TEST(Bootstrap, RefusesWithOneEventOneLineAndItsOwnExitCode) {
  for (const Refusal& refusal : kRefusals) {
    SCOPED_TRACE(refusal.name);
    FakeMegatron megatron(19);
    contract::ReadContract contract = megatron.Contract(json::array());
    Decided decided;
    Environment environment = megatron.Environment();
    refusal.arrange(megatron, contract, decided, environment);
    const auto end = RunBootstrap(megatron, contract, decided, environment);
    EXPECT_EQ(end.program.exit_code, 78) << end.program.err;
    const json failed = end.Event("bootstrap_failed");
    ASSERT_TRUE(failed.is_object()) << end.program.out << end.program.err;
    EXPECT_EQ(failed["stage"], refusal.stage);
    EXPECT_EQ(failed["seam"], refusal.seam);
    EXPECT_EQ(failed["rank"], 3);
    EXPECT_TRUE(std::regex_search(failed["why"].get<std::string>(), std::regex(refusal.why)))
        << failed["why"];
    EXPECT_THAT(end.program.err, HasSubstr("nam56r bootstrap: rank 3: "));
    EXPECT_THAT(end.program.out + end.program.err, Not(HasSubstr("hf_secret")));
    EXPECT_EQ(end.calls.empty() || end.calls.back().starts_with("apply") ? "" : end.calls.back(),
              refusal.last_call);
    if (failed["stage"] == "proof") {
      EXPECT_EQ(end.Event("seam")["proved"], false);
      EXPECT_THAT(end.program.err, HasSubstr("; without it: ")) << "what the run would be";
    }
  }
}

// What a seam may have put in place, and what it says then.
TEST(Bootstrap, EveryKindOfProofHolds) {
  struct Case {
    const char* id;
    const char* scope;
    const char* path;
    const char* expect;
    const char* provider;
    json where;
  };
  const Case cases[] = {
      {"mamba3-fp32-parameters",
       "layers",
       "mixer",
       "dtype torch.float32",
       "from megatron.core import model\nfrom megatron.core.ssm import mamba_mixer\n"
       "def apply(context):\n"
       "    def init(self):\n        self.D = context.mark(model.Parameter('torch.float32'))\n"
       "        self.W = model.Parameter('torch.bfloat16')\n"
       "    mamba_mixer.MambaMixer.__init__ = init\n",
       {"layer 1", "layer 3"}},
      {"ngram-hash-embedding",
       "model",
       "embedding",
       "class with marker",
       "from megatron.core import model\nclass Table(model.Module):\n    pass\n"
       "def apply(context):\n    context.mark(Table)\n    old = model.Model.__init__\n"
       "    def init(self):\n        old(self)\n        self.embedding = Table()\n"
       "    model.Model.__init__ = init\n",
       {"model.embedding"}},
      {"fp8-parameter-storage",
       "model",
       "parameters",
       "class with marker",
       "from megatron.core import model\nclass Quantized(model.Parameter):\n    pass\n"
       "def apply(context):\n    context.mark(Quantized)\n"
       "    model.Wrapper.parameters = lambda self: [Quantized('fp8'), model.Parameter('bf16')]\n",
       {"model.parameters"}},
      {"hybrid-schedule-plan",
       "model",
       "build_schedule_plan",
       "marker",
       "from megatron.core import model\ndef apply(context):\n"
       "    def build_schedule_plan(self):\n        pass\n"
       "    model.Model.build_schedule_plan = context.mark(build_schedule_plan)\n",
       {"model.build_schedule_plan"}},
      {"mamba-recompute",
       "layers",
       "forward",
       "marker",
       "from megatron.core import model\ndef apply(context):\n"
       "    def forward(self):\n        pass\n    model.Layer.forward = forward\n"
       "    context.mark(forward)\n    assert context.mark(model.Layer(9).forward)\n",
       {"layer 1", "layer 3"}},
      {"linear-cross-entropy", "model", "output_layer", "class with marker",
       "def apply(context):\n    pass\n", json::array()},  // another stage's
  };
  for (const Case& one : cases) {
    SCOPED_TRACE(one.id);
    FakeMegatron megatron(18);
    json seam = SeamEntry(one.id, one.scope, one.path, one.expect);
    seam["layers"] = {"layer 1 (M-rank 0)", "layer 3 (M-rank 1)"};
    std::string module = one.id;
    std::replace(module.begin(), module.end(), '-', '_');
    megatron.Provider(module, one.provider);
    const auto end =
        RunBootstrap(megatron, megatron.Contract(json::array({seam})), {}, megatron.Environment());
    EXPECT_EQ(end.program.exit_code, 0) << end.program.err;
    EXPECT_EQ(end.Event("seam")["proved"], true);
    EXPECT_EQ(end.Event("seam")["where"], one.where);
  }
}

// Inside an MTP depth layers are counted from 1 again.
TEST(Bootstrap, TrunkAndMtpAreProvedApart) {
  for (const bool in_mtp : {true, false}) {
    FakeMegatron megatron(19);
    json seam = SeamEntry("shared-mla-spec", "layers", "self_attention", "class with marker");
    seam["id"] = "dsa-rank-routing";
    seam["layers"] = {"layer 2 (A-rank 0)", "MTP depths 1 to 1"};
    megatron.Provider(
        "dsa_rank_routing",
        std::string("from megatron.core import model\n"
                    "class Mla(model.Module):\n    pass\n"
                    "def apply(context):\n    context.mark(Mla)\n"
                    "    assert context.mtp_depths == 1\n"
                    "    old = model.Model.__init__\n"
                    "    def init(self):\n        old(self)\n"
                    "        self.decoder.layers[1].self_attention = Mla()\n") +
            (in_mtp ? "        self.mtp.layers[0].layers[1].self_attention = Mla()\n" : "") +
            "    model.Model.__init__ = init\n");
    const auto end =
        RunBootstrap(megatron, megatron.Contract(json::array({seam})), {}, megatron.Environment());
    EXPECT_EQ(end.program.exit_code, in_mtp ? 0 : 78) << end.program.err;
    EXPECT_EQ(end.Event("seam")["where"],
              in_mtp ? json({"layer 2", "MTP depth 1"}) : json({"MTP depth 1"}));
  }
}

TEST(Bootstrap, WhatTheEntryPointEndsWithStays) {
  struct Case {
    const char* last;
    int exit_code;
    int signal;
    const char* err;
  };
  for (const Case& one :
       {Case{"sys.exit(7)\n", 7, 0, ""}, Case{"sys.exit('out of data')\n", 1, 0, "out of data"},
        Case{"raise RuntimeError('boom')\n", 1, 0, "RuntimeError: boom"},
        Case{"os.abort()\n", -1, SIGABRT, ""}}) {
    FakeMegatron megatron(17);
    megatron.Entry(one.last);
    const auto end =
        RunBootstrap(megatron, megatron.Contract(json::array()), {}, megatron.Environment());
    if (one.signal == 0) {
      EXPECT_EQ(end.program.exit_code, one.exit_code) << one.last;
    }
    EXPECT_EQ(end.program.signal, one.signal) << one.last;
    EXPECT_THAT(end.program.err, HasSubstr(one.err));
    EXPECT_EQ(end.Event("bootstrap_failed"), nullptr);
  }
}

TEST(Bootstrap, AnEarlyImportThatReadsNothingOfOursIsOnlyTold) {
  FakeMegatron megatron(19);
  megatron.Beside("triton.py", "");
  megatron.Beside("sitecustomize.py", "import triton\n");
  const auto end =
      RunBootstrap(megatron, megatron.Contract(json::array()), {}, megatron.Environment());
  EXPECT_EQ(end.program.exit_code, 0) << end.program.err;
  EXPECT_EQ(end.Event("imported_early")["modules"], json({"triton"}));
}

TEST(Bootstrap, WrongUsageOfTheProgramIsTold) {
  const base::TemporaryDirectory folder;
  const std::string program = (folder.path() / "bootstrap.py").string();
  std::ofstream(program) << kBootstrapProgram;
  std::ofstream(folder.path() / "other.json") << R"({"format":"nam56r.bootstrap/9"})";
  const auto run = [&](std::vector<std::string> words) {
    words.insert(words.begin(), {testing::TestPython(), program});
    return base::RunProgram({.argv = words, .environment = {}});
  };
  EXPECT_EQ(run({}).exit_code, 64);
  EXPECT_THAT(run({"settings.json"}).err, HasSubstr("usage: bootstrap.py SETTINGS.json ENTRY"));
  EXPECT_EQ(run({"--probe", "settings.json", "entry"}).exit_code, 64);
  const auto missing = run({(folder.path() / "no.json").string(), "entry"});
  EXPECT_EQ(missing.exit_code, 78);
  EXPECT_THAT(missing.err, HasSubstr("cannot read"));
  EXPECT_THAT(run({(folder.path() / "other.json").string(), "entry"}).err,
              HasSubstr("nam56r.bootstrap/9"));
}

// The example of docs/seams.md is a whole provider.
TEST(Bootstrap, TheDocumentedProviderWorks) {
  std::ifstream in(NAM56R_SOURCE_DIR "/docs/seams.md");
  std::stringstream page;
  page << in.rdbuf();
  const std::string text = page.str();
  const std::string fence = "```python\n";
  const std::size_t start = text.find(fence);
  ASSERT_NE(start, std::string::npos);
  const std::size_t end_at = text.find("```", start + fence.size());
  FakeMegatron megatron(19);
  megatron.Provider("sparse_mla", text.substr(start + fence.size(), end_at - start - fence.size()));
  json seam = SparseSeam();
  seam["settings"] = {{"NAM56R_ATTENTION_SPARSE_MODE", "tilelang"}};
  const auto end =
      RunBootstrap(megatron, megatron.Contract(json::array({seam})), {}, megatron.Environment());
  EXPECT_EQ(end.program.exit_code, 0) << end.program.err;
  EXPECT_EQ(end.Event("seam")["proved"], true);
  seam["settings"] = {{"NAM56R_ATTENTION_SPARSE_MODE", "magic"}};
  EXPECT_EQ(
      RunBootstrap(megatron, megatron.Contract(json::array({seam})), {}, megatron.Environment())
          .program.exit_code,
      78)
      << "it refuses a mode that it does not have";
}

TEST(BootstrapSettings, AreThoseOfARealContract) {
  const auto contract = Must(
      contract::Parse(testing::ContractBytes("nam56r.toml", "h200x8-bf16.toml"), "contract.json"));
  const std::vector<Variable> environment = {{"NCCL_DEBUG", "WARN", base::Surface::kPolicy, ""},
                                             {"HF_TOKEN", "x", base::Surface::kPolicy, ""},
                                             {"NAM56R_A", "1", base::Surface::kSeam, ""},
                                             {"PATH", "/bin", base::Surface::kHost, ""}};
  const json settings = Must(BootstrapSettings(contract, environment));
  EXPECT_EQ(settings["environment"],
            json({{"HF_TOKEN", nullptr}, {"NAM56R_A", "1"}, {"NCCL_DEBUG", "WARN"}}));
  ASSERT_EQ(settings["seams"].size(), contract.document["seams"].size());
  EXPECT_EQ(settings["seams"][0]["module"], "nam56r_seams.m2rnn_mixer");
  EXPECT_EQ(settings["seams"][0]["layers"], json({12, 24, 36, 48}));
  EXPECT_EQ(settings["hooks"]["validate"]["module"], "megatron.training.arguments");
  for (const RequiredSeam& seam : RequiredSeams(settings)) EXPECT_FALSE(seam.without.empty());
}

TEST(BootstrapSettings, ContractsThatItCannotCarryOutAreRefused) {
  contract::ReadContract contract = FakeMegatron(19).Contract(json::array());
  const auto code = [&] {
    const auto settings = BootstrapSettings(contract, {});
    return settings ? std::string() : settings.errors()[0].code;
  };
  EXPECT_EQ(code(), "");
  contract.document["seams"] = json::array({json{{"id", "index-cash"}}});
  EXPECT_EQ(code(), "LAUNCH0402");
  contract.document["seams"][0]["recorded_only"] = true;
  EXPECT_EQ(code(), "") << "nobody applies it";
  for (const char* part : {"id", "layers", "after", "settings", "probe", "proof"}) {
    for (const json& value : {json(), json("text"), json({"unheard of"})}) {
      contract.document["seams"] = json::array({MixerSeam()});
      contract.document["seams"][0][part] = value;
      if (part == std::string("after") && value.is_array()) continue;
      EXPECT_EQ(code(), "LAUNCH0402") << part << " " << value;
    }
  }
  for (const json& seams : {json::array({1}), json(), MixerSeam()}) {
    contract.document["seams"] = seams;
    EXPECT_EQ(code(), "LAUNCH0402") << seams;
  }
  contract.document["seams"] = json::array();
  contract.dialect = "native";
  EXPECT_EQ(code(), "LAUNCH0401");
}

}  // namespace
}  // namespace nam56r::launch
