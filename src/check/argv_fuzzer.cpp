// libFuzzer: the first byte chooses a release and the second a number of ranks; the rest is a
// command line with a word a line, "NAME=value" before the first flag being the environment. The
// same bytes are then read as a batch. Findings are fine; exceptions, crashes, and output that is
// no JSON are not.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <sstream>
#include <string>
#include <string_view>
#include <vector>

#include "src/check/batch.h"
#include "src/check/command_line.h"
#include "src/check/json.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace nam56r;
  if (size < 2) return 0;
  const auto releases = dialect::Releases();
  const dialect::Release& release = releases[data[0] % releases.size()];
  dialect::Surroundings surroundings;
  surroundings.world_size = data[1];
  const std::string bytes(reinterpret_cast<const char*>(data) + 2, size - 2);
  std::istringstream lines(bytes);
  std::vector<std::string> argv;
  for (std::string word; std::getline(lines, word);) {
    const std::size_t equals = word.find('=');
    if (argv.empty() && !word.starts_with('-') && equals != std::string::npos) {
      surroundings.environment[word.substr(0, equals)] = word.substr(equals + 1);
    } else {
      argv.push_back(word);
    }
  }
  const check::Result result = check::CheckCommandLine(release, argv, surroundings);
  const nlohmann::json json = check::ToJson(result);  // throws if the text is no JSON
  if ((json.at("verdict") == "refused") != result.refused()) std::abort();

  std::istringstream in(bytes);
  std::ostringstream out;
  const auto counts = check::CheckBatch(release, in, out);
  if (!counts || counts->refused < counts->malformed) std::abort();
  std::istringstream written(out.str());
  std::int64_t objects = 0;
  for (std::string line; std::getline(written, line); ++objects) {
    if (!nlohmann::json::accept(line)) std::abort();
  }
  if (objects != counts->lines) std::abort();
  return 0;
}
