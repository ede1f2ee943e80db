#include "src/launch/slurm/step_file.h"

#include <fmt/format.h>

#include "src/base/files.h"
#include "src/launch/host_error.h"

namespace nam56r::launch::slurm {

using nlohmann::json;

base::Status WriteStepFile(const std::filesystem::path& path, const StepFile& step) {
  json ranks = json::array();
  for (const RankCommand& rank : step.ranks) {
    ranks.push_back({{"rank", rank.rank}, {"argv", rank.argv}, {"environment", rank.environment}});
  }
  const json file = {{"format", "nam56r.slurm-step/1"},
                     {"ranks", ranks},
                     {"log_directory", step.log_directory.string()},
                     {"address", step.address},
                     {"port", step.port},
                     {"token", step.token},
                     {"grace_seconds", step.grace_seconds},
                     {"stop_grace_seconds", step.stop_grace_seconds},
                     {"hang",
                      {{"heartbeat_seconds", step.hang.heartbeat_seconds},
                       {"log_seconds", step.hang.log_seconds},
                       {"before_first_step", step.hang.before_first_step}}},
                     {"max_log_bytes", step.max_log_bytes},
                     {"slurmd_pid_file", step.slurmd_pid_file},
                     {"slurmd_grace_seconds", step.slurmd_grace_seconds}};
  const std::string bytes = file.dump(-1, ' ', false, json::error_handler_t::replace);
  auto status = base::WriteFileAtomically(path, bytes, base::Surface::kHost);
  if (!status) {
    return HostError("LAUNCH0010",
                     fmt::format("cannot write {}: {}", path.string(), status.errors()[0].message),
                     "choose a directory for runs that can be written to");
  }
  return base::Ok{};
}

base::Expected<StepFile> ReadStepFile(const std::filesystem::path& path) {
  const auto unusable = [&](const std::string& why) {
    return HostError("LAUNCH0307",
                     fmt::format("this node cannot use the run's {}: {}", path.string(), why),
                     "put runs on a file system that every node of the job sees: --runs, or "
                     "paths.runs of the host file");
  };
  const auto bytes = base::ReadFile(path, base::Surface::kHost);
  if (!bytes) return unusable(bytes.errors()[0].message);
  try {
    const json file = json::parse(*bytes);
    if (file.at("format") != "nam56r.slurm-step/1") return unusable("another format");
    StepFile step;
    for (const json& rank : file.at("ranks")) {
      step.ranks.push_back({rank.at("rank").get<std::int64_t>(),
                            rank.at("argv").get<std::vector<std::string>>(),
                            rank.at("environment").get<std::map<std::string, std::string>>()});
    }
    step.log_directory = file.at("log_directory").get<std::string>();
    step.address = file.at("address").get<std::string>();
    step.port = file.at("port").get<int>();
    step.token = file.at("token").get<std::string>();
    step.grace_seconds = file.at("grace_seconds").get<double>();
    step.stop_grace_seconds = file.at("stop_grace_seconds").get<double>();
    const json& hang = file.at("hang");
    step.hang = {hang.at("heartbeat_seconds").get<double>(), hang.at("log_seconds").get<double>(),
                 hang.at("before_first_step").get<double>()};
    step.max_log_bytes = file.at("max_log_bytes").get<std::int64_t>();
    step.slurmd_pid_file = file.at("slurmd_pid_file").get<std::string>();
    step.slurmd_grace_seconds = file.at("slurmd_grace_seconds").get<double>();
    return step;
  } catch (const json::exception& error) {
    return unusable(error.what());
  }
}

}  // namespace nam56r::launch::slurm
