#include "src/script/raise.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "src/base/toml_document.h"
#include "src/dialect/fields.h"
#include "src/host/host.h"
#include "src/script/flag_line.h"
#include "src/script/lane_variables.h"
#include "src/script/pattern_reader.h"
#include "src/script/toml_writer.h"
#include "src/seams/seam.h"

namespace nam56r::script {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using Ints = std::vector<std::int64_t>;

Import MustRaise(const std::string& text, const std::string& dialect = "megatron@0.19",
                 const std::string& file = "run.sh", std::int64_t world = 0) {
  auto source = ReadSource(text, file);
  EXPECT_TRUE(source) << (source ? "" : source.errors().front().message);
  if (!source) return {};
  auto import = Raise(*source, {dialect, world});
  EXPECT_TRUE(import) << (import ? "" : import.errors().front().message);
  return import ? std::move(*import) : Import{};
}

const Unplaced* FindUnplaced(const Import& import, const std::string& what) {
  for (const Unplaced& one : import.unplaced) {
    if (one.what.starts_with(what)) return &one;
  }
  return nullptr;
}

std::string Codes(const Import& import) {
  std::string codes;
  for (const base::Diagnostic& finding : import.findings) codes += finding.code + " ";
  return codes;
}

// A small hybrid model as somebody else would write its launch.
constexpr char kScript[] = R"sh(#!/bin/bash
ROOT=/data/team
LAYERS='+EME+EMM/+-'
export CUDA_DEVICE_MAX_CONNECTIONS=1
export CPPMEGA_R_LAYER_INDICES=8
export CPPMEGA_DSA_SKIP_INDEXER_LOSS=1
export TRITON_CACHE_DIR=$ROOT/triton
MODEL=(
  --hybrid-layer-pattern "$LAYERS"
  --hidden-size 256 --num-attention-heads 4 --seq-length 512 --max-position-embeddings 512
  --vocab-size 1024 --padded-vocab-size 1024 --tokenizer-type NullTokenizer
  --spec megatron.core.models.hybrid.hybrid_layer_specs hybrid_stack_spec
  --normalization RMSNorm --disable-bias-linear --untie-embeddings-and-output-weights
  --position-embedding-type rope --rope-type rope --hidden-dropout 0.0 --attention-dropout=0
  --multi-latent-attention --q-lora-rank 32 --kv-lora-rank 32 --qk-head-dim 32
  --qk-pos-emb-head-dim 16 --v-head-dim 32
  --num-experts 8 --moe-router-topk 2 --moe-ffn-hidden-size 128 --ffn-hidden-size 512
  --mamba-num-heads 8 --mamba-head-dim 64 --mamba-state-dim 64 --mamba-num-groups 2
)
torchrun --nproc_per_node=4 --nnodes 2 --master-port 29501 $ROOT/megatron/pretrain_hybrid.py \
  "${MODEL[@]}" --micro-batch-size 2 --global-batch-size 16 --train-iters 100 \
  --lr 1e-3 --lr 3E-4 --bf16 --mtp-num-layers 1 \
  --recompute-module moe_act --log-params-norm \
  --data-path 1.0 $ROOT/corpus/clang --load $ROOT/ckpt --save $ROOT/ckpt \
  --distributed-timeout-minutes $MINUTES
export NCCL_DEBUG=INFO
)sh";

