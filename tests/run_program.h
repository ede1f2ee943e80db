#pragma once

#include <chrono>
#include <string>
#include <vector>

namespace nam56r::tests {

/// What a program did.
struct ProgramResult {
  int exit_code = -1;  ///< -signal when it was killed
  std::string out;
  std::string err;
  double seconds = 0;
};

/// Runs |argv| (argv[0] is a path) in |directory| and waits. A program that outlasts |limit| is
/// killed and reported with exit code -9.
ProgramResult RunProgram(const std::vector<std::string>& argv, const std::string& directory = "",
                         std::chrono::seconds limit = std::chrono::seconds(60));

}  // namespace nam56r::tests
