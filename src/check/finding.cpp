#include "src/check/finding.h"

#include <stdexcept>

namespace nam56r::check {

std::string_view StageName(Stage stage) {
  switch (stage) {
    case Stage::kParse:
      return "parse";
    case Stage::kValidate:
      return "validate";
    case Stage::kBuild:
      return "build";
    case Stage::kRun:
      return "run";
  }
  throw std::logic_error("unknown stage");
}

}  // namespace nam56r::check
