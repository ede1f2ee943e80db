#include "src/policy/environment.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>

#include "src/policy/caches.h"
#include "src/policy/test_policies.h"

namespace nam56r::policy {
namespace {

using ::testing::AllOf;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

base::Expected<base::Loaded<Policy>> Read(const std::string& text) {
  return PolicyKind().Read(text, "p.toml");
}

std::string WithEnvironment(const std::string& line, const std::string& run = "") {
  return PolicyText("[environment]\n" + line + "\n", run);
}

/// The only finding of a policy that is refused.
base::Diagnostic Only(const base::Expected<base::Loaded<Policy>>& policy) {
  if (policy) {
    ADD_FAILURE() << "not refused";
    return {};
  }
  EXPECT_EQ(policy.errors().size(), 1u) << base::testing::Messages(policy);
  return policy.errors()[0];
}

std::string SampleOf(const EnvironmentVariable& v) {
  if (v.type == "choice") return std::string(v.choices.substr(0, v.choices.find('|')));
  return v.type == "text" || v.type == "path" ? "x" : "1";
}

bool MayBeSet(const EnvironmentVariable& v) {
  return v.owner.empty() && v.read != ReadTime::kShell && v.read != ReadTime::kNever;
}

TEST(EnvironmentTableTest, IsSortedAndComplete) {
  const auto known = KnownEnvironment();
  EXPECT_GT(known.size(), 300u);
  std::set<std::string> policy_keys;
  for (const auto& field : Schema()) policy_keys.insert(field.spec.key);
  const std::set<std::string_view> types = {"bool", "int", "number", "text", "path", "choice"};
  std::string_view before;
  for (const EnvironmentVariable& v : known) {
    SCOPED_TRACE(v.name);
    EXPECT_LT(before, v.name);
    before = v.name;
    EXPECT_EQ(FindVariable(v.name), &v);
    EXPECT_TRUE(v.meaning.ends_with('.'));
    EXPECT_NE(v.reader, "");
    EXPECT_NE(v.source, "");
    EXPECT_TRUE(types.contains(v.type)) << v.type;
    EXPECT_EQ(v.type == "choice", !v.choices.empty());
    if (v.type == "choice" && !v.default_value.empty()) {
      EXPECT_THAT("|" + std::string(v.choices) + "|",
                  HasSubstr("|" + std::string(v.default_value) + "|"));
    }
    const bool unread = v.read == ReadTime::kShell || v.read == ReadTime::kNever;
    EXPECT_EQ(unread, !v.instead.empty()) << "who may not be set says what to set";
    for (std::string_view field : {v.owner, v.instead}) {
      if (field.find('.') == std::string_view::npos || field.starts_with("host ")) continue;
      if (field.starts_with("recipe."))
        continue;  // a room of its own: src/contract/compile_test.cpp
      EXPECT_TRUE(policy_keys.contains(std::string(field))) << field;
    }
    if (!v.same_as.empty()) {
      const EnvironmentVariable* other = FindVariable(v.same_as);
      ASSERT_NE(other, nullptr);
      EXPECT_EQ(other->same_as, v.name);
      EXPECT_EQ(other->default_value, v.default_value) << "one thing, one default";
    }
  }
  EXPECT_EQ(FindVariable("NO_SUCH_VARIABLE"), nullptr);
  EXPECT_EQ(FindVariable(""), nullptr);
}

// Every variable, in both tables, with a value of its type and with one that is not.
TEST(EnvironmentTableTest, EveryVariableIsTakenOrRefusedForItsReason) {
  for (const EnvironmentVariable& v : KnownEnvironment()) {
    SCOPED_TRACE(v.name);
    const std::string line = std::string(v.name) + " = \"" + SampleOf(v) + "\"";
    const auto early = Read(WithEnvironment(line));
    EXPECT_EQ(early.ok(), MayBeSet(v)) << base::testing::Messages(early);
    const auto late = Read(PolicyText("[bootstrap_environment]\n" + line + "\n"));
    const bool in_time = MayBeSet(v) && v.read != ReadTime::kBeforePython;
    EXPECT_EQ(late.ok(), in_time) << base::testing::Messages(late);
    if (MayBeSet(v)) {
      if (!in_time) {
        EXPECT_EQ(Only(late).code, "POLICY0103");
      }
      const bool free = v.type == "text" || v.type == "path";
      const auto wrong = Read(WithEnvironment(std::string(v.name) + " = \"no such value\""));
      EXPECT_EQ(wrong.ok(), free);
      if (!free) {
        EXPECT_EQ(Only(wrong).code, "POLICY0104");
      }
    } else {
      EXPECT_EQ(Only(early).code, v.owner.empty() ? "POLICY0102" : "POLICY0101");
    }
  }
}

TEST(EnvironmentTest, RefusesAnUnknownVariable) {
  const base::Diagnostic error = Only(Read(WithEnvironment("MY_SWITCH = \"1\"")));
  EXPECT_EQ(error.code, "SCHEMA0001");
  EXPECT_EQ(error.where[0].at, (base::SourceLocation{"p.toml", 12, 1}));
  EXPECT_THAT(error.fix, HasSubstr("unlisted_environment = [\"MY_SWITCH\"]"));
  EXPECT_THAT(error.valid, Contains("NCCL_IB_SL"));
  EXPECT_THAT(error.valid, Not(Contains("RANK")));
  EXPECT_THAT(error.valid, Not(Contains("CPPMEGA_MTP_LIGER_CE")));
  EXPECT_THAT(Only(Read(WithEnvironment("NCCL_IB_LS = \"1\""))).fix, "write 'NCCL_IB_SL'");
}

TEST(EnvironmentTest, TakesAVariableThatTheOperatorVouchesFor) {
  const auto policy =
      Read(WithEnvironment("MY_SWITCH = \"1\"", "unlisted_environment = [\"MY_SWITCH\"]\n"));
  ASSERT_TRUE(policy.ok()) << base::testing::Messages(policy);
  EXPECT_EQ(policy->value.environment.at("MY_SWITCH"), "1");
}

TEST(EnvironmentTest, VouchingForNothingIsRefused) {
  const auto unset = Only(Read(PolicyText("", "unlisted_environment = [\"MY_SWITCH\"]\n")));
  EXPECT_EQ(unset.code, "POLICY0108");
  EXPECT_EQ(unset.where[0].at.line, 4);
  const auto known = Only(
      Read(WithEnvironment("NCCL_IB_SL = \"1\"", "unlisted_environment = [\"NCCL_IB_SL\"]\n")));
  EXPECT_EQ(known.code, "POLICY0108");
  EXPECT_THAT(known.message, HasSubstr("it is known"));
}

TEST(EnvironmentTest, RefusesASecondOwner) {
  const base::Diagnostic cache =
      Only(Read(WithEnvironment("TRITON_CACHE_DIR = \"/tmp/t\"\n[caches]\ntriton = \"run\"")));
  EXPECT_EQ(cache.code, "POLICY0101");
  EXPECT_THAT(cache.fix, HasSubstr("'caches.triton'"));
  EXPECT_THAT(cache.fields, ElementsAre("environment.TRITON_CACHE_DIR", "caches.triton"));
  ASSERT_EQ(cache.where.size(), 2u);
  EXPECT_EQ(cache.where[0].at.line, 12);
  EXPECT_EQ(cache.where[1].at.line, 14);

  const base::Diagnostic plan = Only(Read(WithEnvironment("CPPMEGA_LAYER_DEPTH = \"13\"")));
  EXPECT_THAT(plan.fix, HasSubstr("'recipe.model.depth'"));

  const base::Diagnostic seam = Only(Read(WithEnvironment("NAM56R_M2RNN_KEY_HEAD_DIM = \"64\"")));
  EXPECT_EQ(seam.code, "POLICY0101");
  EXPECT_THAT(seam.message, HasSubstr("seams"));
}

TEST(EnvironmentTest, VouchingDoesNotTakeAVariableFromItsOwner) {
  const auto rank = Read(WithEnvironment("RANK = \"0\"", "unlisted_environment = [\"RANK\"]\n"));
  ASSERT_FALSE(rank.ok());
  EXPECT_EQ(rank.errors()[0].code, "POLICY0101");
  const auto seam =
      Read(WithEnvironment("NAM56R_X = \"0\"", "unlisted_environment = [\"NAM56R_X\"]\n"));
  EXPECT_EQ(Only(seam).code, "POLICY0101");
}

TEST(EnvironmentTest, RefusesOneVariableInBothTables) {
  const base::Diagnostic twice = Only(
      Read(WithEnvironment("NVTE_DEBUG = \"1\"\n[bootstrap_environment]\nNVTE_DEBUG = \"0\"")));
  EXPECT_EQ(twice.code, "POLICY0101");
  EXPECT_THAT(twice.fields,
              ElementsAre("bootstrap_environment.NVTE_DEBUG", "environment.NVTE_DEBUG"));
  EXPECT_EQ(twice.where[0].at.line, 14);
  EXPECT_EQ(twice.where[1].at.line, 12);
  EXPECT_THAT(twice.where[1].label, HasSubstr("= \"1\""));
}

// A message may be logged anywhere: what a secret's name or its shape gives away stays out.
TEST(EnvironmentTest, ShowsNoSecretOfAVariableThatIsSetTwice) {
  const auto twice =
      Read(WithEnvironment("HF_TOKEN = \"first-secret\"\n[bootstrap_environment]\nHF_TOKEN = "
                           "\"second-secret\"",
                           "unlisted_environment = [\"HF_TOKEN\"]\n"));
  const base::Diagnostic error = Only(twice);
  EXPECT_EQ(error.code, "POLICY0101");
  for (const base::SourceNote& note : error.where) {
    EXPECT_THAT(note.label, AllOf(Not(HasSubstr("-secret")), HasSubstr("withheld")));
  }
  base::Loaded<Policy> policy;
  policy.value.environment = {{"NCCL_DEBUG_SUBSYS", "hf_abcdefghijklmnopqrstuvwxyz0123"}};
  const auto conflicts = CheckEnvironmentConflicts(policy);
  ASSERT_EQ(conflicts.size(), 1u);
  EXPECT_THAT(conflicts[0].where[0].label, HasSubstr("withheld"));
}

TEST(EnvironmentTest, SaysWhatNothingOfOursSets) {
  const base::Diagnostic path = Only(Read(WithEnvironment("PYTHONPATH = \"x\"")));
  EXPECT_EQ(path.code, "POLICY0101");
  EXPECT_THAT(path.message, HasSubstr("belongs to the machine"));
  EXPECT_THAT(path.fix, Not(HasSubstr("launch sets it")));
}

TEST(EnvironmentTest, SaysWhatToSetInsteadOfAVariableThatNothingReads) {
  const base::Diagnostic shell = Only(Read(WithEnvironment("MBS = \"4\"")));
  EXPECT_EQ(shell.code, "POLICY0102");
  EXPECT_THAT(shell.message, HasSubstr("only launch scripts read MBS"));
  EXPECT_EQ(shell.fix, "remove it and set 'batch.micro_batch_size'");
  const base::Diagnostic dead =
      Only(Read(WithEnvironment("CPPMEGA_DSA_SKIP_INDEXER_LOSS = \"1\"")));
  EXPECT_EQ(dead.code, "POLICY0102");
  EXPECT_THAT(dead.message, HasSubstr("nothing reads"));
  EXPECT_THAT(dead.fields, Contains("attention.indexer_loss_coeff"));
}

TEST(EnvironmentTest, RefusesWhatIsSetAfterItWasRead) {
  const base::Diagnostic late =
      Only(Read(PolicyText("[bootstrap_environment]\nNCCL_IB_SL = \"1\"\n")));
  EXPECT_EQ(late.code, "POLICY0103");
  EXPECT_EQ(late.fix, "move NCCL_IB_SL to [environment]");
  EXPECT_TRUE(Read(PolicyText("[bootstrap_environment]\nNVTE_DEBUG = \"1\"\n")));
}

TEST(EnvironmentTest, HoldsValuesAgainstTheirTypes) {
  const base::Diagnostic choice = Only(Read(WithEnvironment("NCCL_DEBUG = \"LOUD\"")));
  EXPECT_THAT(choice.valid, ElementsAre("VERSION", "WARN", "INFO", "TRACE", "ABORT"));
  EXPECT_THAT(Only(Read(WithEnvironment("NCCL_IB_DISABLE = \"true\""))).valid,
              ElementsAre("0", "1"));
  for (const char* number : {"", "1.5", "0x10", "1 ", " 1", "99999999999999999999"}) {
    EXPECT_EQ(Only(Read(WithEnvironment("NCCL_IB_SL = \"" + std::string(number) + "\""))).code,
              "POLICY0104")
        << number;
  }
  EXPECT_TRUE(Read(WithEnvironment("NCCL_IB_GID_INDEX = \"-1\"")));
  EXPECT_TRUE(Read(WithEnvironment("NCCL_DEBUG = \"warn\""))) << "as NCCL reads it";
  EXPECT_FALSE(Read(WithEnvironment("CUDA_MODULE_LOADING = \"lazy\"")));
  for (const char* number : {"nan", "inf", "-inf", "1e999", "0x1p3"}) {
    for (const EnvironmentVariable& v : KnownEnvironment()) {
      if (v.type != "number" || !MayBeSet(v)) continue;
      EXPECT_FALSE(Read(WithEnvironment(std::string(v.name) + " = \"" + number + "\"")))
          << v.name << " " << number;
    }
  }
}

TEST(EnvironmentTest, TakesStringsOnly) {
  const base::Diagnostic error = Only(Read(WithEnvironment("NCCL_IB_SL = 1")));
  EXPECT_EQ(error.code, "SCHEMA0002");
  EXPECT_THAT(error.fix, HasSubstr("quotes"));
}

TEST(EnvironmentTest, HoldsArchitecturesAgainstTheHost) {
  Policy policy;
  policy.environment["CPPMEGA_ALLOW_TE_MXFP8_SM12"] = "1";
  policy.bootstrap_environment["CPPMEGA_PREFER_NATIVE_HOPPER_CE"] = "0";
  policy.environment["NCCL_DEBUG"] = "WARN";
  const auto hopper = CheckArchitecture(policy, "sm_90");
  ASSERT_EQ(hopper.size(), 1u);
  EXPECT_EQ(hopper[0].code, "POLICY0105");
  EXPECT_THAT(hopper[0].valid, ElementsAre("sm_120", "sm_121"));
  EXPECT_THAT(hopper[0].fields,
              ElementsAre("environment.CPPMEGA_ALLOW_TE_MXFP8_SM12", "machine.gpu_architecture"));
  const auto spark = CheckArchitecture(policy, "sm_121");
  ASSERT_EQ(spark.size(), 1u);
  EXPECT_THAT(spark[0].message, HasSubstr("CPPMEGA_PREFER_NATIVE_HOPPER_CE"));
}

struct ConflictCase {
  const char* name;
  std::map<std::string, std::string> environment;
  void (*change)(Policy&);
  std::vector<std::string> codes;
  std::string fields_hold;
};

TEST(EnvironmentConflictTest, NamesBothSides) {
  const auto none = [](Policy&) {};
  const auto overlap = [](Policy& p) { p.overlap.moe_expert_parallel_comm = true; };
  const auto native = [](Policy& p) { p.run.backend = "native"; };
  const auto graphs = [](Policy& p) { p.graphs.implementation = "local"; };
  const std::vector<std::string> one = {"POLICY0106"};
  const std::vector<ConflictCase> cases = {
      {"nothing", {}, none, {}, ""},
      {"segments", {{"PYTORCH_CUDA_ALLOC_CONF", "expandable_segments:True"}}, none, {}, ""},
      {"segments and graphs",
       {{"PYTORCH_CUDA_ALLOC_CONF", "expandable_segments:True"}},
       graphs,
       one,
       "graphs.implementation"},
      {"segments, graphs and no registration",
       {{"PYTORCH_CUDA_ALLOC_CONF", "expandable_segments:True"}, {"NCCL_GRAPH_REGISTER", "0"}},
       graphs,
       {},
       ""},
      {"segments by the newer name, and graphs",
       {{"PYTORCH_ALLOC_CONF", "expandable_segments:True"}},
       graphs,
       one,
       "environment.PYTORCH_ALLOC_CONF"},
      {"two allocators by the newer name",
       {{"PYTORCH_ALLOC_CONF", "expandable_segments:True,backend:cudaMallocAsync"}},
       none,
       one,
       "environment.PYTORCH_ALLOC_CONF"},
      {"parts that are logged, in NCCL's other case",
       {{"NCCL_DEBUG", "info"}, {"NCCL_DEBUG_SUBSYS", "INIT"}},
       none,
       {},
       ""},
      {"socket in another case",
       {{"NCCL_NET", "socket"}, {"NCCL_NET_PLUGIN", "NONE"}},
       none,
       {},
       ""},
      {"two allocators",
       {{"PYTORCH_CUDA_ALLOC_CONF", "expandable_segments:True,backend:cudaMallocAsync"}},
       none,
       one,
       "PYTORCH_CUDA_ALLOC_CONF"},
      {"one queue",
       {{"CUDA_DEVICE_MAX_CONNECTIONS", "1"}},
       overlap,
       one,
       "overlap.moe_expert_parallel_comm"},
      {"many queues", {{"CUDA_DEVICE_MAX_CONNECTIONS", "32"}}, overlap, {}, ""},
      {"NVLS", {{"NCCL_ALGO", "Ring,NVLS"}, {"NCCL_NVLS_ENABLE", "0"}}, none, one, "NCCL_ALGO"},
      {"plug-in",
       {{"NCCL_NET", "AWS Libfabric"}, {"NCCL_NET_PLUGIN", "none"}},
       none,
       one,
       "NCCL_NET"},
      {"socket", {{"NCCL_NET", "Socket"}, {"NCCL_NET_PLUGIN", "none"}}, none, {}, ""},
      {"InfiniBand that is off",
       {{"NCCL_IB_DISABLE", "1"}, {"NCCL_IB_SL", "1"}, {"NCCL_IB_HCA", "mlx5"}},
       none,
       {"POLICY0106", "POLICY0106"},
       "NCCL_IB_DISABLE"},
      {"distance of nothing",
       {{"NCCL_P2P_DISABLE", "1"}, {"NCCL_P2P_LEVEL", "NVL"}},
       none,
       one,
       "NCCL_P2P_LEVEL"},
      {"silent parts",
       {{"NCCL_DEBUG", "WARN"}, {"NCCL_DEBUG_SUBSYS", "INIT"}},
       none,
       one,
       "NCCL_DEBUG_SUBSYS"},
      {"channels",
       {{"NCCL_MIN_NCHANNELS", "16"}, {"NCCL_MAX_NCHANNELS", "8"}},
       none,
       one,
       "NCCL_MIN_NCHANNELS"},
      {"recorder by default", {{"TORCH_NCCL_DUMP_ON_TIMEOUT", "1"}}, none, {}, ""},
      {"recorder of nothing",
       {{"TORCH_NCCL_DUMP_ON_TIMEOUT", "1"}, {"TORCH_FR_BUFFER_SIZE", "0"}},
       none,
       one,
       "environment.TORCH_FR_BUFFER_SIZE"},
      {"graph switch", {{"CUDA_GRAPH_CAPTURE_FREEZE_GC", "1"}}, none, one, "graphs.implementation"},
      {"MXFP8 in BF16",
       {{"CPPMEGA_TE_MXFP8_BWD_TN_ADAPTER", "1"}},
       none,
       one,
       "precision.fp8_recipe"},
      {"autotuned",
       {{"CPPMEGA_M2RNN_FWD_AUTOTUNE", "1"}, {"CPPMEGA_M2RNN_FWD_NUM_WARPS", "8"}},
       none,
       one,
       "CPPMEGA_M2RNN_FWD_AUTOTUNE"},
      {"a native run without NCCL",
       {{"NCCL_IB_SL", "1"}, {"TORCH_CPP_LOG_LEVEL", "ERROR"}, {"MY_SWITCH", "1"}},
       native,
       one,
       "run.backend"},
      {"two names, two values",
       {{"NCCL_AVOID_RECORD_STREAMS", "1"}, {"TORCH_NCCL_AVOID_RECORD_STREAMS", "0"}},
       none,
       {"POLICY0107"},
       "TORCH_NCCL_AVOID_RECORD_STREAMS"},
      {"two names, one value",
       {{"NCCL_AVOID_RECORD_STREAMS", "1"}, {"TORCH_NCCL_AVOID_RECORD_STREAMS", "1"}},
       none,
       {},
       ""},
  };
  for (const ConflictCase& c : cases) {
    SCOPED_TRACE(c.name);
    base::Loaded<Policy> policy;
    policy.value.environment = c.environment;
    c.change(policy.value);
    const auto errors = CheckEnvironmentConflicts(policy);
    std::vector<std::string> codes;
    for (const base::Diagnostic& error : errors) {
      codes.push_back(error.code);
      EXPECT_NE(error.message, "");
      EXPECT_NE(error.fix, "");
      EXPECT_EQ(error.fields.size(), error.where.size());
      EXPECT_THAT(error.fields, Contains(HasSubstr(c.fields_hold)));
    }
    EXPECT_EQ(codes, c.codes);
  }
}

TEST(EnvironmentTableTest, CachesBelongToTheirFields) {
  std::set<std::string> variables;
  for (const CacheVariable& cache : kCacheVariables) {
    const EnvironmentVariable* known = FindVariable(cache.variable);
    ASSERT_NE(known, nullptr) << cache.variable;
    EXPECT_EQ(known->owner, "caches." + std::string(cache.name));
    variables.emplace(cache.variable);
  }
  for (const EnvironmentVariable& v : KnownEnvironment()) {
    EXPECT_EQ(v.owner.starts_with("caches."), variables.contains(std::string(v.name))) << v.name;
  }
}

// All at once: what it costs is measured in bench/.
TEST(EnvironmentConflictTest, TakesEveryVariableTogether) {
  base::Loaded<Policy> policy;
  for (const EnvironmentVariable& v : KnownEnvironment()) {
    if (MayBeSet(v)) policy.value.environment[std::string(v.name)] = SampleOf(v);
  }
  EXPECT_THAT(CheckEnvironment(policy), IsEmpty());
  for (const base::Diagnostic& error : CheckEnvironmentConflicts(policy)) {
    EXPECT_THAT(error.code, testing::AnyOf("POLICY0106", "POLICY0107")) << error.message;
  }
}

}  // namespace
}  // namespace nam56r::policy
