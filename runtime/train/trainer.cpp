#include "runtime/train/trainer.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <cmath>
#include <nlohmann/json.hpp>

#include "runtime/comm/process_group_exchange.h"
#include "runtime/train/adamw.h"
#include "runtime/train/batches.h"
#include "runtime/train/checkpoint.h"
#include "runtime/train/flat_parameters.h"
#include "runtime/train/gradient_sync.h"
#include "runtime/train/lr_schedule.h"
#include "runtime/train/pipeline.h"

namespace nam56r::runtime {
namespace {

using Clock = std::chrono::steady_clock;

double SecondsSince(Clock::time_point start) {
  return std::chrono::duration<double>(Clock::now() - start).count();
}

StageOptions OptionsOf(const policy::Policy& policy, std::int64_t stage) {
  StageOptions options;
  options.stage = stage;
  options.mtp_loss_scaling_factor = policy.mtp.loss_scaling_factor;
  options.seed = policy.optimizer.seed;
  return options;
}

}  // namespace

struct Trainer::Impl {
  Impl(const contract::ReadContract& read, Communicator& world, const data::SampleStream& train,
       const data::SampleStream* validate)
      : contract(read),
        policy(read.policy),
        communicator(world),
        training(train),
        validation(validate),
        exchange(world.group(GroupKind::kExpert)),
        module(read.recipe, read.plan, OptionsOf(read.policy, world.at().stage), exchange),
        stage(module),
        pipeline(stage, world.group(GroupKind::kPipeline), read.recipe.model.hidden_size),
        parameters(module.stage_parameters()),
        sync(parameters, world),
        optimizer(parameters, read.policy.optimizer),
        geometry{read.policy.batch.micro_batch_size, read.policy.batch.global_batch_size,
                 world.topology().data()} {}

  std::string Here() const {
    const Coordinates& at = communicator.at();
    return fmt::format("rank {} (stage {}, data-parallel rank {})", communicator.rank(), at.stage,
                       at.data);
  }

  [[noreturn]] void Stop(const std::string& what) const {
    throw TrainingError(fmt::format("step {}, {}: {}", done + 1, Here(), what));
  }

  void RequireFiniteGradients() const {
    const std::vector<std::string> names = parameters.NonFiniteGradients();
    if (names.empty()) return;
    Stop(fmt::format("the gradient of {} is not finite{}", names.front(),
                     names.size() == 1
                         ? ""
                         : fmt::format(", nor are those of {} more parameters", names.size() - 1)));
  }

  std::vector<MicroBatch> BatchesOf(const data::SampleStream& samples, std::int64_t step) const {
    return MicroBatchesOf(samples, geometry, step, communicator.at().data,
                          contract.recipe.model.vocab_size);
  }

  /// Losses and |extra|, summed over the world in one operation.
  GlobalLosses MeanOverWorld(const LossSums& sums, std::int64_t batches,
                             std::array<double, 2>& extra) {
    const auto all =
        torch::tensor({sums.lm, sums.mtp, sums.auxiliary, extra[0], extra[1]}, torch::kFloat64);
    communicator.world().AllReduceSum(all);
    const double* values = all.data_ptr<double>();
    const double count = static_cast<double>(batches * geometry.data);
    extra = {values[3], values[4]};
    return {values[0] / count, values[1] / count, values[2] / count};
  }

  bool reports() const {
    return communicator.at().data == 0 &&
           communicator.at().stage == communicator.topology().stages() - 1;
  }

  const contract::ReadContract& contract;
  const policy::Policy& policy;
  Communicator& communicator;
  const data::SampleStream& training;
  const data::SampleStream* validation;
  ProcessGroupExchange exchange;
  StageModule module;
  ModelStage stage;
  Pipeline pipeline;
  FlatParameters parameters;
  GradientSync sync;
  AdamW optimizer;
  BatchGeometry geometry;
  std::int64_t done = 0;  ///< steps
  const RunControl nothing;
  const RunControl* control = &nothing;

  TrainingState State() {
    std::vector<std::pair<std::string, torch::Tensor>> buffers;
    for (const auto& buffer : module.named_buffers()) {
      buffers.emplace_back(buffer.key(), buffer.value());
    }
    return {parameters, optimizer, std::move(buffers), done};
  }

  base::Status GoOnFrom(const std::filesystem::path& directory) {
    const Activity::Scope phase(control->activity, "checkpoint", "reading " + directory.string());
    TrainingState state = State();
    auto status = ReadCheckpoint(directory, state, communicator);
    if (status) done = state.step;
    return status;
  }