TEST(Raise, AScriptBecomesRecipePolicyAndHost) {
  const Import import = MustRaise(kScript);
  ASSERT_TRUE(import.recipe && import.policy) << Codes(import);
  const recipe::Recipe& recipe = import.recipe->value;
  EXPECT_EQ(recipe.model.pattern, "AEMEAEMR");
  EXPECT_EQ(recipe.model.depth, 8);
  EXPECT_EQ(recipe.model.hidden_size, 256);
  EXPECT_EQ(recipe.model.tokenizer, "byte");
  EXPECT_EQ(recipe.moe.num_experts, 8);
  EXPECT_EQ(recipe.mamba.expand, 2);
  EXPECT_EQ(recipe.mtp.pattern, "AF");
  const policy::Policy& policy = import.policy->value;
  EXPECT_EQ(policy.layout.world_size, 8);
  EXPECT_EQ(policy.mtp.depth, 1);
  EXPECT_EQ(policy.optimizer.lr, 3e-4) << "the last one wins";
  EXPECT_EQ(policy.precision.compute, "bf16");
  EXPECT_EQ(policy.optimizer.clip_grad, 1.0) << "the release's own value";
  EXPECT_EQ(policy.environment.at("CUDA_DEVICE_MAX_CONNECTIONS"), "1");
  EXPECT_EQ(policy.data.dataset, "clang");
  EXPECT_EQ(policy.checkpoint.load, "ckpt");
  EXPECT_EQ(policy.caches.triton, "host");
  EXPECT_THAT(policy.seams.required, Contains("m2rnn-mixer"));
  // Every value knows its line.
  EXPECT_EQ(import.fields.at("recipe.moe.num_experts").line, 17);
  EXPECT_EQ(import.fields.at("recipe.model.pattern").line, 9);
  EXPECT_THAT(import.recipe_toml, HasSubstr("num_experts = 8  # run.sh:17 --num-experts"));
}

TEST(Raise, WhatHasNoPlaceIsListedWithLineReasonAndNearest) {
  const Import import = MustRaise(kScript);
  const Unplaced* unknown = FindUnplaced(import, "--recompute-module moe_act");
  ASSERT_NE(unknown, nullptr);
  EXPECT_EQ(unknown->line, 23);
  EXPECT_THAT(unknown->why, HasSubstr("no such flag"));
  EXPECT_EQ(unknown->nearest, "--recompute-modules");
  ASSERT_NE(FindUnplaced(import, "--log-params-norm"), nullptr);
  EXPECT_THAT(FindUnplaced(import, "--distributed-timeout-minutes")->why, HasSubstr("$MINUTES"));
  EXPECT_THAT(FindUnplaced(import, "--lr 1e-3")->why, HasSubstr("later one"));
  EXPECT_THAT(FindUnplaced(import, "CPPMEGA_DSA_SKIP_INDEXER_LOSS")->why,
              HasSubstr("nothing reads it any more"));
  EXPECT_EQ(import.flags, import.flags_placed + 4);
  EXPECT_THAT(Codes(import), HasSubstr("SCRIPT0005"));  // NCCL_DEBUG, after the start
}

TEST(Raise, PathsGoToTheHostFileAlone) {
  const Import import = MustRaise(kScript);
  for (const std::string* text : {&import.recipe_toml, &import.policy_toml}) {
    EXPECT_EQ(text->find("/data"), std::string::npos) << *text;
  }
  EXPECT_THAT(import.host_toml, HasSubstr("clang = \"/data/team/corpus/clang\""));
  auto document = base::ParseToml(import.host_toml, "host.toml", base::Surface::kHost);
  ASSERT_TRUE(document) << document.errors().front().message << import.host_toml;
  auto host = host::FromToml(*document);
  ASSERT_TRUE(host) << host.errors().front().message;
  EXPECT_EQ(host->value.paths.megatron, "/data/team/megatron");
  EXPECT_EQ(host->value.machine.nodes, 2);
  EXPECT_EQ(host->value.network.master_port, 29501);
  EXPECT_EQ(host->value.checkpoints.at("ckpt"), "/data/team/ckpt");
}

TEST(Raise, WhereAWordMayHoldAnyFlagSilenceSaysNothing) {
  const std::string tail = "--hybrid-layer-pattern M-M- --hidden-size 64 --lr 1e-3";
  const Import whole = MustRaise("python pretrain_hybrid.py " + tail);
  const Import open = MustRaise("python pretrain_hybrid.py $(args) " + tail);
  EXPECT_TRUE(whole.fields.contains("policy.optimizer.beta1"));
  EXPECT_FALSE(open.fields.contains("policy.optimizer.beta1"));
  EXPECT_TRUE(open.fields.contains("policy.optimizer.lr"));
  EXPECT_THAT(FindUnplaced(open, "$(args)")->why, HasSubstr("any flags"));
  // And a flag under a condition says nothing of its field either way.
  const Import either = MustRaise(
      "if [ -f x ]; then A=--use-distributed-optimizer; fi\n"
      "python pretrain_hybrid.py $A " +
      tail);
  EXPECT_FALSE(either.fields.contains("policy.optimizer.distributed"));
  EXPECT_THAT(FindUnplaced(either, "--use-distributed-optimizer")->why, HasSubstr("[ -f x ]"));
}

