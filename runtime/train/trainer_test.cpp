#include "runtime/train/trainer.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <signal.h>

#include <cmath>
#include <fstream>
#include <nlohmann/json.hpp>
#include <sstream>
#include <thread>

#include "runtime/comm/forked_ranks.h"
#include "runtime/train/checkpoint.h"
#include "runtime/train/heartbeat.h"
#include "runtime/train/requirements.h"
#include "src/base/temporary_directory.h"

namespace nam56r::runtime {
namespace {

using ::testing::HasSubstr;

struct Layout {
  std::int64_t world = 1;
  std::int64_t pipeline = 1;
  std::int64_t expert = 1;
};

/// Every family, experts on both stages, n-gram tables and MTP, as narrow as they go.
contract::ReadContract NarrowContract(const Layout& layout, std::int64_t steps) {
  contract::ReadContract contract;
  contract.dialect = "native";
  recipe::Recipe& recipe = contract.recipe;
  recipe.model.name = "narrow";
  recipe.model.pattern = "AEMREM";
  recipe.model.depth = 6;
  recipe.model.hidden_size = 32;
  recipe.model.num_attention_heads = 2;
  recipe.model.vocab_size = 64;
  recipe.model.seq_length = 24;
  recipe.model.tokenizer = "byte";
  recipe.mla = {.q_lora_rank = 8,
                .kv_lora_rank = 8,
                .qk_head_dim = 8,
                .qk_pos_emb_head_dim = 8,
                .v_head_dim = 8};
  recipe.moe.num_experts = 4;
  recipe.moe.router_topk = 2;
  recipe.moe.ffn_hidden_size = 16;
  recipe.moe.shared_expert_ffn_hidden_size = 16;
  recipe.moe.aux_loss_coeff = 1e-2;
  recipe.mamba.state_size = 8;
  recipe.mamba.head_dim = 8;
  recipe.mamba.num_groups = 2;
  recipe.mamba.mimo_rank = 2;
  recipe.mamba.chunk_size = 8;
  recipe.m2rnn.key_head_dim = 8;
  recipe.m2rnn.value_head_dim = 8;
  recipe.dense.ffn_hidden_size = 48;
  recipe.ngram_hash = {
      .enabled = true, .orders = {2, 3}, .heads = 2, .first_table_size = 61, .embed_dim = 4};

  policy::Policy& policy = contract.policy;
  policy.layout.world_size = layout.world;
  policy.layout.pipeline_parallel = layout.pipeline;
  policy.layout.expert_parallel = layout.expert;
  policy.batch = {.micro_batch_size = 2, .global_batch_size = 8, .train_iters = steps};
  policy.mtp.depth = 1;
  policy.precision.compute = "fp32";
  policy.optimizer.lr = 3e-3;
  policy.optimizer.lr_warmup_iters = 2;
  policy.optimizer.clip_grad = 0.5;  // small enough to be active
  policy.data.eval_iters = 2;

  base::Loaded<recipe::Recipe> loaded;
  loaded.value = recipe;
  loaded.file = "narrow.toml";
  auto plan = plan::Expand(loaded, {.pipeline_parallel = layout.pipeline, .mtp_depth = 1});
  if (!plan) throw std::logic_error(plan.errors().at(0).message);
  contract.plan = *plan;
  const base::Status runnable = CheckRunnable(contract, layout.world);
  if (!runnable) throw std::logic_error(runnable.errors().at(0).message);
  return contract;
}

class TrainerTest : public ::testing::Test {
 protected:
  void SetUp() override {
    auto writer = data::IndexedDatasetWriter::Open(prefix(), data::TokenType::kUint8);
    ASSERT_TRUE(writer);
    // Predictable enough to learn, irregular enough that every sample differs.
    std::uint64_t state = 12345;
    for (int document = 0; document < 20; ++document) {
      std::vector<std::int64_t> tokens;
      for (int i = 0; i < 300; ++i) {
        state = state * 6364136223846793005u + 1442695040888963407u;
        const auto noise = static_cast<std::int64_t>(state >> 60);
        tokens.push_back(i % 3 == 0 ? noise : (tokens.back() * 5 + 7) % 64);
      }
      ASSERT_TRUE((*writer)->AddDocument(tokens));
    }
    ASSERT_TRUE((*writer)->Finish());
  }

