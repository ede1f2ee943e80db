#include "runtime/comm/topology.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>

namespace nam56r::runtime {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

TEST(Topology, LaptopLayoutPutsDataParallelRanksSideBySide) {
  const auto topology = Topology::Make({.world = 4, .pipeline = 2, .expert = 2});
  ASSERT_TRUE(topology);
  EXPECT_EQ(topology->data(), 2);
  EXPECT_EQ(topology->expert_data(), 1);
  EXPECT_THAT(topology->Members(GroupKind::kData, 0), ElementsAre(0, 1));
  EXPECT_THAT(topology->Members(GroupKind::kData, 3), ElementsAre(2, 3));
  EXPECT_THAT(topology->Members(GroupKind::kExpert, 2), ElementsAre(2, 3));
  EXPECT_THAT(topology->Members(GroupKind::kExpertData, 2), ElementsAre(2));
  EXPECT_THAT(topology->Members(GroupKind::kPipeline, 1), ElementsAre(1, 3));
  EXPECT_THAT(topology->Members(GroupKind::kEmbedding, 3), ElementsAre(1, 3));
  EXPECT_EQ(topology->At(3), (Coordinates{.data = 1, .stage = 1, .expert = 1}));
}

// The worked example of Megatron-Core's parallel_state.py: 16 GPUs, TP 2, PP 4.
TEST(Topology, AgreesWithMegatronsDocumentedExample) {
  const auto topology = Topology::Make({.world = 16, .tensor = 2, .pipeline = 4});
  ASSERT_TRUE(topology);
  EXPECT_THAT(topology->Members(GroupKind::kData, 0), ElementsAre(0, 2));
  EXPECT_THAT(topology->Members(GroupKind::kData, 15), ElementsAre(13, 15));
  EXPECT_THAT(topology->Members(GroupKind::kTensor, 6), ElementsAre(6, 7));
  EXPECT_THAT(topology->Members(GroupKind::kPipeline, 1), ElementsAre(1, 5, 9, 13));
  EXPECT_THAT(topology->Members(GroupKind::kEmbedding, 1), ElementsAre(1, 13));
  EXPECT_THAT(topology->Members(GroupKind::kEmbedding, 5), ElementsAre(5));
}

// Every layout of up to 24 ranks.
class EveryLayout : public ::testing::Test {
 protected:
  template <class F>
  void ForEach(F f) {
    int seen = 0;
    for (std::int64_t world : {1, 2, 4, 6, 8, 12, 16, 24})
      for (std::int64_t tp : {1, 2, 3})
        for (std::int64_t cp : {1, 2})
          for (std::int64_t pp : {1, 2, 3, 4})
            for (std::int64_t ep : {1, 2, 4})
              for (std::int64_t etp : {1, 2}) {
                const auto topology = Topology::Make({.world = world,
                                                      .tensor = tp,
                                                      .context = cp,
                                                      .pipeline = pp,
                                                      .expert = ep,
                                                      .expert_tensor = etp});
                const bool divides = world % (tp * cp * pp) == 0 && world % (ep * etp * pp) == 0;
                ASSERT_EQ(topology.ok(), divides);
                if (!divides) continue;
                ++seen;
                f(*topology, tp, cp, pp, ep, etp);
                if (HasFatalFailure()) return;
              }
    EXPECT_GT(seen, 100);
  }
};

TEST_F(EveryLayout, GroupsOfEachKindPartitionTheWorld) {
  ForEach([](const Topology& topology, auto...) {
    for (const GroupKind kind : kGroupKinds) {
      std::set<std::vector<std::int64_t>> groups;
      for (std::int64_t rank = 0; rank < topology.world(); ++rank) {
        const auto members = topology.Members(kind, rank);
        ASSERT_THAT(members, ::testing::Contains(rank));
        groups.insert(members);
      }
      std::multiset<std::int64_t> all;
      for (const auto& group : groups) all.insert(group.begin(), group.end());
      ASSERT_EQ(std::ssize(all), topology.world()) << NameOf(kind);
      for (std::int64_t rank = 0; rank < topology.world(); ++rank) ASSERT_EQ(all.count(rank), 1u);
    }
  });
}

TEST_F(EveryLayout, GroupsHaveTheSizeOfTheirAxis) {
  ForEach([](const Topology& topology, std::int64_t tp, std::int64_t cp, std::int64_t pp,
             std::int64_t ep, std::int64_t etp) {
    for (std::int64_t rank = 0; rank < topology.world(); ++rank) {
      ASSERT_EQ(std::ssize(topology.Members(GroupKind::kTensor, rank)), tp);
      ASSERT_EQ(std::ssize(topology.Members(GroupKind::kContext, rank)), cp);
      ASSERT_EQ(std::ssize(topology.Members(GroupKind::kPipeline, rank)), pp);
      ASSERT_EQ(std::ssize(topology.Members(GroupKind::kExpert, rank)), ep);
      ASSERT_EQ(std::ssize(topology.Members(GroupKind::kExpertTensor, rank)), etp);
      ASSERT_EQ(std::ssize(topology.Members(GroupKind::kData, rank)) * tp * cp * pp,
                topology.world());
      ASSERT_EQ(std::ssize(topology.Members(GroupKind::kExpertData, rank)) * ep * etp * pp,
                topology.world());
    }
  });
}

TEST_F(EveryLayout, GroupsOtherThanPipelineStayOnOneStage) {
  ForEach([](const Topology& topology, auto...) {
    for (const GroupKind kind : kGroupKinds) {
      if (kind == GroupKind::kPipeline || kind == GroupKind::kEmbedding) continue;
      for (std::int64_t rank = 0; rank < topology.world(); ++rank) {
        for (const std::int64_t member : topology.Members(kind, rank)) {
          ASSERT_EQ(topology.At(member).stage, topology.At(rank).stage);
        }
      }
    }
  });
}

TEST_F(EveryLayout, ExpertGroupsLieWithinDataParallelGroupsWithoutTensorOrContextParallelism) {
  ForEach([](const Topology& topology, std::int64_t tp, std::int64_t cp, std::int64_t, std::int64_t,
             std::int64_t etp) {
    if (tp * cp * etp != 1) return;
    for (std::int64_t rank = 0; rank < topology.world(); ++rank) {
      ASSERT_THAT(topology.Members(GroupKind::kData, rank),
                  ::testing::IsSupersetOf(topology.Members(GroupKind::kExpert, rank)));
      const Coordinates at = topology.At(rank);
      ASSERT_EQ(at.data, at.expert + at.expert_data * topology.expert());
    }
  });
}

TEST_F(EveryLayout, AMembersPositionIsItsCoordinate) {
  ForEach([](const Topology& topology, auto...) {
    for (std::int64_t rank = 0; rank < topology.world(); ++rank) {
      const Coordinates at = topology.At(rank);
      auto member = [&](GroupKind kind, std::int64_t i) {
        return topology.Members(kind, rank).at(static_cast<std::size_t>(i));
      };
      ASSERT_EQ(member(GroupKind::kData, at.data), rank);
      ASSERT_EQ(member(GroupKind::kPipeline, at.stage), rank);
      ASSERT_EQ(member(GroupKind::kExpert, at.expert), rank);
      ASSERT_EQ(member(GroupKind::kExpertData, at.expert_data), rank);
    }
  });
}

TEST(Topology, RefusesAWorldThatTheSizesDoNotDivideAndNamesBoth) {
  const auto topology = Topology::Make({.world = 6, .pipeline = 4, .expert = 5});
  ASSERT_FALSE(topology);
  ASSERT_EQ(topology.errors().size(), 2u);
  EXPECT_EQ(topology.errors()[0].code, "COMM0001");
  EXPECT_THAT(topology.errors()[0].message, HasSubstr("6 ranks"));
  EXPECT_THAT(topology.errors()[0].message, HasSubstr("PP 4"));
  EXPECT_THAT(topology.errors()[1].message, HasSubstr("EP 5"));
}

TEST(Topology, RefusesSizesBelowOneAllAtOnce) {
  const auto topology = Topology::Make({.world = 0, .pipeline = -1});
  ASSERT_FALSE(topology);
  EXPECT_EQ(topology.errors().size(), 2u);
}

}  // namespace
}  // namespace nam56r::runtime