TEST(Raise, TwoPlacesThatContradictEachOtherAreAFindingAndTheFlagCounts) {
  const std::string start = "export NAM56R_MODEL_PATTERN=";
  const std::string command =
      "\npython pretrain_hybrid.py --hybrid-layer-pattern M-M- --hidden-size 64 --lr 1e-3\n";
  const Import same = MustRaise(start + "RF" + command);
  EXPECT_THAT(Codes(same), testing::Not(HasSubstr("SCRIPT0004"))) << "R is written as M";
  EXPECT_EQ(std::get<std::string>(same.fields.at("recipe.model.pattern").value), "RF");
  const Import other = MustRaise(start + "EF" + command);
  EXPECT_THAT(Codes(other), HasSubstr("SCRIPT0004"));
  EXPECT_EQ(std::get<std::string>(other.fields.at("recipe.model.pattern").value), "MF");
}

TEST(Raise, AFunctionalTestOfMegatronIsRead) {
  const Import import = MustRaise(R"(ENV_VARS:
  CUDA_DEVICE_MAX_CONNECTIONS: 1
  NCCL_ALGO: Ring
TEST_TYPE: regular
MODEL_ARGS:
  --hybrid-layer-pattern: M-M*-
  --group-query-attention: true
  --num-query-groups: 2
  --spec: "[megatron.core.models.hybrid.hybrid_layer_specs hybrid_stack_spec]"
  --train-iters: 50
  --sequence-parallel: false
  --data-path: ${DATA_PATH}/text_document
  --recompute-modules: [mlp, moe_act]
)",
                                  "megatron@0.19", "model_config.yaml", 8);
  EXPECT_EQ(std::get<std::string>(import.fields.at("recipe.model.pattern").value), "MFMAF");
  EXPECT_EQ(std::get<std::int64_t>(import.fields.at("recipe.gqa.num_query_groups").value), 2);
  EXPECT_EQ(std::get<std::int64_t>(import.fields.at("policy.layout.world_size").value), 8);
  EXPECT_EQ(import.fields.at("policy.batch.train_iters").line, 10);
  EXPECT_FALSE(std::get<bool>(import.fields.at("policy.layout.sequence_parallel").value));
  EXPECT_THAT(import.policy_toml, HasSubstr("NCCL_ALGO = \"Ring\""));
  EXPECT_FALSE(import.recipe) << "no vocabulary";
  EXPECT_THAT(Codes(import), HasSubstr("SCHEMA0005"));
}

TEST(Raise, ArgvFilesAreReadWordByWord) {
  const Import import = MustRaise(
      "--hidden-size\n64\n--hybrid-layer-pattern 'M-|M-' "
      "--pipeline-model-parallel-size=2\n--lr\n\"1e-3\"\n",
      "megatron@0.17", "argv.txt", 4);
  EXPECT_EQ(std::get<std::int64_t>(import.fields.at("recipe.model.depth").value), 4);
  EXPECT_EQ(import.fields.at("recipe.model.hidden_size").line, 1);
  EXPECT_EQ(import.flags_placed, 4u);
}