  std::filesystem::path prefix() const { return directory_.path() / "data"; }

  /// Runs |body| with a trainer on every rank of |contract|'s layout.
  std::vector<ForkedRank> Train(const contract::ReadContract& contract,
                                const std::function<std::string(Trainer&, Communicator&)>& body,
                                std::chrono::milliseconds timeout = std::chrono::seconds(60)) {
    const policy::Layout& layout = contract.policy.layout;
    return RunRanks(layout.world_size, [&](const Rendezvous& rendezvous) {
      const auto topology = Topology::Make({.world = layout.world_size,
                                            .pipeline = layout.pipeline_parallel,
                                            .expert = layout.expert_parallel});
      auto communicator = Communicator::Connect(rendezvous, *topology, {timeout});
      if (!communicator) throw std::runtime_error(communicator.errors().at(0).message);
      const auto dataset = data::IndexedDataset::Open(prefix());
      const auto splits = data::SplitDocuments(*dataset, "90,10,0", 1);
      const std::int64_t length = contract.recipe.model.seq_length;
      const auto training = data::SampleStream::Make(*dataset, splits->train, length, 1);
      const auto validation = data::SampleStream::Make(*dataset, splits->validation, length, 1);
      Trainer trainer(contract, **communicator, *training, &*validation);
      std::string report;
      try {
        report = body(trainer, **communicator);
      } catch (...) {
        static_cast<void>(communicator->release());  // as the worker does: its peers may be gone
        throw;
      }
      (*communicator)->world().Barrier();
      return report;
    });
  }

  /// Loss, MTP loss, auxiliary loss and gradient norm of every step, then the validation loss.
  std::vector<double> Losses(const Layout& layout, std::int64_t steps) {
    const auto ranks =
        Train(NarrowContract(layout, steps), [steps](Trainer& trainer, Communicator&) {
          std::string report;
          for (std::int64_t step = 0; step < steps; ++step) {
            const StepResult result = trainer.Step();
            report += fmt::format("{:.17g} {:.17g} {:.17g} {:.17g} ", result.losses.lm,
                                  result.losses.mtp, result.losses.auxiliary, result.gradient_norm);
          }
          return report + fmt::format("{:.17g}", trainer.Validate().lm);
        });
    std::vector<double> values;
    for (const ForkedRank& rank : ranks) {
      EXPECT_EQ(rank.exit_code, 0) << rank.report;
      EXPECT_EQ(rank.report, ranks[0].report) << "ranks disagree about the losses of the run";
    }
    std::istringstream in(ranks[0].report);
    for (double value = 0; in >> value;) values.push_back(value);
    EXPECT_EQ(std::ssize(values), 4 * steps + 1);
    return values;
  }

  void ExpectSameLosses(const Layout& layout, std::int64_t steps) {
    const std::vector<double> one = Losses({}, steps);
    const std::vector<double> many = Losses(layout, steps);
    ASSERT_EQ(one.size(), many.size());
    double worst = 0;
    for (std::size_t i = 0; i < one.size(); ++i) {
      EXPECT_NEAR(many[i], one[i], 1e-4 * std::abs(one[i]))
          << "value " << i % 4 << " of step " << i / 4 + 1;
      worst = std::max(worst, std::abs(many[i] - one[i]) / std::abs(one[i]));
    }
    RecordProperty("worst_relative_difference", fmt::format("{:.2e}", worst));
    EXPECT_NEAR(one[0], std::log(64.0), 0.3);
    EXPECT_LT(one[one.size() - 5], one[0]);
  }

