#include "runtime/train/checkpoint.h"

#include <fmt/format.h>

#include <nlohmann/json.hpp>
#include <sstream>
#include <stdexcept>

#include "src/base/digest.h"
#include "src/base/files.h"

namespace nam56r::runtime {
namespace {

using nlohmann::json;
using std::filesystem::path;

base::Diagnostic Refusal(std::string code, base::Surface surface, const path& where,
                         std::string message, std::string fix) {
  base::Diagnostic error;
  error.code = std::move(code);
  error.surface = surface;
  error.message = std::move(message);
  error.where = {{{where.string(), 0, 0}, "the checkpoint"}};
  error.fields = {"checkpoint.load"};
  error.fix = std::move(fix);
  return error;
}

path StepDirectory(const path& directory, std::int64_t step) {
  return directory / fmt::format("step-{:06}", step);
}

path RankFile(const path& directory, std::int64_t step, std::int64_t rank) {
  return StepDirectory(directory, step) / fmt::format("rank-{}.pt", rank);
}

// The number of ranks on which |failed| holds.
std::int64_t Failures(Communicator& communicator, bool failed) {
  const torch::Tensor count = torch::full({1}, failed ? 1 : 0, torch::kInt64);
  communicator.world().AllReduceSum(count);
  return count.item<std::int64_t>();
}

// The file may hold hundreds of megabytes, and is written private and replaced as a whole.
std::string WriteRank(const path& file, const TrainingState& state) {
  try {
    torch::serialize::OutputArchive archive;
    archive.write("values", state.parameters.values().detach());
    archive.write("first_moment", state.optimizer.first_moment());
    archive.write("second_moment", state.optimizer.second_moment());
    archive.write("steps", torch::tensor({state.step, state.optimizer.steps()}, torch::kInt64));
    for (std::size_t i = 0; i < state.buffers.size(); ++i) {
      archive.write(fmt::format("buffer_{}", i), state.buffers[i].second, /*is_buffer=*/true);
    }
    std::ostringstream bytes;
    archive.save_to(bytes);
    auto made = base::MakePrivateDirectories(file.parent_path(), base::Surface::kHost);
    if (!made) return made.errors()[0].message;
    auto written = base::WriteFileAtomically(file, bytes.str(), base::Surface::kHost);
    return written ? "" : written.errors()[0].message;
  } catch (const std::exception& error) {
    return error.what();
  }
}

std::string ReadRank(const path& file, TrainingState& state) {
  try {
    const torch::NoGradGuard no_grad;
    torch::serialize::InputArchive archive;
    archive.load_from(file.string());
    const auto read = [&](const std::string& key, const torch::Tensor& into, bool is_buffer) {
      torch::Tensor stored;
      archive.read(key, stored, is_buffer);
      if (stored.sizes() != into.sizes() || stored.dtype() != into.dtype()) {
        throw std::runtime_error(key + " has another shape or type");
      }
      into.copy_(stored);
    };
    read("values", state.parameters.values().detach(), false);
    read("first_moment", state.optimizer.first_moment(), false);
    read("second_moment", state.optimizer.second_moment(), false);
    const torch::Tensor steps = torch::zeros({2}, torch::kInt64);
    read("steps", steps, false);
    for (std::size_t i = 0; i < state.buffers.size(); ++i) {
      read(fmt::format("buffer_{}", i), state.buffers[i].second, true);
    }
    state.step = steps[0].item<std::int64_t>();
    state.optimizer.set_steps(steps[1].item<std::int64_t>());
    return {};
  } catch (const std::exception& error) {
    const std::string_view what = error.what();
    return std::string(what.substr(0, what.find('\n')));
  }
}

}  // namespace

base::Expected<LatestCheckpoint> ReadLatest(const path& directory) {
  const path file = directory / "latest.json";
  const auto refuse = [&](const std::string& why) {
    return Refusal(
        "TRAIN0006", base::Surface::kHost, file,
        fmt::format("{} holds no checkpoint to start from: {}", directory.string(), why),
        "name a directory with a checkpoint below [checkpoints] of the host file, or set "
        "checkpoint.load = \"\"");
  };
  const auto text = base::ReadFile(file, base::Surface::kHost);
  if (!text) return refuse(text.errors()[0].message);
  const json latest = json::parse(*text, nullptr, /*allow_exceptions=*/false);
  const auto is = [&](const char* key, auto check) {
    return latest.is_object() && latest.contains(key) && check(latest[key]);
  };
  const auto text_there = [](const json& value) { return value.is_string(); };
  const auto number_there = [](const json& value) { return value.is_number_unsigned(); };
  if (!is("format", text_there) || latest["format"] != kCheckpointFormat ||
      !is("run", text_there) || !is("held", text_there) || !is("step", number_there)) {
    return refuse(fmt::format("latest.json is not of format {}", kCheckpointFormat));
  }
  return LatestCheckpoint{latest["step"], latest["run"], latest["held"]};
}

std::string Held(const TrainingState& state, Communicator& communicator) {
  std::string text;
  for (const auto& placed : state.parameters.placed()) {
    text +=
        fmt::format("{} {} {}\n", placed.parameter.name, placed.range.begin, placed.range.length);
  }
  for (const auto& [name, buffer] : state.buffers) {
    text += fmt::format("{} {}\n", name, buffer.numel());
  }
  constexpr std::size_t kHexAt = std::string_view("sha256:").size();
  // 48 bits of each rank's own digest at its place, so that one sum holds them all.
  const torch::Tensor all = torch::zeros({communicator.topology().world()}, torch::kInt64);
  all[communicator.rank()] =
      static_cast<std::int64_t>(std::stoull(base::Sha256(text).substr(kHexAt, 12), nullptr, 16));
  communicator.world().AllReduceSum(all);
  std::string joined;
  for (std::int64_t rank = 0; rank < all.numel(); ++rank) {
    joined += fmt::format("{:012x}", all[rank].item<std::int64_t>());
  }
  return base::Sha256(joined);
}

path WriteCheckpoint(const path& directory, const std::string& run, const TrainingState& state,
                     Communicator& communicator) {
  const path file = RankFile(directory, state.step, communicator.rank());
  const std::string held = Held(state, communicator);
  std::string why = WriteRank(file, state);
  if (const auto failed = Failures(communicator, !why.empty()); failed > 0) {
    throw std::runtime_error(fmt::format(
        "the checkpoint of step {} in {} cannot be written{}", state.step, directory.string(),
        why.empty() ? fmt::format(" by {} other ranks", failed) : ": " + why));
  }
  if (communicator.rank() == 0) {
    const json latest = {
        {"format", kCheckpointFormat}, {"step", state.step}, {"run", run}, {"held", held}};
    auto written = base::WriteFileAtomically(directory / "latest.json", latest.dump() + "\n",
                                             base::Surface::kHost);
    if (!written) why = written.errors()[0].message;
  }
  if (Failures(communicator, !why.empty()) > 0) {
    throw std::runtime_error(fmt::format("{} cannot be written{}",
                                         (directory / "latest.json").string(),
                                         why.empty() ? " by rank 0" : ": " + why));
  }
  return file.parent_path();
}

base::Status ReadCheckpoint(const path& directory, TrainingState& state,
                            Communicator& communicator) {
  const std::string held = Held(state, communicator);
  const auto latest = ReadLatest(directory);
  // Files may be seen by some ranks only; nobody goes on unless all do.
  if (Failures(communicator, !latest) > 0) {
    if (!latest) return latest.errors();
    return Refusal("TRAIN0006", base::Surface::kHost, directory, "another rank does not see it",
                   "bind the checkpoint to a directory that every node sees");
  }
  if (latest->held != held) {
    return Refusal("TRAIN0007", base::Surface::kPolicy, directory / "latest.json",
                   fmt::format("the checkpoint of run {} is of another model or layout than this "
                               "contract's",
                               latest->run),
                   "load it with the recipe and the layout that it was written with");
  }
  const path file = RankFile(directory, latest->step, communicator.rank());
  const std::string why = ReadRank(file, state);
  if (Failures(communicator, !why.empty()) > 0) {
    return Refusal("TRAIN0006", base::Surface::kHost, file,
                   why.empty() ? "the file of another rank cannot be read"
                               : fmt::format("it cannot be read: {}", why),
                   "load an older checkpoint, or start afresh");
  }
  return base::Ok{};
}

}  // namespace nam56r::runtime
