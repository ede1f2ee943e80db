#include "src/launch/bisect/search.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <random>
#include <set>

namespace nam56r::launch::bisect {
namespace {

using ::testing::ElementsAre;

/// Fails with all of |planted|; some sets cannot be tried.
class World {
 public:
  World(ChangeSet planted, std::size_t count, unsigned seed, unsigned unresolved_percent)
      : planted_(std::move(planted)),
        count_(count),
        seed_(seed),
        unresolved_percent_(unresolved_percent) {}

  std::optional<Verdict> operator()(const ChangeSet& set) {
    EXPECT_TRUE(std::is_sorted(set.begin(), set.end()));
    if (answers_.emplace(set, 0).second) ++trials_;
    if (trials_ > most_) return std::nullopt;
    if (set != planted_ && set.size() != count_ && Mixed(set) % 100 < unresolved_percent_) {
      return Verdict::kUnresolved;
    }
    return Fails(set) ? Verdict::kFails : Verdict::kWorks;
  }
  bool Fails(const ChangeSet& set) const {
    return std::includes(set.begin(), set.end(), planted_.begin(), planted_.end());
  }
  std::size_t trials() const { return trials_; }
  void StopAfter(std::size_t trials) { most_ = trials; }

 private:
  std::size_t Mixed(const ChangeSet& set) const {
    std::size_t hash = seed_ + 1;
    for (const std::size_t change : set) {
      hash = (hash ^ (change + 1)) * 0x9E3779B97F4A7C15ull;
      hash ^= hash >> 29;
    }
    return hash;
  }

  ChangeSet planted_;
  std::size_t count_;
  unsigned seed_;
  unsigned unresolved_percent_;
  std::map<ChangeSet, int> answers_;
  std::size_t trials_ = 0;
  std::size_t most_ = 100000;
};

Culprits Find(World& world, const std::vector<std::size_t>& surfaces) {
  return FindCulprits(surfaces, [&](const ChangeSet& set) { return world(set); });
}

ChangeSet Planted(std::mt19937& random, std::size_t size, std::size_t count) {
  std::set<std::size_t> planted;
  while (planted.size() < size) planted.insert(random() % count);
  return {planted.begin(), planted.end()};
}

// The acceptance line: forty differences, sixty trials.
TEST(FindCulprits, FindsPlantedSinglesPairsAndTriplesAmongForty) {
  constexpr std::size_t kCount = 40;
  constexpr unsigned kSeeds = 200;
  std::vector<std::size_t> surfaces(kCount, 1);
  std::fill(surfaces.begin(), surfaces.begin() + 8, 0);
  for (const unsigned unresolved : {0u, 20u}) {
    for (std::size_t size = 1; size <= 3; ++size) {
      std::vector<std::size_t> trials;
      unsigned exact = 0;
      for (unsigned seed = 0; seed < kSeeds; ++seed) {
        std::mt19937 random(seed);
        const ChangeSet planted = Planted(random, size, kCount);
        World world(planted, kCount, seed, unresolved);
        const Culprits culprits = Find(world, surfaces);
        EXPECT_TRUE(world.Fails(culprits.changes));
        EXPECT_FALSE(culprits.stopped);
        if (unresolved == 0) {
          EXPECT_TRUE(culprits.one_minimal);
          EXPECT_EQ(culprits.changes, planted) << seed;
        }
        if (culprits.one_minimal) {
          EXPECT_EQ(culprits.changes, planted) << seed;
        }
        exact += culprits.changes == planted ? 1 : 0;
        trials.push_back(world.trials());
      }
      std::sort(trials.begin(), trials.end());
      std::printf(
          "%zu planted, %u %% unresolved: %zu trials at most, %zu in the middle, "
          "%u of %u exact\n",
          size, unresolved, trials.back(), trials[kSeeds / 2], exact, kSeeds);
      EXPECT_LE(trials.back(), 60u) << size << " planted, " << unresolved << " % unresolved";
      EXPECT_GE(exact, kSeeds * 95 / 100);
    }
  }
}

TEST(FindCulprits, TriesEachSurfaceWholeFirst) {
  World world({5}, 6, 0, 0);
  std::vector<ChangeSet> asked;
  const Culprits culprits = FindCulprits({0, 0, 0, 1, 1, 2}, [&](const ChangeSet& set) {
    asked.push_back(set);
    return world(set);
  });
  EXPECT_THAT(culprits.changes, ElementsAre(5));
  ASSERT_GE(asked.size(), 3u);
  EXPECT_EQ(asked[0], (ChangeSet{0, 1, 2}));
  EXPECT_EQ(asked[1], (ChangeSet{3, 4}));
  EXPECT_EQ(asked[2], (ChangeSet{5}));
}

TEST(FindCulprits, OneChangeNeedsNoTrial) {
  World world({0}, 1, 0, 0);
  EXPECT_THAT(Find(world, {0}).changes, ElementsAre(0));
  EXPECT_EQ(world.trials(), 0u);
}

TEST(FindCulprits, ChangesThatOnlyGoTogetherStayTogether) {
  // 2 and 3 are a mix that cannot be tried apart; 3 is the culprit.
  const auto ask = [](const ChangeSet& set) -> std::optional<Verdict> {
    const bool two = std::binary_search(set.begin(), set.end(), 2u);
    const bool three = std::binary_search(set.begin(), set.end(), 3u);
    if (two != three) return Verdict::kUnresolved;
    return three ? Verdict::kFails : Verdict::kWorks;
  };
  const Culprits culprits = FindCulprits(std::vector<std::size_t>(9, 0), ask);
  EXPECT_THAT(culprits.changes, ElementsAre(2, 3));
  EXPECT_FALSE(culprits.one_minimal);
  EXPECT_THAT(culprits.undecided, ElementsAre(2, 3));
}

TEST(FindCulprits, WhatIsNotMonotoneStillEndsWithASetThatFailsAndCannotShrink) {
  // 0 breaks it, 1 mends that, 4 breaks it again.
  const auto ask = [](const ChangeSet& set) -> std::optional<Verdict> {
    const auto has = [&](std::size_t change) {
      return std::binary_search(set.begin(), set.end(), change);
    };
    return (has(0) && !has(1)) || has(4) ? Verdict::kFails : Verdict::kWorks;
  };
  const Culprits culprits = FindCulprits(std::vector<std::size_t>(8, 0), ask);
  EXPECT_TRUE(culprits.one_minimal);
  EXPECT_EQ(culprits.changes.size(), 1u);
}

TEST(FindCulprits, StopsWithTheSmallestFailingSetSoFar) {
  World world({3, 17}, 40, 0, 0);
  world.StopAfter(6);
  const Culprits culprits = Find(world, std::vector<std::size_t>(40, 0));
  EXPECT_TRUE(culprits.stopped);
  EXPECT_FALSE(culprits.one_minimal);
  EXPECT_TRUE(world.Fails(culprits.changes));
  EXPECT_LT(culprits.changes.size(), 40u);
}

}  // namespace
}  // namespace nam56r::launch::bisect
