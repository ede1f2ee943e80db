// Against recorded answers of the release itself, where they lie beside the checkout: what it did
// with complete, legal command lines of this model.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <zlib.h>

#include <filesystem>
#include <map>
#include <nlohmann/json.hpp>
#include <set>
#include <sstream>

#include "src/dialect/megatron.h"
#include "src/seams/test_launch.h"

namespace nam56r::dialect {
namespace {

using nlohmann::json;
using testing::IsEmpty;
using Strings = std::vector<std::string>;

constexpr char kMegatron[] = "megatron@0.19";

// The rows without mutation, by name.
std::map<std::string, json> BaseRows() {
  const std::filesystem::path path =
      std::filesystem::path(NAM56R_SOURCE_DIR) / "../shared/megatron/answers-0.19.0.jsonl.gz";
  gzFile file = gzopen(path.c_str(), "rb");
  if (file == nullptr) return {};
  std::string text;
  std::vector<char> buffer(1 << 16);
  for (int n; (n = gzread(file, buffer.data(), static_cast<unsigned>(buffer.size()))) > 0;) {
    text.append(buffer.data(), static_cast<std::size_t>(n));
  }
  gzclose(file);
  std::map<std::string, json> rows;
  std::istringstream lines(text);
  for (std::string line; std::getline(lines, line);) {
    json row = json::parse(line);
    if (row.value("verdict", "") == "ok" && row.contains("base") &&
        row.value("mutations", json::array()).empty()) {
      rows.emplace(row.at("base"), std::move(row));
    }
  }
  return rows;
}

std::string After(const Strings& argv, std::string_view flag) {
  for (std::size_t i = 0; i + 1 < argv.size(); ++i) {
    if (argv[i] == flag) return argv[i + 1];
  }
  return "";
}

class Answers : public testing::Test {
 protected:
  void SetUp() override {
    if (rows_.empty()) GTEST_SKIP() << "no recorded answers beside this checkout";
  }
  const std::map<std::string, json> rows_ = BaseRows();
};

TEST_F(Answers, CommandLinesThatTheReleaseTookHaveNoViolations) {
  for (const auto& [name, row] : rows_) {
    const Strings argv = row.at("argv");
    EXPECT_THAT(Violations(*FindRelease(kMegatron), argv), IsEmpty()) << name;
  }
}

struct Case {
  std::string base;
  seams::Change change;
};

std::vector<Case> Cases() {
  return {
      {"nam56r_author",
       [](auto& r, auto& p) {
         r.dsa.ranks.clear();
         p.mtp.depth = 0;
       }},
      {"nam56r_ep8_mtp2",
       [](auto& r, auto& p) {
         r.dsa.ranks.clear();
         p.mtp.depth = 2;
         p.layout.expert_parallel = 8;
       }},
      {"nam56r_pp2_vpp2",
       [](auto& r, auto& p) {
         r.dsa.ranks.clear();
         p.mtp.depth = 1;
         p.layout.pipeline_parallel = 2;
         p.layout.virtual_pipeline_parallel = 2;
       }},
      {"nam56r_dsa", [](auto&, auto& p) { p.mtp.depth = 0; }},
  };
}

seams::TestLaunch LaunchLike(const Case& c, const json& row) {
  const Strings argv = row.at("argv");
  return seams::H200([&](recipe::Recipe& r, policy::Policy& p) {
    p.batch.micro_batch_size = std::stoll(After(argv, "--micro-batch-size"));
    p.batch.global_batch_size = std::stoll(After(argv, "--global-batch-size"));
    p.overlap.grad_reduce = true;
    p.overlap.param_gather = true;
    c.change(r, p);
  });
}

TEST_F(Answers, PatternsAreThoseOfTheRecordedCommandLines) {
  for (const Case& c : Cases()) {
    ASSERT_TRUE(rows_.contains(c.base));
    const json& row = rows_.at(c.base);
    const seams::TestLaunch launch = LaunchLike(c, row);
    EXPECT_EQ(HybridLayerPattern(launch.On(kMegatron)),
              After(row.at("argv"), "--hybrid-layer-pattern"))
        << c.base;
  }
}

// Our rewrites against the release's own: the same arguments, the same values. The recorded lines
// leave out --mtp-num-layers, --padded-vocab-size and --expert-tensor-parallel-size, which a
// contract gives, and arguments that the release deletes have no value to show.
TEST_F(Answers, RewritesAreThoseThatTheReleaseMade) {
  const std::set<std::string> not_ours = {"mtp_num_layers", "expert_tensor_parallel_size"};
  for (const Case& c : Cases()) {
    const json& row = rows_.at(c.base);
    const seams::TestLaunch launch = LaunchLike(c, row);
    auto lowered = Lower(launch.On(kMegatron));
    ASSERT_TRUE(lowered) << lowered.errors().front().message;
    std::map<std::string, json> ours;
    for (const Rewrite& rewrite : lowered->rewrites) ours[rewrite.dest] = rewrite.to;
    ours.erase("ffn_hidden_size");  // the recorded lines give it even where no layer reads it
    std::map<std::string, json> theirs;
    for (const auto& [dest, change] : row.at("flipped").items()) {
      const bool deleted = change[1].is_null() && change[0] != "auto";
      if (!deleted && !not_ours.contains(dest)) theirs[dest] = change[1];
    }
    EXPECT_EQ(json(ours).dump(1), json(theirs).dump(1)) << c.base;
  }
}

}  // namespace
}  // namespace nam56r::dialect
