#include "src/launch/bootstrap/seam_proofs.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace nam56r::launch {
namespace {

using nlohmann::json;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

RankEvent Event(std::int64_t rank, json event) {
  event["rank"] = rank;
  return {0, std::move(event)};  // one process may start several ranks
}
RankEvent Word(std::int64_t rank, const std::string& seam, bool proved,
               const std::vector<std::string>& where, const std::string& why = "") {
  return Event(
      rank,
      {{"event", "seam"}, {"seam", seam}, {"proved", proved}, {"where", where}, {"why", why}});
}
RankEvent Built(std::int64_t rank) { return Event(rank, {{"event", "model_built"}}); }
RankEvent Stepped(std::int64_t rank) { return Event(rank, {{"event", "first_step"}}); }

class SeamProofsTest : public ::testing::Test {
 protected:
  SeamProofsTest()
      : proofs_({{.id = "mixer", .without = "Mamba-2", .places = {"layer 1", "layer 9"}},
                 {.id = "preload", .without = "an abort", .by_event = true}},
                2) {}
  std::vector<std::string> Feed(const std::vector<RankEvent>& events) {
    std::vector<std::string> stops;
    for (const RankEvent& event : events) {
      if (auto why = proofs_.Feed(event)) stops.push_back(*why);
    }
    return stops;
  }
  SeamProofs proofs_;
};

TEST_F(SeamProofsTest, EveryRankProvesEverySeam) {
  EXPECT_THAT(
      Feed({Word(0, "mixer", true, {"layer 1"}), Built(0), Word(1, "mixer", true, {"layer 9"}),
            Built(1), Word(0, "preload", true, {"preload"}), Stepped(0)}),
      IsEmpty());
  EXPECT_THAT(proofs_.Missing(), ElementsAre("seam preload: rank 1 said nothing"));
  EXPECT_THAT(Feed({Word(1, "preload", true, {"preload"}), Stepped(1)}), IsEmpty());
  EXPECT_THAT(proofs_.Missing(), IsEmpty());
  const json document = proofs_.ToJson();
  EXPECT_EQ(document["stopped"], nullptr);
  EXPECT_EQ(document["seams"][0]["proved"], true);
  EXPECT_EQ(document["seams"][0]["ranks"][1]["where"], json({"layer 9"}));
}

TEST_F(SeamProofsTest, TheFirstThatFailsStopsTheRunOnce) {
  EXPECT_THAT(
      Feed({Word(1, "mixer", false, {"layer 9"}, "layer 9 is of class MambaMixer"),
            Word(0, "mixer", false, {"layer 1"}, "too"),
            Event(1, {{"event", "bootstrap_failed"}, {"seam", "mixer"}, {"why", "again"}})}),
      ElementsAre("required seam mixer did not prove itself on rank 1: layer 9 is of class "
                  "MambaMixer; without it: Mamba-2"));
  EXPECT_EQ(proofs_.ToJson()["stopped"], *proofs_.stopped());
  EXPECT_THAT(proofs_.Missing(), ElementsAre("seam mixer: rank 0: too",
                                             "seam mixer: rank 1: layer 9 is of class MambaMixer",
                                             "seam preload: ranks 0, 1 said nothing"));
}

TEST_F(SeamProofsTest, SilenceIsNoProof) {
  EXPECT_THAT(Feed({Built(1)}),
              ElementsAre(HasSubstr("mixer did not prove itself on rank 1: the rank has built its "
                                    "model and said nothing of it; without it: Mamba-2")));
}

TEST_F(SeamProofsTest, AnEventIsDueByTheEndOfTheFirstStep) {
  EXPECT_THAT(
      Feed({Word(0, "mixer", true, {"layer 1"}), Built(0), Stepped(0)}),
      ElementsAre(HasSubstr("preload did not prove itself on rank 0: the rank has trained")));
}

TEST_F(SeamProofsTest, WhatNoRankHoldsIsNotProved) {
  EXPECT_THAT(Feed({Word(0, "mixer", true, {"layer 1"}), Built(0),
                    Word(1, "mixer", true, {}, "no part of it is on this rank"), Built(1)}),
              ElementsAre(HasSubstr("no rank shows it on layer 9")));
  SeamProofs none({{.id = "embedding", .without = "no tables"}}, 1);
  EXPECT_FALSE(none.Feed(Word(0, "embedding", true, {})));
  EXPECT_THAT(none.Feed(Built(0)).value_or(""), HasSubstr("no rank shows it anywhere"));
  SeamProofs mtp({{.id = "mla", .without = "x", .places = {"layer 1"}, .mtp = true}}, 1);
  EXPECT_FALSE(mtp.Feed(Word(0, "mla", true, {"layer 1"})));
  EXPECT_THAT(mtp.Feed(Built(0)).value_or(""), HasSubstr("inside an MTP depth"));
}

TEST_F(SeamProofsTest, ABootstrapThatFailedIsCalledSo) {
  EXPECT_THAT(Feed({Event(1, {{"event", "bootstrap_failed"},
                              {"stage", "seams"},
                              {"seam", "mixer"},
                              {"why", "no provider"}})}),
              ElementsAre("seam mixer failed on rank 1: no provider"));
  SeamProofs other({}, 1);
  EXPECT_EQ(other.Feed(Event(0, {{"event", "bootstrap_failed"}, {"why", "NCCL_DEBUG differs"}})),
            "the bootstrap of rank 0 failed: NCCL_DEBUG differs");
  EXPECT_EQ(other.surface_class(), "host");
  EXPECT_EQ(proofs_.surface_class(), "seam");
}

// A rank writes what it likes.
TEST_F(SeamProofsTest, EventsOfAnotherShapeAreNoWord) {
  EXPECT_THAT(Feed({{0, json::array()},
                    {0, json{{"event", 1}}},
                    Word(2, "mixer", false, {}),
                    Word(-1, "mixer", false, {}),
                    Word(0, "unheard-of", false, {}),
                    Event(0, {{"event", "seam"}, {"seam", 3}, {"proved", false}})}),
              IsEmpty());
  EXPECT_THAT(Feed({Event(0, {{"event", "seam"}, {"seam", "mixer"}, {"where", 4}})}), SizeIs(1))
      << "a word that does not say that it is proved";
}

TEST_F(SeamProofsTest, ManySilentRanksAreOneLine) {
  SeamProofs many({{.id = "mixer", .without = "x"}}, 1000);
  EXPECT_THAT(many.Missing(),
              ElementsAre("seam mixer: ranks 0, 1, 2, 3, 4, 5, 6, 7 and 992 more said nothing"));
  EXPECT_THROW(SeamProofs({}, 0), std::logic_error);
}

}  // namespace
}  // namespace nam56r::launch
