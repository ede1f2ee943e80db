#include "runtime/comm/communicator.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <thread>

#include "runtime/comm/forked_ranks.h"
#include "runtime/comm/process_group_exchange.h"

namespace nam56r::runtime {
namespace {

using ::testing::HasSubstr;

void Check(bool condition, const std::string& what) {
  if (!condition) throw std::runtime_error("check failed: " + what);
}

std::unique_ptr<Communicator> Join(const Rendezvous& rendezvous, const ParallelSizes& sizes,
                                   std::chrono::milliseconds timeout = std::chrono::seconds(20)) {
  const auto topology = Topology::Make(sizes);
  Check(topology.ok(), "topology");
  auto communicator = Communicator::Connect(rendezvous, *topology, {timeout});
  if (!communicator) throw std::runtime_error(communicator.errors().at(0).message);
  return std::move(*communicator);
}

void ExpectAllReturned(const std::vector<ForkedRank>& ranks) {
  for (std::size_t i = 0; i < ranks.size(); ++i) {
    EXPECT_EQ(ranks[i].exit_code, 0) << "rank " << i << ": " << ranks[i].report;
    EXPECT_FALSE(ranks[i].timed_out) << "rank " << i;
  }
}

TEST(Communicator, SumsOverEveryKindOfGroup) {
  ExpectAllReturned(RunRanks(4, [](const Rendezvous& rendezvous) {
    const auto communicator = Join(rendezvous, {.world = 4, .pipeline = 2, .expert = 2});
    for (const GroupKind kind : kGroupKinds) {
      double expected = 0;
      for (const std::int64_t member : communicator->topology().Members(kind, rendezvous.rank)) {
        expected += static_cast<double>(member) + 1;
      }
      const auto tensor = torch::full({1001}, static_cast<double>(rendezvous.rank) + 1);
      communicator->group(kind).AllReduceSum(tensor);
      Check(tensor.eq(expected).all().item<bool>(), std::string(NameOf(kind)));
    }
    const auto tensor = torch::ones({3}, torch::kInt64);
    communicator->world().AllReduceSum(tensor);
    Check(tensor.eq(4).all().item<bool>(), "world");
    communicator->world().Barrier();
    return std::string();
  }));
}

TEST(Communicator, MessagesMatchByTagWhateverTheOrder) {
  ExpectAllReturned(RunRanks(2, [](const Rendezvous& rendezvous) {
    const auto communicator = Join(rendezvous, {.world = 2, .pipeline = 2});
    ProcessGroup& pipeline = communicator->group(GroupKind::kPipeline);
    const std::int64_t peer = 1 - pipeline.rank();
    std::vector<torch::Tensor> in, out;
    std::vector<Transfer> transfers;
    for (int tag = 0; tag < 8; ++tag) {
      out.push_back(torch::full({4, 16, 8}, 100.0 * static_cast<double>(pipeline.rank()) + tag));
      transfers.push_back(pipeline.Send(out.back(), peer, tag));
    }
    for (int tag = 7; tag >= 0; --tag) {
      in.push_back(torch::empty({4, 16, 8}));
      pipeline.Receive(in.back(), peer, tag).Wait();
      Check(in.back().eq(100.0 * static_cast<double>(peer) + tag).all().item<bool>(), "tag");
    }
    for (Transfer& transfer : transfers) transfer.Wait();
    communicator->world().Barrier();
    return std::string();
  }));
}

TEST(Communicator, AWorldOfOneNeedsNobody) {
  const auto topology = Topology::Make({});
  const auto communicator = Communicator::Connect({0, 1, "nowhere.invalid", 1, ""}, *topology);
  ASSERT_TRUE(communicator);
  const auto tensor = torch::full({3}, 5.0);
  (*communicator)->world().AllReduceSum(tensor);
  (*communicator)->world().Barrier();
  EXPECT_TRUE(tensor.eq(5.0).all().item<bool>());
}

TEST(Communicator, RefusesAWorldThatIsNotTheLayouts) {
  const auto topology = Topology::Make({.world = 4, .pipeline = 2});
  const auto communicator = Communicator::Connect({0, 2, "127.0.0.1", 1, ""}, *topology);
  ASSERT_FALSE(communicator);
  EXPECT_EQ(communicator.errors().at(0).code, "COMM0003");
  EXPECT_THAT(communicator.errors().at(0).message, HasSubstr("WORLD_SIZE is 2"));
  EXPECT_THAT(communicator.errors().at(0).message, HasSubstr("4 ranks"));
}

TEST(Communicator, AnUnknownInterfaceIsNamed) {
  const auto topology = Topology::Make({.world = 2, .pipeline = 2});
  const auto communicator = Communicator::Connect({0, 2, "127.0.0.1", 1, "nosuchif0"}, *topology);
  ASSERT_FALSE(communicator);
  EXPECT_EQ(communicator.errors().at(0).code, "COMM0004");
  EXPECT_THAT(communicator.errors().at(0).message, HasSubstr("nosuchif0"));
}

TEST(Communicator, ARankThatNeverStartsFailsTheOthersWithinTheTimeout) {
  const auto ranks = RunRanks(
      2,
      [](const Rendezvous& rendezvous) {
        if (rendezvous.rank == 1) return std::string("absent");
        Join(rendezvous, {.world = 2, .pipeline = 2}, std::chrono::seconds(2));
        return std::string("joined");
      },
      std::chrono::seconds(30));
  EXPECT_EQ(ranks[0].exit_code, 3) << ranks[0].report;
  EXPECT_THAT(ranks[0].report, HasSubstr("did not meet at 127.0.0.1"));
  EXPECT_THAT(ranks[0].report, HasSubstr("ranks that did not join: 1; did every rank start?"));
}

TEST(Communicator, ARankThatDiesFailsTheOthersAtOnce) {
  const auto start = std::chrono::steady_clock::now();
  const auto ranks = RunRanks(
      4,
      [](const Rendezvous& rendezvous) -> std::string {
        const auto communicator = Join(rendezvous, {.world = 4, .pipeline = 2, .expert = 2});
        communicator->world().Barrier();
        if (rendezvous.rank == 2) std::_Exit(9);
        const auto tensor = torch::ones({100000});
        for (;;) communicator->world().AllReduceSum(tensor);
      },
      std::chrono::seconds(60));
  EXPECT_LT(std::chrono::steady_clock::now() - start, std::chrono::seconds(15));
  EXPECT_EQ(ranks[2].exit_code, 9);
  for (const std::size_t survivor : {0u, 1u, 3u}) {
    EXPECT_EQ(ranks[survivor].exit_code, 3);
    EXPECT_FALSE(ranks[survivor].timed_out);
    EXPECT_THAT(ranks[survivor].report, HasSubstr("in the world group (ranks 0, 1, 2, 3) failed"));
  }
}

TEST(Communicator, ARankThatStallsFailsTheOthersWithinTheTimeout) {
  const auto ranks = RunRanks(
      2,
      [](const Rendezvous& rendezvous) {
        const auto communicator =
            Join(rendezvous, {.world = 2, .pipeline = 2}, std::chrono::seconds(2));
        if (rendezvous.rank == 1) {
          std::this_thread::sleep_for(std::chrono::seconds(6));
          return std::string("slept");
        }
        const auto tensor = torch::empty({8});
        communicator->group(GroupKind::kPipeline).Receive(tensor, 1, 0).Wait();
        return std::string("received");
      },
      std::chrono::seconds(30));
  EXPECT_EQ(ranks[0].exit_code, 3);
  EXPECT_THAT(ranks[0].report,
              HasSubstr("receive of 8 elements from rank 1 in the pipeline group (ranks 0, 1)"));
}

// Rank r sends to rank d the rows of |rows| whose first value names d; checks what arrives and that
// gradients come home to the rows that they belong to.
TEST(ProcessGroupExchange, RowsArriveAndTheirGradientsComeBack) {
  for (const bool uneven : {false, true}) {
    ExpectAllReturned(RunRanks(3, [uneven](const Rendezvous& rendezvous) {
      const auto communicator = Join(rendezvous, {.world = 3, .expert = 3});
      ProcessGroupExchange exchange(communicator->group(GroupKind::kExpert));
      const std::int64_t me = exchange.rank();
      // Uneven: rank 0 sends nothing at all, rank 2 receives nothing.
      std::vector<std::int64_t> send = {me + 1, 2, 3};
      if (uneven)
        send = me == 0 ? std::vector<std::int64_t>{0, 0, 0} : std::vector<std::int64_t>{4, me, 0};
      const auto received = exchange.ExchangeCounts(torch::tensor(send).view({3, 1})).flatten();
      const std::vector<std::int64_t> receive(received.data_ptr<std::int64_t>(),
                                              received.data_ptr<std::int64_t>() + 3);
      std::vector<torch::Tensor> parts;
      for (std::int64_t to = 0; to < 3; ++to) {
        parts.push_back(torch::full({send[static_cast<std::size_t>(to)], 5},
                                    static_cast<double>(10 * me + to)));
      }
      const auto rows = torch::cat(parts).requires_grad_(true);
      const auto arrived = exchange.AllToAll(rows, send, receive);
      std::int64_t at = 0;
      for (std::int64_t from = 0; from < 3; ++from) {
        const auto part = arrived.narrow(0, at, receive[static_cast<std::size_t>(from)]);
        Check(part.eq(static_cast<double>(10 * from + me)).all().item<bool>(), "rows");
        at += part.size(0);
      }
      Check(at == arrived.size(0), "row count");
      // Destination d weighs its rows with d + 1, so a row's gradient names where it went.
      (arrived.sum() * static_cast<double>(me + 1)).backward();
      at = 0;
      for (std::int64_t to = 0; to < 3; ++to) {
        const auto part = rows.grad().narrow(0, at, send[static_cast<std::size_t>(to)]);
        Check(part.eq(static_cast<double>(to + 1)).all().item<bool>(), "gradient");
        at += part.size(0);
      }
      communicator->world().Barrier();
      return std::string();
    }));
  }
}

TEST(ProcessGroupExchange, IsTheIdentityInAGroupOfOne) {
  const auto group = MakeSoloGroup("expert-parallel", 0);
  ProcessGroupExchange exchange(*group);
  const auto counts = torch::tensor({3}, torch::kInt64).view({1, 1});
  EXPECT_TRUE(exchange.ExchangeCounts(counts).equal(counts));
  const auto rows = torch::rand({3, 4}, torch::requires_grad());
  const auto arrived = exchange.AllToAll(rows, {3}, {3});
  EXPECT_TRUE(arrived.equal(rows));
  arrived.sum().backward();
  EXPECT_TRUE(rows.grad().eq(1).all().item<bool>());
}

TEST(ProcessGroup, RefusesCallsThatCannotBeMatched) {
  const auto group = MakeSoloGroup("pipeline", 0);
  EXPECT_THROW(group->Send(torch::ones({1}), 0, 0), std::logic_error);
  EXPECT_THROW(group->Receive(torch::ones({1}), 1, 0), std::logic_error);
  EXPECT_THROW(group->AllReduceSum(torch::ones({4, 4}).t().narrow(0, 0, 2)), std::logic_error);
  EXPECT_THROW(group->AllToAll(torch::ones({2, 1}), torch::ones({3, 1}), {3}, {3}),
               std::logic_error);
}

}  // namespace
}  // namespace nam56r::runtime
