#include "src/launch/bootstrap/seam_watch.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "src/launch/bootstrap/bootstrap_testing.h"

namespace nam56r::launch {
namespace {

using nlohmann::json;
using testing::FakeMegatron;
using ::testing::HasSubstr;
using testing::Must;
using testing::SeamEntry;

class SeamWatchTest : public ::testing::Test {
 protected:
  SeamWatchTest() {
    json seam = SeamEntry("sparse-mla", "symbols", "", "marker");
    seam["probe"]["checks"] = {{{"module", "nam56r_seams.sparse_mla"}, {"attribute", ""}}};
    contract_ = megatron_.Contract(json::array({seam}));
    contract_.policy.layout.world_size = 2;
    run_.files = Must(BootstrapFiles(contract_, {}));
    run_.ranks.push_back({0, {{testing::TestPython(), base::Surface::kHost, ""}}, {}});
    for (Token& word : BootstrapWords("/receipt")) run_.ranks[0].argv.push_back(std::move(word));
    run_.ranks[0].argv.push_back({megatron_.entry(), base::Surface::kHost, ""});
    for (const auto& [name, value] : megatron_.Environment()) {
      run_.ranks[0].environment.push_back({name, value, base::Surface::kHost, ""});
    }
  }
  void Feed(json event) { options_.on_event({0, std::move(event)}, 1.0); }

  FakeMegatron megatron_{19};
  contract::ReadContract contract_;
  BoundRun run_;
  RunOptions options_;
  base::SystemProgramRunner runner_;
  base::TemporaryDirectory receipt_;
};

TEST_F(SeamWatchTest, AHostWithoutTheProviderIsRefusedBeforeAnythingStarts) {
  bool asked = false;
  options_.prove = [&](const auto&, const auto&) -> base::Expected<json> {
    asked = true;
    return json{{"probe", "host"}};
  };
  WithSeams(options_, runner_);
  const auto refused = options_.prove(contract_, run_);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.errors()[0].code, "SEAM0101");
  EXPECT_THAT(refused.errors()[0].fields, ::testing::ElementsAre("sparse-mla"));
  EXPECT_FALSE(asked);

  megatron_.Provider("sparse_mla", "def apply(context):\n    pass\n");
  const json proof = Must(options_.prove(contract_, run_));
  EXPECT_EQ(proof["seam_probe"]["complete"], true);
  EXPECT_EQ(proof["probe"], "host") << "what was there before is asked too";

  contract_.dialect = "native";
  EXPECT_TRUE(Must(options_.prove(contract_, run_))["seam_probe"].contains("skipped"));
}

TEST_F(SeamWatchTest, ARunWhoseSeamDidNotProveItselfIsStoppedAndCalledSo) {
  int told = 0;
  options_.on_event = [&](const RankEvent&, double) { ++told; };
  WithSeams(options_, runner_);
  options_.on_start(contract_, run_);
  Feed({{"event", "seam"}, {"rank", 0}, {"seam", "sparse-mla"}, {"proved", true}});
  EXPECT_FALSE(options_.stop_wanted());
  Feed({{"event", "seam"},
        {"rank", 1},
        {"seam", "sparse-mla"},
        {"proved", false},
        {"why", "does not carry the marker"}});
  EXPECT_EQ(told, 2);
  const auto stop = options_.stop_wanted();
  ASSERT_TRUE(stop);
  EXPECT_EQ(stop->ending, Ending::kSeamUnproved);
  EXPECT_THAT(stop->reason, HasSubstr("sparse-mla did not prove itself on rank 1: does not carry"));
  const Cause cause = options_.attribute(receipt_.path(), {});
  EXPECT_EQ(cause.surface_class, "seam");
  EXPECT_EQ(cause.cause, stop->reason);

  options_.on_attempt({});
  EXPECT_FALSE(options_.stop_wanted()) << "the next attempt begins anew";
  options_.record(receipt_.path());
  std::ifstream in(receipt_.path() / "seam_proofs.json");
  const json kept = json::parse(in);
  EXPECT_EQ(kept[0]["seams"][0]["proved"], false);
  EXPECT_EQ(kept[0]["stopped"], stop->reason);
}

TEST_F(SeamWatchTest, NativeRunsPassBy) {
  contract_.dialect = "native";
  WithSeams(options_, runner_);
  options_.on_start(contract_, run_);
  Feed({{"event", "model_built"}, {"rank", 0}});
  EXPECT_FALSE(options_.stop_wanted());
  options_.on_attempt({});
  options_.record(receipt_.path());
  EXPECT_FALSE(std::filesystem::exists(receipt_.path() / "seam_proofs.json"));
}

}  // namespace
}  // namespace nam56r::launch