  // Of the newest checkpoint in the directory to save to: this run's own, one that it loads
  // anyway, or nobody's.
  base::Status Resume() {
    const auto latest = control->save.empty()
                            ? base::Expected<LatestCheckpoint>(base::Diagnostics{})
                            : ReadLatest(control->save);
    const bool own = latest && latest->run == control->run;
    const bool strange = latest && !own && control->save != control->load;
    // What one rank sees decides for all: they go on together or not at all.
    const torch::Tensor seen = torch::tensor({own ? 1 : 0, strange ? 1 : 0}, torch::kInt64);
    communicator.world().AllReduceSum(seen);
    if (seen[1].item<std::int64_t>() > 0) return OfAnotherRun(latest ? latest->run : "another");
    if (seen[0].item<std::int64_t>() > 0) return GoOnFrom(control->save);
    return control->load.empty() ? base::Status(base::Ok{}) : GoOnFrom(control->load);
  }

  base::Diagnostic OfAnotherRun(const std::string& run) const {
    base::Diagnostic error;
    error.code = "TRAIN0008";
    error.surface = base::Surface::kHost;
    error.message = fmt::format("{} holds the checkpoints of run {}", control->save.string(), run);
    error.fields = {"checkpoint.save", "checkpoint.load"};
    error.fix =
        "bind checkpoint.save to an empty directory, or load the same name to go on from there";
    return error;
  }