TEST(Raise, WrongInputsAreRefusedWithAWayOut) {
  const auto refused = [](const std::string& text, const std::string& file,
                          const SourceOptions& options = {}) {
    auto source = ReadSource(text, file, options);
    EXPECT_FALSE(source) << text;
    return source ? base::Diagnostic{} : source.errors().front();
  };
  EXPECT_EQ(refused("echo hello\n", "a.sh").code, "SCRIPT0001");
  EXPECT_EQ(refused("", "a.sh").code, "SCRIPT0001");
  EXPECT_EQ(refused("cp pretrain_hybrid.py x.py", "a.sh").code, "SCRIPT0001");
  EXPECT_EQ(refused("a: [", "a.yaml").code, "SCRIPT0002");
  EXPECT_EQ(refused("a: 1", "a.yaml").code, "SCRIPT0002");
  EXPECT_EQ(refused("--a 'b", "argv").code, "SCRIPT0002");
  EXPECT_EQ(refused(std::string((1 << 20) + 1, '#'), "a.sh").code, "BASE0001");
  const std::string two =
      "python pretrain_a.py --lr 1\npython pretrain_b.py --lr 2\ncat <<X | ssh h\ntorchrun "
      "y.py\nX\n";
  const base::Diagnostic line = refused(two, "a.sh", {.line = 9});
  EXPECT_EQ(line.code, "SCRIPT0003");
  EXPECT_THAT(line.valid, ElementsAre("1", "2"));
  EXPECT_EQ(ReadSource(two, "a.sh", {.line = 2})->command.program.text, "pretrain_b.py");
  EXPECT_THAT(refused(two, "a.sh", {.here_document = 9}).valid, ElementsAre("4"));
  const base::Diagnostic hidden = refused("cat <<X | ssh h\ntorchrun y.py\nX\n", "a.sh");
  EXPECT_THAT(hidden.fix, HasSubstr("--here-document 2"));
  auto source = ReadSource(two, "a.sh");
  ASSERT_TRUE(source);
  EXPECT_EQ(Raise(*source, {"megatron@0.91", 0}).errors().front().code, "DIALECT0003");
}

TEST(ParseLaunch, KnowsLaunchersAndWrappers) {
  struct Case {
    std::string command;
    std::string program, per_node, nodes, all;
  };
  const std::vector<Case> cases = {
      {"torchrun --nproc_per_node 8 x.py --a", "x.py", "8", "1", ""},
      {"torchrun --standalone --nproc-per-node=2 -m pkg.train --a", "pkg.train", "2", "1", ""},
      {"python3.12 -u -m torch.distributed.launch --nnodes=2 --nproc_per_node=4 x.py", "x.py", "4",
       "2", ""},
      {"\"$PY\" -m torch.distributed.run --nproc-per-node 4 $D/x.py --a", "$D/x.py", "4", "1", ""},
      {"srun -N 2 --ntasks-per-node=8 --export=ALL,A=1 python x.py --a", "x.py", "8", "2", ""},
      {"mpirun -np 16 -x B=2 python x.py --a", "x.py", "", "", "16"},
      {"env A=1 nohup numactl --cpunodebind=0 python -X dev x.py --a", "x.py", "", "", ""},
      {"CUDA_VISIBLE_DEVICES=0 ./x.py --a", "./x.py", "", "", ""},
      {"torchrun --no-python --nproc-per-node=1 wrap.sh x.py --a", "x.py", "1", "1", ""},
      {"torchrun --nproc_per_node=$(nproc) x.py", "x.py", "$(nproc)", "1", ""},
  };
  for (const Case& c : cases) {
    const ReadScript read = ReadShell(c.command);
    ASSERT_EQ(read.commands.size(), 1u) << c.command;
    const auto line = ParseLaunch(read.commands.front());
    ASSERT_TRUE(line) << c.command;
    EXPECT_EQ(line->program.text, c.program) << c.command;
    const auto text = [](const std::optional<ReadWord>& word) { return word ? word->text : ""; };
    EXPECT_EQ(text(line->processes_per_node), c.per_node) << c.command;
    EXPECT_EQ(text(line->nodes), c.nodes) << c.command;
    EXPECT_EQ(text(line->processes), c.all) << c.command;
  }
  const ReadScript srun = ReadShell("srun --export=ALL,A=1 env B=2 python x.py");
  const auto line = ParseLaunch(srun.commands.front());
  EXPECT_EQ(line->environment.at("A").text, "1");
  EXPECT_EQ(line->environment.at("B").text, "2");
  for (const char* no : {"cp x.py y.py", "python -c 'x.py'", "echo torchrun x.py", "cat x.py"}) {
    const ReadScript read = ReadShell(no);
    for (const ReadCommand& command : read.commands) EXPECT_FALSE(ParseLaunch(command)) << no;
  }
}

