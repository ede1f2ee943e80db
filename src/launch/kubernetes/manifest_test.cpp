#include "src/launch/kubernetes/manifest.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>

#include "src/launch/kubernetes/fields.h"
#include "src/launch/launch_testing.h"
#include "src/launch/pods.h"

namespace nam56r::launch {
namespace {

using nlohmann::json;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using testing::Must;

constexpr const char* kReceipt = "/runs/20260801T120000Z-nam56r-tiny-3fa94c1b20d7";

const std::string& Bytes(bool native) {
  static const std::string tiny = testing::ContractBytes("nam56r-tiny.toml", "laptop.toml");
  static const std::string large = testing::ContractBytes("nam56r.toml", "h200x8-bf16.toml");
  return native ? tiny : large;
}

struct Bound {
  BoundRun run;
  base::Loaded<host::Host> host;
  base::Expected<json> manifest;
};

class ManifestTest : public ::testing::Test {
 protected:
  Bound Make(bool native, const std::string& kubernetes, const std::string& machine = "") {
    base::Loaded<host::Host> host = machine_.Host(
        "gpu_architecture = \"sm_90\"\n" + machine +
        "[paths]\npython = \"/venv/bin/python\"\nmegatron = \"/src/Megatron-LM\"\n"
        "worker = \"/usr/bin/nam56r-worker\"\ntokenizer_model = \"/data/tokenizer\"\n"
        "cache_root = \"/cache\"\nseams = [\"/src/seams\"]\nlibraries = [\"/a/lib\", \"/b/lib\"]\n"
        "[datasets]\ncxx-headers = \"/data/cxx\"\nclang-semantic-4k = \"/data/clang\"\n"
        "[versions]\ntorch = \"2.9.0\"\ntriton = \"3.5.0\"\n[kubernetes]\n" +
        kubernetes);
    const auto contract = Must(contract::Parse(Bytes(native), "c.json"));
    BindOptions options;
    options.engine = "kubernetes";
    options.receipt_directory = kReceipt;
    BoundRun run = Must(Bind(contract, &host, options));
    auto manifest = Manifest(run, Bytes(native), &host);
    return {std::move(run), std::move(host), std::move(manifest)};
  }
  std::vector<std::string> Codes(const base::Expected<json>& manifest) {
    std::vector<std::string> codes;
    if (manifest) return codes;
    for (const base::Diagnostic& error : manifest.errors()) codes.push_back(error.code);
    return codes;
  }

