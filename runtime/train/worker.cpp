#include "runtime/train/worker.h"

#include <fmt/format.h>

#include <charconv>
#include <optional>
#include <string>

#include "runtime/comm/communicator.h"
#include "runtime/train/heartbeat.h"
#include "runtime/train/requirements.h"
#include "runtime/train/trainer.h"
#include "src/base/render.h"

namespace nam56r::runtime {
namespace {

void Print(const base::Diagnostics& diagnostics, std::ostream& log) {
  log << base::Render(diagnostics) << std::flush;
}

/// LibTorch's messages end in a C++ stack trace.
std::string FirstLine(std::string text) { return text.substr(0, text.find('\n')); }

/// OMP_NUM_THREADS, if set.
base::Expected<std::optional<int>> ThreadsFrom(const EnvironmentReader& environment) {
  const char* value = environment("OMP_NUM_THREADS");
  if (value == nullptr || *value == '\0') return std::optional<int>();
  const std::string_view text = value;
  int threads = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), threads);
  if (error == std::errc() && end == text.data() + text.size() && threads >= 1 && threads <= 4096) {
    return std::optional<int>(threads);
  }
  base::Diagnostic diagnostic;
  diagnostic.code = "TRAIN0005";
  diagnostic.surface = base::Surface::kHost;
  diagnostic.message = fmt::format("OMP_NUM_THREADS={} is not a number of threads", text);
  diagnostic.fields = {"OMP_NUM_THREADS"};
  diagnostic.valid = {"an integer from 1 to 4096"};
  diagnostic.fix = "set OMP_NUM_THREADS to the cores that one rank may use";
  return diagnostic;
}

ParallelSizes SizesOf(const policy::Layout& layout) {
  return {layout.world_size,        layout.tensor_parallel, layout.context_parallel,
          layout.pipeline_parallel, layout.expert_parallel, layout.expert_tensor_parallel};
}

/// The samples of a run.
struct Samples {
  data::SampleStream training;
  std::optional<data::SampleStream> validation;  ///< if the policy evaluates
};

base::Expected<Samples> OpenSamples(const data::IndexedDataset& dataset,
                                    const contract::ReadContract& contract) {
  const policy::Policy& policy = contract.policy;
  const std::int64_t seed = policy.optimizer.seed;
  const std::int64_t length = contract.recipe.model.seq_length;
  auto splits = data::SplitDocuments(dataset, policy.data.split, seed);
  if (!splits) return splits.errors();
  auto training = data::SampleStream::Make(dataset, splits->train, length, seed);
  if (!training) return training.errors();
  Samples samples{std::move(*training), std::nullopt};
  if (policy.data.eval_iters > 0) {
    auto validation = data::SampleStream::Make(dataset, splits->validation, length, seed);
    if (!validation) return validation.errors();
    samples.validation = std::move(*validation);
  }
  return samples;
}

}  // namespace

int RunWorker(const WorkerOptions& options, const EnvironmentReader& environment, std::ostream& out,
              std::ostream& log) {
  const auto refuse = [&](const base::Diagnostics& errors) {
    Print(errors, log);
    return kWorkerRefused;
  };
  const auto rendezvous = RendezvousFromEnvironment(environment);
  if (!rendezvous) return refuse(rendezvous.errors());
  const auto threads = ThreadsFrom(environment);
  if (!threads) return refuse(threads.errors());
  const auto contract = contract::Read(options.contract);
  if (!contract) return refuse(contract.errors());
  const base::Status runnable = CheckRunnable(*contract, rendezvous->world_size);
  if (!runnable) return refuse(runnable.errors());
  const auto topology = Topology::Make(SizesOf(contract->policy.layout));
  if (!topology) return refuse(topology.errors());
  const auto dataset = data::IndexedDataset::Open(options.dataset);
  if (!dataset) return refuse(dataset.errors());
  const auto samples = OpenSamples(*dataset, *contract);
  if (!samples) return refuse(samples.errors());

  if (options.check_only) {
    log << fmt::format("rank {} of {}: contract {} can be executed; {} training samples an epoch\n",
                       rendezvous->rank, rendezvous->world_size, contract->digest,
                       samples->training.samples_per_epoch());
    return kWorkerDone;
  }
  if (*threads) torch::set_num_threads(**threads);
  // Second moments of rarely used rows decay into denormal numbers, which cost a hundred times as
  // much as others to compute with.
  at::globalContext().setFlushDenormal(true);
  EventWriter events(out);
  Activity activity;
  const Heartbeat heartbeat(events, activity, rendezvous->rank, options.heartbeat);
  auto communicator = Communicator::Connect(*rendezvous, *topology, {options.timeout, &activity});
  if (!communicator) {
    Print(communicator.errors(), log);
    return kWorkerFailed;
  }
  try {
    Trainer trainer = [&] {
      const Activity::Scope phase(&activity, "build");
      return Trainer(*contract, **communicator, samples->training,
                     samples->validation ? &*samples->validation : nullptr);
    }();
    const StopRequest stop;
    const auto end =
        trainer.Run(events, {&activity, &stop, options.load, options.save, options.run});
    if (!end) {
      // Its peers refuse for the same reason, or find this one gone.
      static_cast<void>(communicator->release());
      return refuse(end.errors());
    }
    return *end == RunEnd::kStopped ? kWorkerStopped : kWorkerDone;
  } catch (const std::exception& error) {
    const std::string place = fmt::format("rank {}", rendezvous->rank);
    const std::string what = FirstLine(error.what());
    log << (what.find(place) == std::string::npos ? place + ": " + what : what) << std::endl;
    // Not destroyed: its threads may wait for a peer that is gone, for as long as the timeout. The
    // process ends now.
    static_cast<void>(communicator->release());
    return kWorkerFailed;
  }
}

}  // namespace nam56r::runtime