TEST(PatternReader, ReadsEverySymbolOfEveryRelease) {
  const ReadPattern nam = ReadHybridPattern("+EMED|EMM-/+-/+-", {7});
  EXPECT_EQ(nam.letters, "AEMEAERMF");
  EXPECT_EQ(nam.pieces, (Ints{5, 4}));
  EXPECT_EQ(nam.dsa_ranks, (Ints{1}));
  EXPECT_EQ(nam.mtp_depth, 2);
  EXPECT_EQ(nam.mtp_pattern, "AF");
  EXPECT_THAT(nam.problems, IsEmpty());
  EXPECT_THAT(ReadHybridPattern("MG", {}).problems, ElementsAre(HasSubstr("gated delta")));
  EXPECT_THAT(ReadHybridPattern("M?", {}).problems, ElementsAre(HasSubstr("no symbol")));
  EXPECT_THAT(ReadHybridPattern("EM", {1}).problems, ElementsAre(HasSubstr("layer 1")));
  EXPECT_THAT(ReadHybridPattern("M", {2}).problems, ElementsAre(HasSubstr("layer 2")));
  EXPECT_THAT(ReadHybridPattern("M/*-/*", {}).problems, ElementsAre(HasSubstr("not all the same")));
  EXPECT_THAT(ReadHybridPattern(std::string(10000, 'M'), {}).problems, testing::SizeIs(1));
  EXPECT_EQ(ShortestTile("ABABA"), "AB");
  EXPECT_EQ(ShortestTile("AAAA"), "A");
  EXPECT_EQ(ShortestTile("ABCD"), "ABCD");
  EXPECT_EQ(ShortestTile(""), "");
}

TEST(LaneVariables, NameFieldsAndSeamsThatExist) {
  for (const LaneVariable& variable : LaneVariables()) {
    if (variable.kind == LaneVariable::Kind::kSeam) {
      EXPECT_NE(seams::Find(variable.target), nullptr) << variable.name;
    } else if (!variable.target.empty()) {
      EXPECT_NO_THROW(dialect::DefaultOf(variable.target)) << variable.name;
    }
  }
}

// The flags of kScript's model, in words of their own launcher.
Import RaiseLaunch(const std::string& before, const std::string& flags,
                   const std::string& launcher = "torchrun --nproc-per-node 1 pretrain.py") {
  return MustRaise(before + "\n" + launcher +
                   " --hybrid-layer-pattern +EME --hidden-size 64 --micro-batch-size 1 "
                   "--train-iters 10 " +
                   flags + "\n");
}

const HostFact* FindHost(const Import& import, const std::string& key) {
  for (const HostFact& fact : import.host) {
    if (fact.key == key) return &fact;
  }
  return nullptr;
}

TEST(Raise, ThingsOfOneNameKeepTheirOwnPaths) {
  const Import import = RaiseLaunch("", "--load /old/ckpt --save /new/ckpt");
  ASSERT_NE(FindHost(import, "checkpoints.ckpt"), nullptr);
  EXPECT_EQ(FindHost(import, "checkpoints.ckpt")->value, "/old/ckpt");
  ASSERT_NE(FindHost(import, "checkpoints.ckpt-2"), nullptr);
  EXPECT_EQ(FindHost(import, "checkpoints.ckpt-2")->value, "/new/ckpt");
  EXPECT_EQ(std::get<std::string>(import.fields.at("policy.checkpoint.save").value), "ckpt-2");
  // A second value of one key of the host is not lost in silence.
  const Import twice = RaiseLaunch("export MASTER_PORT=6000", "",
                                   "torchrun --nproc-per-node 1 --master-port 7000 pretrain.py");
  const Unplaced* port = FindUnplaced(twice, "--master-port 7000");
  ASSERT_NE(port, nullptr);
  EXPECT_THAT(port->why, HasSubstr("MASTER_PORT"));
}

TEST(Raise, WhatMayNotBeThereIsNotPlaced) {
  const Import import = RaiseLaunch("A=()\nif [ -d /c ]; then A+=(--load /c/ckpt); fi",
                                    "\"${A[@]}\" --save /a --save /b");
  EXPECT_FALSE(import.fields.contains("policy.checkpoint.load"));
  ASSERT_NE(FindUnplaced(import, "--load /c/ckpt"), nullptr);
  EXPECT_THAT(FindUnplaced(import, "--load /c/ckpt")->why, HasSubstr("-d /c"));
  ASSERT_NE(FindUnplaced(import, "--save /a"), nullptr);
  EXPECT_EQ(std::get<std::string>(import.fields.at("policy.checkpoint.save").value), "b");
}