  testing::FakeMachine machine_;
};

// The words of the container, as a kubelet would start pod |index|.
std::vector<std::string> Started(const json& words, const std::string& index) {
  std::vector<std::string> started;
  for (std::string word : words) {
    if (const std::size_t at = word.find(kPodIndex); at != std::string::npos) {
      word.replace(at, kPodIndex.size(), index);
    }
    started.push_back(word);
  }
  return started;
}

// Every field of every kind of manifest is one that the published definitions have.
TEST_F(ManifestTest, EveryFieldIsOneOfTheDefinitions) {
  for (const bool native : {true, false}) {
    for (const char* kind : {"jobset", "trainjob"}) {
      const Bound bound = Make(native,
                               std::string("kind = \"") + kind +
                                   "\"\nimage = \"registry.example/nam56r:1\"\nnamespace = "
                                   "\"training\"\nservice_account = \"trainer\"\n"
                                   "claims = { data = \"/data\", cache = \"/cache\" }\n",
                               "gpus_per_node = 8\n");
      EXPECT_THAT(bound.run.refused, IsEmpty());
      ASSERT_TRUE(bound.manifest) << bound.manifest.errors()[0].message;
      const json& items = (*bound.manifest)["items"];
      ASSERT_EQ(items.size(), 2u);
      for (const json& item : items) EXPECT_THAT(CheckFields(item), IsEmpty()) << item.dump(2);
      EXPECT_EQ(items[0]["data"]["contract.json"], Bytes(native)) << "the very bytes";
      EXPECT_EQ(items[0]["data"].contains("bootstrap.py"), !native);
      EXPECT_EQ(items[1]["metadata"]["namespace"], "training");
    }
  }
}

TEST_F(ManifestTest, AJobSetStartsTheBoundCommandOnEveryNode) {
  const Bound bound = Make(false, "image = \"i\"\n", "nodes = 2\ngpus_per_node = 4\n");
  ASSERT_TRUE(bound.manifest);
  const json& set = (*bound.manifest)["items"][1];
  const json& job = set["spec"]["replicatedJobs"][0]["template"]["spec"];
  EXPECT_EQ(job["completions"], 2);
  EXPECT_EQ(job["parallelism"], 2);
  EXPECT_EQ(job["completionMode"], "Indexed");
  EXPECT_EQ(job["backoffLimit"], 0);
  EXPECT_EQ(set["spec"]["failurePolicy"]["maxRestarts"], 0);
  const json& container = job["template"]["spec"]["containers"][0];
  json words = container["command"];
  words.insert(words.end(), container["args"].begin(), container["args"].end());
  const std::vector<std::string> started = Started(words, "1");
  EXPECT_EQ(started[0], "/venv/bin/python");
  const std::string name = set["metadata"]["name"];
  EXPECT_THAT(started, Contains("--node-rank=1"));
  EXPECT_THAT(started, Contains("--nnodes=2"));
  EXPECT_THAT(started, Contains("--nproc-per-node=4"));
  EXPECT_THAT(started, Contains("--master-addr=" + name + "-node-0-0." + name));
  EXPECT_THAT(started, Contains("--master-port=29500"));
  EXPECT_THAT(started, Contains("/etc/nam56r/bootstrap.py"));
  EXPECT_EQ(started.size(), bound.run.ranks[0].argv.size());
  EXPECT_EQ(container["resources"]["limits"]["nvidia.com/gpu"], "4");
  EXPECT_EQ(container["env"][0]["name"], "JOB_COMPLETION_INDEX") << "before what refers to it";
  std::set<std::string> names;
  for (const json& variable : container["env"]) names.insert(variable["name"]);
  EXPECT_EQ(names.size(), container["env"].size());
  EXPECT_TRUE(names.contains("PYTHONPATH"));
  EXPECT_TRUE(names.contains("LD_LIBRARY_PATH"));
}

TEST_F(ManifestTest, NativeRanksAreOnePodEach) {
  const Bound bound = Make(true, "image = \"i\"\n");
  ASSERT_TRUE(bound.manifest);
  const json& job = (*bound.manifest)["items"][1]["spec"]["replicatedJobs"][0]["template"]["spec"];
  EXPECT_EQ(job["completions"], 4);
  const json& container = job["template"]["spec"]["containers"][0];
  EXPECT_THAT(container["command"], ElementsAre("/usr/bin/nam56r-worker"));
  EXPECT_THAT(container["args"],
              ElementsAre("--contract", "/etc/nam56r/contract.json", "--dataset", "/data/cxx"));
  EXPECT_FALSE(container.contains("resources")) << "the host has no GPUs";
  for (const json& variable : container["env"]) {
    if (variable["name"] == "RANK") {
      EXPECT_EQ(variable["value"], "$(JOB_COMPLETION_INDEX)");
    }
    if (variable["name"] == "WORLD_SIZE") {
      EXPECT_EQ(variable["value"], "4");
    }
  }
}

// 128 words in command and 128 in args: Kubernetes starts the one after the other.
TEST_F(ManifestTest, ALongCommandOfATrainJobIsSplit) {
  Bound bound = Make(false, "kind = \"trainjob\"\nimage = \"i\"\n");
  ASSERT_TRUE(bound.manifest);
  const json& trainer = (*bound.manifest)["items"][1]["spec"]["trainer"];
  EXPECT_EQ(trainer["command"].size(), 128u);
  EXPECT_EQ(trainer["command"].size() + trainer["args"].size(), bound.run.ranks[0].argv.size());
  EXPECT_EQ(trainer["numNodes"], 1);
  EXPECT_EQ(trainer["numProcPerNode"], 8);
  bound.run.ranks[0].argv.resize(257, {"--x", base::Surface::kHost, "test"});
  EXPECT_THAT(Codes(Manifest(bound.run, "{}", &bound.host)), ElementsAre("LAUNCH0513"));
}

TEST_F(ManifestTest, WhatKubernetesWouldExpandStaysAsItIs) {
  Bound bound = Make(true, "image = \"i\"\n");
  bound.run.ranks[0].argv.push_back({"$(HOME) $((1))", base::Surface::kHost, "test"});
  const json manifest = Must(Manifest(bound.run, "{}", &bound.host));
  const json& container = manifest["items"][1]["spec"]["replicatedJobs"][0]["template"]["spec"]
                                  ["template"]["spec"]["containers"][0];
  EXPECT_EQ(container["args"].back(), "$$(HOME) $$((1))");
}

TEST_F(ManifestTest, WhatItCannotSayIsRefused) {
  EXPECT_THAT(Codes(Make(true, "").manifest), ElementsAre("LAUNCH0510")) << "no image";
  const Bound wrong = Make(true,
                           "image = \"i\"\nnamespace = \"My Space\"\n"
                           "claims = { a = \"data\", b = \"/dev/shm\", \"B_c\" = \"/x\" }\n");
  EXPECT_THAT(Codes(wrong.manifest),
              ElementsAre("LAUNCH0510", "LAUNCH0510", "LAUNCH0510", "LAUNCH0510"));
  EXPECT_THAT(Codes(Make(true, "image = \"i\"\nshm_size = \"much\"\n").manifest),
              ElementsAre("LAUNCH0510"));
  Bound bound = Make(true, "image = \"i\"\n");
  EXPECT_THAT(Codes(Manifest(bound.run, std::string(std::size_t{1} << 20, 'x') + "y", &bound.host)),
              ElementsAre("LAUNCH0511"));
  bound.run.ranks[0].environment.push_back(
      {"WANDB_API_KEY", "abc", base::Surface::kPolicy, "policy environment"});
  const auto secret = Manifest(bound.run, "{}", &bound.host);
  EXPECT_THAT(Codes(secret), ElementsAre("LAUNCH0512"));
  EXPECT_EQ(secret.errors()[0].surface, base::Surface::kPolicy);
  AddManifest("{}", &bound.host, bound.run);
  EXPECT_FALSE(bound.run.refused.empty()) << "a dry run shows it, a launch stops";
}

TEST(Fields, WhatDefinitionsDoNotHaveIsFound) {
  const json good = {{"apiVersion", "jobset.x-k8s.io/v1alpha2"},
                     {"kind", "JobSet"},
                     {"metadata", {{"name", "a"}}},
                     {"spec", {{"failurePolicy", {{"maxRestarts", 3}}}}}};
  EXPECT_THAT(CheckFields(good), IsEmpty());
  struct Case {
    const char* pointer;
    json value;
    const char* problem;
  };
  for (const Case& c : {
           Case{"/spec/failurePolicy/maxRestart", 3, "maxRestart: no such field"},
           Case{"/spec/failurePolicy/maxRestarts", "3", "maxRestarts: is no integer"},
           Case{"/spec/failurePolicy/maxRestarts", 3'000'000'000, "out of range"},
           Case{"/spec/replicatedJobs", json::array({json::object()}), "template: is required"},
           Case{"/spec/replicatedJobs", json::object(), "is no array"},
           Case{"/spec/network", true, "is no object"},
           Case{"/metadata/name", "A", "is no RFC 1035 label"},
           Case{"/metadata/labels", {{"x", "a b"}}, "is no value of a label"},
           Case{"/apiVersion", "v1", "is not jobset.x-k8s.io/v1alpha2"},
           Case{"/kind", "Job", "'Job' is not known"},
       }) {
    json bad = good;
    bad[json::json_pointer(c.pointer)] = c.value;
    EXPECT_THAT(CheckFields(bad), Contains(HasSubstr(c.problem))) << c.pointer;
  }
  EXPECT_THAT(CheckFields(json::array()), Contains(HasSubstr("not known")));
}

TEST(Pods, NamesFitWhatKubernetesMakesOfThem) {
  for (const char* receipt : {kReceipt, "/runs/x",
                              "/runs/20260801T120000Z-a_very.long NAME of many many words "
                              "that goes on-3fa94c1b20d7-100"}) {
    const std::string name = PodSetName(receipt);
    EXPECT_TRUE(IsDnsLabel(name + "-node-0-65535-abcde")) << name;
  }
  EXPECT_EQ(PodSetName(kReceipt), "nam56r-20260801t120000z-3fa94c1b20d7");
  EXPECT_NE(PodSetName(std::string(kReceipt) + "-2"), PodSetName(kReceipt));
}

}  // namespace
}  // namespace nam56r::launch
