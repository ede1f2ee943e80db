#include "src/report/profile.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <regex>
#include <sstream>

#include "src/base/utf8.h"
#include "src/contract/test_contracts.h"
#include "src/report/decisions_text.h"
#include "src/report/profile_text.h"

namespace nam56r::report {
namespace {

using nlohmann::json;
using ::testing::AllOf;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;

contract::ReadContract ReadBack(const seams::TestLaunch& launch) {
  const json document = contract::ToJson(contract::MustCompile(launch));
  auto read = contract::Parse(document.dump(), "contract.json");
  EXPECT_TRUE(read) << (read ? "" : read.errors().front().message);
  return read ? std::move(*read) : contract::ReadContract{};
}

/// With the digest of what it says, as whoever writes one by hand would.
contract::ReadContract Rewritten(json document) {
  document["digest"] = contract::DigestOf(document);
  auto read = contract::Parse(document.dump(), "contract.json");
  EXPECT_TRUE(read) << (read ? "" : read.errors().front().message);
  return read ? std::move(*read) : contract::ReadContract{};
}

std::vector<std::string> LinesOf(const std::string& text) {
  std::vector<std::string> lines;
  std::istringstream in(text);
  for (std::string line; std::getline(in, line);) lines.push_back(line);
  return lines;
}

/// What stands after |label| on the page, continuation lines included, single spaces between words.
std::string After(const std::string& page, const std::string& label) {
  std::string found;
  bool inside = false;
  for (const std::string& line : LinesOf(page)) {
    const bool starts = line.starts_with(label + " ") || line == label;
    const bool continues = inside && line.starts_with("                 ");
    if (inside && !continues) break;
    if (starts) inside = true;
    if (!inside) continue;
    found += " " + (starts ? line.substr(label.size()) : line);
  }
  found = std::regex_replace(found, std::regex(" +"), " ");
  return found.empty() ? found : found.substr(1);
}

TEST(ProfileTest, TheWholeModelOnEightH200) {
  const std::string page = ProfileText(MakeProfile(ReadBack(seams::H200())));
  EXPECT_THAT(LinesOf(page).front(), AllOf(HasSubstr("nam56r"), HasSubstr("nam56r-h200x8-bf16"),
                                           HasSubstr("megatron@0.19, author")));
  EXPECT_TRUE(LinesOf(page)[1].starts_with("sha256:")) << page;
  EXPECT_EQ(After(page, "layers"), "52: 13 A 22 E 13 M 4 R (a is A with DSA)");
  EXPECT_EQ(After(page, "  stage 0"), "1-52 AEMEaEMEaEMRaEMEAEMEaEMRaEMEaEMEAEMRaEMEaEMEaEMRAEME");
  EXPECT_EQ(After(page, "    holds"),
            "4,895,345,762 parameters a rank, with embedding, ngram_hash, structure, final_norm, "
            "mtp 1, mtp 2, output_head");
  EXPECT_EQ(After(page, "r_layer_indices"), "12,24,36,48");
  EXPECT_EQ(After(page, "DSA A-ranks"), "1,2,3,5,6,7,9,10,11 (layers 5,9,13,21,25,29,37,41,45)");
  EXPECT_EQ(After(page, "parameters"), "4,895,345,762 total, 3,199,798,370 active a token");
  EXPECT_EQ(After(page, "FLOPs a token"),
            "21.1 G training; Megatron 0.19 counts 19.2 G without + and D");
  EXPECT_EQ(After(page, "8 ranks"), "TP 1 PP 1 VPP 1 EP 1 ETP 1 CP 1 DP 8 expert DP 8");
  EXPECT_EQ(After(page, "batch"), "micro 8 x 1 a rank x DP 8 = global 64; 262,144 tokens a step");
  EXPECT_EQ(After(page, "run"), "120 steps, 31,457,280 tokens");
  EXPECT_EQ(After(page, "MTP"), "depth 2 of AF on stage 0, loss x 0.1, cross-entropy liger");
  EXPECT_EQ(After(page, "sparse mode"), "tilelang, top 256 of 4,096, indexer 8 x 64 untrained");
  EXPECT_EQ(After(page, "graphs"), "none");
  EXPECT_THAT(After(page, "precision"), HasSubstr("bf16"));
  EXPECT_EQ(After(page, "recompute"), "selective: moe_act, mlp, mla_up_proj");
  EXPECT_THAT(After(page, "optimizer"), AllOf(HasSubstr("adam"), HasSubstr("lr 1e-05")));
  EXPECT_THAT(page, AllOf(HasSubstr("m2rnn-mixer"), HasSubstr("sparse-mla"),
                          HasSubstr("mamba-recompute"), HasSubstr("required")));
  EXPECT_THAT(page, AllOf(HasSubstr("NCCL_GRAPH_REGISTER=0"),
                          HasSubstr("PYTORCH_CUDA_ALLOC_CONF=expandable_segments:True")));
  EXPECT_EQ(After(page, "  host datasets"), "--data-path");
  EXPECT_THAT(After(page, "  host paths"),
              AllOf(HasSubstr("python"), HasSubstr("TRITON_CACHE_DIR")));
  EXPECT_THAT(After(page, "  launch"), HasSubstr("RANK"));
}

TEST(ProfileTest, TheSmallModelInTwoStages) {
  const Profile profile = MakeProfile(ReadBack(seams::Laptop()));
  const std::string page = ProfileText(profile);
  EXPECT_THAT(LinesOf(page).front(), AllOf(HasSubstr("laptop"), HasSubstr("native, author")));
  EXPECT_EQ(After(page, "  stage 0"), "1-7 AEMEAEM");
  EXPECT_EQ(After(page, "  stage 1"), "8-13 EAEMRA");
  EXPECT_THAT(page, HasSubstr("copies of embedding, ngram_hash"));
  EXPECT_EQ(After(page, "4 ranks"), "TP 1 PP 2 VPP 1 EP 2 ETP 1 CP 1 DP 2 expert DP 1");
  EXPECT_EQ(After(page, "batch"), "micro 4 x 2 a rank x DP 2 = global 16; 4,096 tokens a step");
  EXPECT_THAT(After(page, "MTP"), HasSubstr("depth 1 of AF on stage 1"));
  EXPECT_EQ(After(page, "sparse mode"), "no DSA layer");
  EXPECT_THAT(After(page, "optimizer"), HasSubstr("cosine to 0.0003 after 20 steps of warmup"));
  EXPECT_EQ(After(page, "DSA A-ranks"), "none");
  EXPECT_THAT(page, HasSubstr("OMP_NUM_THREADS"));
  EXPECT_THAT(page, Not(HasSubstr("a is A with DSA")));

  const json j = ToJson(profile);
  EXPECT_EQ(j["stages"][1]["chunks"][0],
            json({{"chunk", 1}, {"first_layer", 8}, {"last_layer", 13}, {"layers", "EAEMRA"}}));
  EXPECT_EQ(j["parallelism"]["expert_dp"], 1);
  EXPECT_EQ(j["parallelism"]["dp"], 2);
  EXPECT_EQ(j["batch"]["tokens_per_step"], 4096);
  EXPECT_EQ(j["batch"]["tokens"], 491'520);
  EXPECT_EQ(j["flops_per_token"]["megatron_release"], "0.19");
}

TEST(ProfileTest, InterleavedChunksStandWithTheirStage) {
  const std::string page =
      ProfileText(MakeProfile(ReadBack(seams::H200([](recipe::Recipe&, policy::Policy& p) {
        p.layout.pipeline_parallel = 2;
        p.layout.virtual_pipeline_parallel = 2;
        p.layout.expert_parallel = 4;
        p.schedule.kind = "interleaved";
      }))));
  EXPECT_EQ(After(page, "  stage 0"), "1-13,27-39 AEMEaEMEaEMRa | MEaEMEAEMRaEM");
  EXPECT_EQ(After(page, "  stage 1"), "14-26,40-52 EMEAEMEaEMRaE | EaEMEaEMRAEME");
  EXPECT_EQ(After(page, "8 ranks"), "TP 1 PP 2 VPP 2 EP 4 ETP 1 CP 1 DP 4 expert DP 1");
  EXPECT_THAT(page, HasSubstr("copies of embedding"));
  EXPECT_EQ(After(page, "schedule"), "interleaved");
}

// A page is 80 columns and 60 lines: a terminal at three in the morning.
TEST(ProfileTest, FitsATerminal) {
  const std::pair<const char*, const char*> shipped[] = {
      {"nam56r", "h200x8-bf16"},         {"nam56r", "h200x8-fp8"},
      {"nam56r", "h200x8-pp2-vpp2"},     {"nam56r-4096", "h200x8-ep8-mtp2"},
      {"nam56r-3584-56", "h200x8-nemo"}, {"nam56r-quarter", "gb10"},
      {"nam56r-tiny", "laptop"}};
  for (const auto& [recipe, policy] : shipped) {
    const std::string page = ProfileText(MakeProfile(ReadBack(seams::Launch(recipe, policy))));
    const std::vector<std::string> lines = LinesOf(page);
    EXPECT_LE(lines.size(), 60u) << page;
    for (const std::string& line : lines) {
      EXPECT_LE(base::CodePoints(line), 80u) << line;
      EXPECT_FALSE(line.ends_with(' ')) << line;
    }
  }
}

TEST(ProfileTest, ColourIsOnlyAroundLabels) {
  const Profile profile = MakeProfile(ReadBack(seams::H200()));
  const std::string plain = ProfileText(profile);
  EXPECT_THAT(plain, Not(HasSubstr("\x1b")));
  std::string coloured = ProfileText(profile, true);
  EXPECT_THAT(coloured, HasSubstr("\x1b[1m"));
  coloured = std::regex_replace(coloured, std::regex("\x1b\\[[01]m"), "");
  EXPECT_EQ(coloured, plain);
}

TEST(ProfileTest, SaysWhatThePolicyDecides) {
  const auto with = [](const seams::Change& change) {
    seams::TestLaunch launch = seams::H200(change);
    std::map<std::string, std::string> said;
    for (const auto& [about, text] :
         DecisionsText(launch.recipe.value, launch.policy.value, launch.plan)) {
      said[about] = text;
    }
    return said;
  };
  auto said = with([](recipe::Recipe& r, policy::Policy& p) {
    p.precision.compute = "fp8";
    p.precision.fp8_families = {"A", "E"};
    p.precision.bf16_layers_at_start = 1;
    p.graphs.implementation = "transformer_engine";
    p.graphs.modules = {"attn", "mamba"};
    p.recompute.granularity = "full";
    p.recompute.num_layers = 2;
    p.attention.indexer_loss_coeff = 0.01;
    p.attention.index_cache_ranks = {0, 3};
    p.optimizer.kind = "muon";
    p.optimizer.cpu_offload_fraction = 0.5;
    p.optimizer.check_for_nan = false;
    p.schedule.kind = "dualpipev";
    p.dispatcher.kind = "flex";
    p.overlap.grad_reduce = true;
    p.regional_compile.mamba = true;
    p.checkpoint.save = "runs";
    p.checkpoint.save_interval = 100;
    r.moe.capacity_factor = 1.0;
  });
  EXPECT_THAT(said["precision"],
              AllOf(HasSubstr("fp8 tensorwise hybrid"), HasSubstr("on A E"),
                    HasSubstr("bf16 on M R F"), HasSubstr("first 1 layers bf16")));
  EXPECT_EQ(said["graphs"], "transformer_engine, attn mamba, after 3 steps");
  EXPECT_EQ(said["recompute"], "full: uniform, 2 layers");
  EXPECT_THAT(said["sparse mode"], AllOf(HasSubstr("its loss x 0.01"),
                                         HasSubstr("computed by DSA layers 0,3 of 9 only")));
  EXPECT_THAT(said["optimizer"], AllOf(HasSubstr("muon, momentum 0.95"), HasSubstr("50 %"),
                                       HasSubstr("NaN goes unnoticed")));
  EXPECT_EQ(said["schedule"], "dualpipev, 4 micro-batches in flight");
  EXPECT_EQ(said["dispatcher"], "flex by deepep, router fp32, drops beyond 1 even shares");
  EXPECT_EQ(said["overlap"], "gradients");
  EXPECT_THAT(said["kernels"], HasSubstr("Mamba compiled"));
  EXPECT_EQ(said["checkpoint"], "fresh weights, saves runs every 100 steps (torch_dist)");

  said = with([](recipe::Recipe&, policy::Policy& p) { p.mtp.depth = 0; });
  EXPECT_EQ(said["MTP"], "off");
}

TEST(ProfileTest, RewritesOfGivenValuesAndRecordedSeamsAreShown) {
  json document = contract::ToJson(contract::MustCompile(seams::H200()));
  document["rewrites"].push_back({{"dest", "recurrence"},
                                  {"flag", "--hybrid-layer-pattern"},
                                  {"from", "R"},
                                  {"to", "M"},
                                  {"given", true},
                                  {"why", "the backend's own Mamba-2 stands in for M2RNN"},
                                  {"source", "this test"}});
  document["seams"][0]["recorded_only"] = true;
  document["seams"][0]["settings"] = {{"NAM56R_M2RNN_KEY_HEAD_DIM", "64"}};
  const Profile profile = MakeProfile(Rewritten(document));
  const std::string page = ProfileText(profile);
  EXPECT_THAT(page, HasSubstr("1 of values that this contract gives"));
  EXPECT_THAT(page, HasSubstr("--hybrid-layer-pattern R -> M: the backend's own Mamba-2"));
  EXPECT_THAT(page, HasSubstr("m2rnn-mixer           recorded only"));
  EXPECT_THAT(profile.seam_settings, Contains(::testing::Key("NAM56R_M2RNN_KEY_HEAD_DIM")));
  EXPECT_EQ(ToJson(profile)["rewrites"]["given"].size(), 1u);
}

// Whoever writes a contract by hand can give it any digest, and any text.
TEST(ProfileTest, ShowsNoPathAndNoControlCharacterOfTheFile) {
  const json clean = contract::ToJson(contract::MustCompile(seams::H200()));
  const std::string path = "/home/operator/.ssh/id_ed25519";
  std::vector<json> documents(8, clean);
  documents[0]["seams"][0]["why"] = path;
  documents[1]["seams"][0]["id"] = "a " + path;
  documents[2]["seams"][0]["settings"] = {{"NAM56R_X", path}};
  documents[3]["rewrites"].push_back({{"dest", path},
                                      {"flag", path},
                                      {"from", path},
                                      {"to", {path}},
                                      {"given", true},
                                      {"why", "see " + path},
                                      {"source", path}});
  documents[4]["unresolved"].push_back({{"name", path}, {"bound_by", "host " + path}});
  documents[5]["fixed_policy"]["optimizer"]["lr"]["environment"] = {{"LR_FILE", path}};
  documents[6]["seams"][0]["level"] = "../" + path;
  documents[7]["seams"][0]["why"] = "\x1b]0;owned\x07 \xe2\x80\xae";
  for (const json& document : documents) {
    const Profile profile = MakeProfile(Rewritten(document));
    for (const std::string& shown : {ProfileText(profile), ProfileText(profile, true)}) {
      EXPECT_THAT(shown, Not(HasSubstr("operator"))) << shown;
      EXPECT_THAT(shown, AllOf(Not(HasSubstr("\x07")), Not(HasSubstr("\x1b]")),
                               Not(HasSubstr("\xe2\x80\xae"))));
    }
    EXPECT_THAT(ToJson(profile).dump(), Not(HasSubstr("operator")));
  }
}

// Members of another type than this version writes never reach a page.
TEST(ProfileTest, OddMembersAreRefusedBeforeIt) {
  const json clean = contract::ToJson(contract::MustCompile(seams::Laptop()));
  for (const json& odd : {json(1), json("text"), json::array({1}), json::object(), json()}) {
    for (const char* list : {"seams", "rewrites", "unresolved"}) {
      json document = clean;
      document[list].push_back(odd);
      document["digest"] = contract::DigestOf(document);
      const auto read = contract::Parse(document.dump(), "contract.json");
      ASSERT_FALSE(read) << list << odd;
      EXPECT_EQ(read.errors().front().code, "CONTRACT0001");
    }
  }
}

}  // namespace
}  // namespace nam56r::report
