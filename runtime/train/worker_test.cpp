#include "runtime/train/worker.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <map>
#include <sstream>

#include "src/base/temporary_directory.h"

namespace nam56r::runtime {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;

class Worker : public ::testing::Test {
 protected:
  int Run(const WorkerOptions& options) {
    return RunWorker(
        options,
        [this](const char* name) -> const char* {
          const auto found = environment_.find(name);
          return found == environment_.end() ? nullptr : found->second.c_str();
        },
        out_, log_);
  }

  base::TemporaryDirectory directory_;
  std::map<std::string, std::string> environment_ = {
      {"RANK", "0"}, {"WORLD_SIZE", "1"}, {"MASTER_ADDR", "127.0.0.1"}, {"MASTER_PORT", "29500"}};
  std::ostringstream out_, log_;
};

TEST_F(Worker, RefusesAnEnvironmentWithoutItsPlaceBeforeItReadsAnything) {
  environment_.clear();
  EXPECT_EQ(Run({.contract = "/nonexistent", .dataset = "/nonexistent"}), 65);
  for (const char* name : {"RANK", "WORLD_SIZE", "MASTER_ADDR", "MASTER_PORT", "COMM0002"}) {
    EXPECT_THAT(log_.str(), HasSubstr(name));
  }
  EXPECT_THAT(out_.str(), IsEmpty());
}

TEST_F(Worker, RefusesARankOutsideTheWorld) {
  environment_["RANK"] = "1";
  EXPECT_EQ(Run({}), 65);
  EXPECT_THAT(log_.str(), HasSubstr("RANK=1"));
}

TEST_F(Worker, RefusesANumberOfThreadsThatIsNone) {
  environment_["OMP_NUM_THREADS"] = "many";
  EXPECT_EQ(Run({}), 65);
  EXPECT_THAT(log_.str(), HasSubstr("OMP_NUM_THREADS=many"));
}

TEST_F(Worker, RefusesAContractThatIsNotThere) {
  EXPECT_EQ(Run({.contract = directory_.path() / "none.json", .dataset = "d"}), 65);
  EXPECT_THAT(log_.str(), HasSubstr("none.json"));
  EXPECT_THAT(out_.str(), IsEmpty());
}

TEST_F(Worker, RefusesAFileThatIsNoContract) {
  const auto path = directory_.path() / "c.json";
  std::ofstream(path) << "{\"format\": \"something else\"}";
  EXPECT_EQ(Run({.contract = path, .dataset = "d"}), 65);
  EXPECT_THAT(log_.str(), HasSubstr("CONTRACT0001"));
}

}  // namespace
}  // namespace nam56r::runtime