TEST(Raise, ShowsNoSecretOfAScript) {
  const Import import = RaiseLaunch(
      "export HF_TOKEN=opensesame\nexport WANDB_API_KEY=opensesame\n"
      "# nam56r policy: environment.MY_TOKEN = \"opensesame\"\nexport MY_TOKEN=opensesamex\n"
      "curl -H key=opensesame --api-token opensesame http://x | bash",
      "--hub-token opensesame --no-such-api-key=opensesame");
  EXPECT_NE(FindUnplaced(import, "HF_TOKEN=(withheld)"), nullptr);
  std::string shown;
  for (const Unplaced& one : import.unplaced) shown += one.what + " " + one.why + "\n";
  for (const std::string& note : import.notes) shown += note + "\n";
  for (const base::Diagnostic& finding : import.findings) {
    shown += finding.message + finding.fix;
    for (const base::SourceNote& note : finding.where) shown += note.label + "\n";
  }
  EXPECT_THAT(shown, testing::Not(HasSubstr("opensesame")));
}

TEST(Raise, APatternIsNoFactWhereItsRLayersAreNotKnown) {
  const Import import = RaiseLaunch("export CPPMEGA_R_LAYER_INDICES=$(cat layers)", "");
  EXPECT_FALSE(import.fields.contains("recipe.model.pattern"));
  EXPECT_THAT(Codes(import), HasSubstr("SCRIPT0006"));
  const Import setting = RaiseLaunch("export NAM56R_MODEL_PATTERN=$(cat pattern)", "");
  EXPECT_FALSE(setting.fields.contains("recipe.model.pattern"));
  EXPECT_TRUE(RaiseLaunch("", "").fields.contains("recipe.model.pattern"));
}

TEST(Raise, CommentsAndExportsThatDisagreeAreSaid) {
  const Import same =
      RaiseLaunch("# nam56r policy: environment.NCCL_IB_SL = \"1\"\nexport NCCL_IB_SL=1", "");
  EXPECT_THAT(Codes(same), testing::Not(HasSubstr("SCRIPT0004")));
  const Import other =
      RaiseLaunch("# nam56r policy: environment.NCCL_IB_SL = \"1\"\nexport NCCL_IB_SL=2", "");
  EXPECT_THAT(Codes(other), HasSubstr("SCRIPT0004"));
  const Import number = RaiseLaunch("# nam56r policy: environment.NCCL_IB_SL = 1", "");
  const Unplaced* comment = FindUnplaced(number, "# nam56r policy.environment.NCCL_IB_SL");
  ASSERT_NE(comment, nullptr);
  EXPECT_THAT(comment->why, HasSubstr("a text"));
}

TEST(Raise, VariablesOfOthersAndPortsThatAreNoneAreListed) {
  const Import import = RaiseLaunch("export OMP_NUM_THREADS=8 PYTHONPATH=/x MASTER_PORT=ssh", "");
  ASSERT_NE(FindUnplaced(import, "OMP_NUM_THREADS"), nullptr);
  EXPECT_THAT(FindUnplaced(import, "OMP_NUM_THREADS")->why, HasSubstr("launch sets it"));
  ASSERT_NE(FindUnplaced(import, "PYTHONPATH"), nullptr);
  EXPECT_NE(FindUnplaced(import, "MASTER_PORT ssh"), nullptr);
  EXPECT_EQ(import.variables_placed, 0u);
  EXPECT_TRUE(base::ParseToml(import.host_toml, "h.toml", base::Surface::kHost));
}

TEST(Raise, OnlyALauncherCountsProcesses) {
  const auto world = [](const Import& import) -> std::int64_t {
    const auto it = import.fields.find("policy.layout.world_size");
    return it == import.fields.end() ? 0 : std::get<std::int64_t>(it->second.value);
  };
  EXPECT_EQ(world(RaiseLaunch("", "", "nice -n 10 python pretrain.py")), 0);
  EXPECT_EQ(world(RaiseLaunch("", "", "srun -n8 python pretrain.py")), 8);
  EXPECT_EQ(world(RaiseLaunch("", "", "mpirun -np 4 nice -n 10 python pretrain.py")), 4);
  EXPECT_EQ(world(RaiseLaunch("", "", "srun -N2 --ntasks-per-node=4 python pretrain.py")), 8);
}

}  // namespace
}  // namespace nam56r::script
