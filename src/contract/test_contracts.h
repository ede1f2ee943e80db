#pragma once

#include <algorithm>
#include <string>

#include "src/contract/contract.h"
#include "src/seams/test_launch.h"

/// For tests: contracts of shipped inputs, changed as the test likes.
namespace nam56r::contract {

inline base::Expected<Contract> CompileLaunch(const seams::TestLaunch& launch) {
  return Compile(launch.recipe, launch.policy, {});
}

inline Contract MustCompile(const seams::TestLaunch& launch) {
  auto contract = CompileLaunch(launch);
  EXPECT_TRUE(contract) << (contract ? "" : contract.errors().front().message);
  return contract ? std::move(*contract) : Contract{};
}

}  // namespace nam56r::contract