  void Save(EventWriter& events) {
    if (control->save.empty()) return;
    const Activity::Scope phase(control->activity, "checkpoint",
                                "writing " + control->save.string());
    const auto start = Clock::now();
    const auto written = WriteCheckpoint(control->save, control->run, State(), communicator);
    if (communicator.rank() != 0) return;
    events.Write({{"event", "checkpoint"},
                  {"rank", 0},
                  {"step", done},
                  {"directory", written.string()},
                  {"seconds", SecondsSince(start)}});
  }
};

Trainer::Trainer(const contract::ReadContract& contract, Communicator& communicator,
                 const data::SampleStream& training, const data::SampleStream* validation)
    : impl_(std::make_unique<Impl>(contract, communicator, training, validation)) {}

Trainer::~Trainer() = default;

std::int64_t Trainer::parameters() const { return impl_->parameters.count(); }

StepResult Trainer::Step() {
  Impl& impl = *impl_;
  const policy::Optimizer& options = impl.policy.optimizer;
  const std::vector<MicroBatch> batches = impl.BatchesOf(impl.training, impl.done);
  // Every rank's share of the mean over the global batch; gradients are summed, never averaged.
  const double scale =
      1.0 / static_cast<double>(impl.geometry.micro_batches() * impl.geometry.data);

  impl.parameters.ZeroGradients();
  LossSums sums;
  try {
    sums = impl.pipeline.Train(batches, scale, options.check_for_nan);
  } catch (const NonFiniteLoss& error) {
    impl.Stop(error.what());
  }
  // Before the reduction, which would spread the value to ranks that are not to blame.
  if (options.check_for_nan) impl.RequireFiniteGradients();
  impl.sync.Reduce();

  StepResult result;
  // Whoever was asked to stop tells the others with the losses: all end after the same step.
  const StopRequest* const stop = impl.control->stop;
  std::array<double, 2> extra = {impl.sync.OwnSquaredNorm(),
                                 stop != nullptr && stop->requested() ? 1.0 : 0.0};
  result.losses = impl.MeanOverWorld(sums, impl.geometry.micro_batches(), extra);
  result.gradient_norm = std::sqrt(extra[0]);
  result.stop = extra[1] > 0;
  if (options.check_for_nan && !std::isfinite(result.gradient_norm)) {
    impl.RequireFiniteGradients();
    impl.Stop("the global gradient norm is not finite");
  }
  const bool clips = options.clip_grad > 0 && result.gradient_norm > options.clip_grad;
  result.lr = LearningRate(options, impl.policy.batch.train_iters, impl.done);
  impl.optimizer.Step(result.lr, clips ? options.clip_grad / result.gradient_norm : 1.0);

  const torch::Tensor load = impl.module.TakeExpertLoad().contiguous();
  impl.communicator.group(GroupKind::kData).AllReduceSum(load);
  if (impl.contract.recipe.moe.expert_bias && load.size(0) > 0) impl.module.UpdateExpertBias(load);
  ++impl.done;
  return result;
}

GlobalLosses Trainer::Validate() {
  Impl& impl = *impl_;
  const std::int64_t iterations = impl.policy.data.eval_iters;
  if (impl.validation == nullptr || iterations < 1) {
    throw std::logic_error("validation without samples, or of no batch");
  }
  LossSums sums;
  for (std::int64_t i = 0; i < iterations; ++i) {
    const LossSums one = impl.pipeline.Evaluate(impl.BatchesOf(*impl.validation, i));
    sums.lm += one.lm;
    sums.mtp += one.mtp;
    sums.auxiliary += one.auxiliary;
  }
  impl.module.TakeExpertLoad();  // validation does not move the selection biases
  std::array<double, 2> unused{};
  return impl.MeanOverWorld(sums, impl.geometry.micro_batches() * iterations, unused);
}

base::Expected<RunEnd> Trainer::Run(EventWriter& events, const RunControl& control) {
  Impl& impl = *impl_;
  impl.control = &control;
  Activity* const activity = control.activity;
  if (auto status = impl.Resume(); !status) return status.errors();
  const policy::Policy& policy = impl.policy;
  const Coordinates& at = impl.communicator.at();
  const plan::Stage& stage = impl.contract.plan.stages.at(static_cast<std::size_t>(at.stage));
  events.Write({{"event", "start"},
                {"rank", impl.communicator.rank()},
                {"stage", at.stage},
                {"dp_rank", at.data},
                {"ep_rank", at.expert},
                {"parameters", parameters()},
                {"slots", stage.slots}});

  const std::int64_t steps = policy.batch.train_iters;
  const std::int64_t tokens_per_step =
      policy.batch.global_batch_size * impl.contract.recipe.model.seq_length;
  const std::int64_t log_interval = std::max<std::int64_t>(policy.data.log_interval, 1);
  // Building the model takes the ranks unequally long.
  impl.communicator.world().Barrier();
  double training_seconds = 0;
  double unreported_seconds = 0;
  std::int64_t unreported_steps = 0;
  RunEnd end = RunEnd::kDone;
  const std::int64_t first = impl.done + 1;
  for (std::int64_t step = first; step <= steps && end == RunEnd::kDone; ++step) {
    if (activity != nullptr) activity->SetStep(step);
    const auto start = Clock::now();
    const StepResult result = [&] {
      const Activity::Scope phase(activity, "step");
      return Step();
    }();
    const double seconds = SecondsSince(start);
    training_seconds += seconds;
    unreported_seconds += seconds;
    ++unreported_steps;
    const bool last = step == steps;
    if (result.stop && !last) end = RunEnd::kStopped;
    if (impl.reports() &&
        (step == first || end == RunEnd::kStopped || last || step % log_interval == 0)) {
      nlohmann::ordered_json event = {{"event", "step"},
                                      {"step", step},
                                      {"steps", steps},
                                      {"loss", result.losses.lm},
                                      {"mtp_loss", result.losses.mtp},
                                      {"aux_loss", result.losses.auxiliary},
                                      {"grad_norm", result.gradient_norm},
                                      {"lr", result.lr},
                                      {"tokens", tokens_per_step * unreported_steps},
                                      {"seconds", unreported_seconds}};
      if (policy.mtp.depth == 0) event.erase("mtp_loss");
      events.Write(event);
      unreported_seconds = 0;
      unreported_steps = 0;
    }
    const std::int64_t interval = policy.data.eval_interval;
    if (policy.data.eval_iters > 0 && (last || (interval > 0 && step % interval == 0))) {
      const Activity::Scope phase(activity, "validate");
      const GlobalLosses losses = Validate();
      if (impl.reports()) {
        events.Write({{"event", "validation"},
                      {"step", step},
                      {"loss", losses.lm},
                      {"tokens", tokens_per_step * policy.data.eval_iters}});
      }
    }
    const std::int64_t save_interval = policy.checkpoint.save_interval;
    if (last || end == RunEnd::kStopped || (save_interval > 0 && step % save_interval == 0)) {
      impl.Save(events);
    }
  }
  if (end == RunEnd::kStopped) {
    events.Write({{"event", "stopped"},
                  {"rank", impl.communicator.rank()},
                  {"step", impl.done},
                  {"why", "SIGTERM"}});
  } else if (impl.reports()) {
    events.Write(
        {{"event", "done"},
         {"seconds", training_seconds},
         {"tokens_per_s",
          training_seconds > 0
              ? static_cast<double>(tokens_per_step * (impl.done - first + 1)) / training_seconds
              : 0.0}});
  }
  // Nobody leaves while another rank may still wait for a message.
  impl.communicator.world().Barrier();
  return end;
}

}  // namespace nam56r::runtime