  base::TemporaryDirectory directory_;
};

TEST_F(TrainerTest, OneRankAndFourRanksGiveTheSameLosses) {
  ExpectSameLosses({.world = 4, .pipeline = 2, .expert = 2}, 10);
}

TEST_F(TrainerTest, TwoStagesGiveTheSameLosses) {
  ExpectSameLosses({.world = 2, .pipeline = 2}, 4);
}

TEST_F(TrainerTest, TwoDataParallelRanksGiveTheSameLosses) { ExpectSameLosses({.world = 2}, 4); }

TEST_F(TrainerTest, ExpertsDealtOutOverHalfOfTheDataParallelRanksGiveTheSameLosses) {
  ExpectSameLosses({.world = 4, .expert = 2}, 4);
}

TEST_F(TrainerTest, AMiddleStageWithoutEmbeddingsGivesTheSameLosses) {
  ExpectSameLosses({.world = 3, .pipeline = 3}, 3);
}

TEST_F(TrainerTest, RanksHoldTheModelBetweenThem) {
  const auto count = [&](const Layout& layout) {
    std::int64_t sum = 0;
    for (const auto& rank : Train(NarrowContract(layout, 1), [](Trainer&trainer, Communicator&) {
           return std::to_string(trainer.parameters());
         })) {
      EXPECT_EQ(rank.exit_code, 0) << rank.report;
      sum += rank.exit_code == 0 ? std::stoll(rank.report) : 0;
    }
    return sum;
  };
  const contract::ReadContract whole = NarrowContract({}, 1);
  EXPECT_EQ(count({}), whole.plan.total_parameters);
  const contract::ReadContract cut = NarrowContract({.world = 2, .pipeline = 2}, 1);
  EXPECT_EQ(count({.world = 2, .pipeline = 2}),
            cut.plan.stages[0].parameters + cut.plan.stages[1].parameters);
  EXPECT_EQ(count({.world = 2, .expert = 2}), 2 * plan::ParametersOnRank(whole.plan, 0, {.ep = 2}));
}

TEST_F(TrainerTest, ReportsWhatTheDocumentationSays) {
  contract::ReadContract contract = NarrowContract({.world = 4, .pipeline = 2, .expert = 2}, 3);
  contract.policy.data.eval_interval = 2;
  const auto ranks = Train(contract, [](Trainer& trainer, Communicator&) {
    std::ostringstream out;
    EventWriter events(out);
    EXPECT_TRUE(trainer.Run(events));
    return out.str();
  });
  for (std::int64_t rank = 0; rank < 4; ++rank) {
    ASSERT_EQ(ranks[static_cast<std::size_t>(rank)].exit_code, 0)
        << ranks[static_cast<std::size_t>(rank)].report;
    std::vector<nlohmann::json> events;
    std::istringstream in(ranks[static_cast<std::size_t>(rank)].report);
    for (std::string line; std::getline(in, line);) {
      ASSERT_TRUE(line.starts_with("@nam56r ")) << line;
      events.push_back(nlohmann::json::parse(line.substr(8)));
    }
    const nlohmann::json& start = events.at(0);
    EXPECT_EQ(start.at("event"), "start");
    EXPECT_EQ(start.at("rank"), rank);
    EXPECT_EQ(start.at("stage"), rank / 2);
    EXPECT_EQ(start.at("dp_rank"), rank % 2);
    EXPECT_EQ(start.at("ep_rank"), rank % 2);
    EXPECT_GT(start.at("parameters"), 0);
    EXPECT_EQ(start.at("slots").size(), contract.plan.stages[rank < 2 ? 0 : 1].slots.size());
    if (rank != 2) {
      EXPECT_EQ(events.size(), 1u);
      continue;
    }
    std::vector<std::string> kinds;
    for (const auto& event : events) kinds.push_back(event.at("event"));
    EXPECT_THAT(kinds, ::testing::ElementsAre("start", "step", "step", "validation", "step",
                                              "validation", "done"));
    const nlohmann::json& step = events.at(2);
    EXPECT_EQ(step.at("step"), 2);
    EXPECT_EQ(step.at("steps"), 3);
    EXPECT_EQ(step.at("tokens"), 8 * 24);
    for (const char* key : {"loss", "mtp_loss", "aux_loss", "grad_norm", "lr", "seconds"}) {
      EXPECT_GT(step.at(key).get<double>(), 0) << key;
    }
    EXPECT_GT(events.at(3).at("loss").get<double>(), 0);
    EXPECT_EQ(events.at(3).at("tokens"), 2 * 8 * 24);
    EXPECT_GT(events.at(6).at("tokens_per_s").get<double>(), 0);
  }
}

TEST_F(TrainerTest, TrainingThatBlowsUpStopsAndNamesStepAndRank) {
  contract::ReadContract contract = NarrowContract({}, 5);
  contract.policy.optimizer.lr = 1e30;
  contract.policy.optimizer.lr_warmup_iters = 0;
  const auto ranks = Train(contract, [](Trainer& trainer, Communicator&) {
    for (int step = 0; step < 5; ++step) trainer.Step();
    return std::string("survived");
  });
  EXPECT_EQ(ranks[0].exit_code, 3);
  EXPECT_THAT(ranks[0].report, HasSubstr("step 2, rank 0 (stage 0, data-parallel rank 0): "));
  EXPECT_THAT(ranks[0].report, HasSubstr("micro-batch 0"));
}

TEST_F(TrainerTest, ARankThatDiesInTheMiddleStopsTheOthers) {
  const auto start = std::chrono::steady_clock::now();
  const auto ranks = Train(NarrowContract({.world = 4, .pipeline = 2, .expert = 2}, 1000000),
                           [](Trainer& trainer, Communicator& communicator) -> std::string {
                             trainer.Step();
                             if (communicator.rank() == 3) std::_Exit(9);
                             for (;;) trainer.Step();
                           });
  EXPECT_LT(std::chrono::steady_clock::now() - start, std::chrono::seconds(45));
  EXPECT_EQ(ranks[3].exit_code, 9);
  for (const std::size_t survivor : {0u, 1u, 2u}) {
    EXPECT_EQ(ranks[survivor].exit_code, 3);
    EXPECT_FALSE(ranks[survivor].timed_out);
    EXPECT_THAT(ranks[survivor].report, HasSubstr("group (ranks"));
  }
}

// The losses that a run reports, by step; then how it ended.
std::string RunAndReport(Trainer& trainer, const RunControl& control) {
  std::ostringstream out;
  EventWriter events(out);
  const auto end = trainer.Run(events, control);
  if (!end) return end.errors().at(0).code + " " + end.errors().at(0).message;
  std::string report;
  std::istringstream in(out.str());
  for (std::string line; std::getline(in, line);) {
    const auto event = nlohmann::json::parse(line.substr(8));
    if (event.at("event") == "step") {
      report +=
          fmt::format("{}:{:.17g} ", event.at("step").get<int>(), event.at("loss").get<double>());
    }
    if (event.at("event") == "stopped")
      report += fmt::format("stopped {}", event.at("step").get<int>());
  }
  return report;
}

TEST_F(TrainerTest, WhatGoesOnFromACheckpointIsTheSameTraining) {
  const Layout layout{.world = 4, .pipeline = 2, .expert = 2};
  const auto run = [&](std::int64_t steps, const RunControl& control) {
    contract::ReadContract contract = NarrowContract(layout, steps);
    contract.policy.data.eval_iters = 0;
    contract.policy.checkpoint.save_interval = 2;
    return Train(contract,
                 [&](Trainer& trainer, Communicator&) { return RunAndReport(trainer, control); });
  };
  const RunControl first{.save = directory_.path() / "saved", .run = "first"};
  const std::string whole = run(6, {})[2].report;
  const std::string begun = run(4, first)[2].report;
  RunControl second = first;
  second.load = first.save;
  second.run = "second";
  const std::string rest = run(6, second)[2].report;
  EXPECT_EQ(begun + rest, whole);
  // The run itself goes on after it was stopped, without being told to load.
  EXPECT_EQ(run(6, {.save = first.save, .run = "second"})[2].report, "");
  for (const auto& rank : run(6, first)) EXPECT_THAT(rank.report, HasSubstr("TRAIN0008"));

  // Another layout, no checkpoint, a file that is not one.
  const auto alone = Train(NarrowContract({}, 6), [&](Trainer& trainer, Communicator&) {
    return RunAndReport(trainer, {.load = first.save});
  });
  EXPECT_THAT(alone[0].report, HasSubstr("TRAIN0007"));
  for (const auto& rank : run(6, {.load = directory_.path() / "none"})) {
    EXPECT_THAT(rank.report, HasSubstr("TRAIN0006"));
  }
  std::ofstream(first.save / "step-000006" / "rank-3.pt") << "not an archive";
  for (const auto& rank : run(6, {.load = first.save})) {
    EXPECT_THAT(rank.report, HasSubstr("TRAIN0006"));
  }
  // One rank cannot write: nobody goes on as if it had.
  std::filesystem::create_directories(directory_.path() / "full/step-000002/rank-1.pt");
  for (const auto& rank : run(2, {.save = directory_.path() / "full", .run = "third"})) {
    EXPECT_EQ(rank.exit_code, 3);
    EXPECT_THAT(rank.report, HasSubstr("cannot be written"));
  }
  EXPECT_FALSE(std::filesystem::exists(directory_.path() / "full/latest.json"));
}

TEST_F(TrainerTest, OneRankThatIsAskedToStopStopsAllAfterTheSameStep) {
  contract::ReadContract contract = NarrowContract({.world = 2, .pipeline = 2}, 1000000);
  const std::filesystem::path save = directory_.path() / "saved";
  const auto ranks = Train(contract, [&](Trainer& trainer, Communicator& communicator) {
    const StopRequest stop;
    if (communicator.rank() == 1) ::raise(SIGTERM);
    return RunAndReport(trainer, {.stop = &stop, .save = save, .run = "run"});
  });
  EXPECT_EQ(ranks[0].report, "stopped 1");
  EXPECT_THAT(ranks[1].report, ::testing::EndsWith("stopped 1"));
  EXPECT_EQ(ReadLatest(save)->step, 1);
}

TEST_F(TrainerTest, ABlockedRankSaysWhereItIsBlocked) {
  const auto ranks = Train(
      NarrowContract({.world = 2, .pipeline = 2}, 1), [&](Trainer&, Communicator& communicator) {
        Activity activity;
        activity.SetStep(7);
        std::ostringstream out;
        EventWriter events(out);
        {
          const Heartbeat heartbeat(events, activity, communicator.rank(),
                                    std::chrono::milliseconds(5));
          const Activity::Scope phase(&activity, "exchange world", "all-reduce of 1 elements");
          while (out.str().find("exchange world") == std::string::npos) {
            std::this_thread::sleep_for(std::chrono::milliseconds(1));
          }
        }
        EXPECT_EQ(activity.Get().phase, "start");
        EXPECT_EQ(activity.Get().step, 7);
        return out.str();
      });
  EXPECT_THAT(ranks[1].report, HasSubstr(R"("rank":1,"step":7,"phase":"exchange world")"));
}

TEST_F(TrainerTest, ValidationLeavesTrainingAlone) {
  const auto losses = [&](bool validates) {
    const auto ranks = Train(NarrowContract({}, 3), [&](Trainer& trainer, Communicator&) {
      std::string report;
      for (int step = 0; step < 3; ++step) {
        report += fmt::format("{:.17g} ", trainer.Step().losses.lm);
        if (validates) trainer.Validate();
      }
      return report;
    });
    return ranks[0].report;
  };
  EXPECT_EQ(losses(true), losses(false));
}

}  // namespace
}  // namespace nam56r::runtime
