#include "runtime/comm/rendezvous.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>

namespace nam56r::runtime {
namespace {

using ::testing::HasSubstr;

base::Expected<Rendezvous> From(const std::map<std::string, std::string>& environment) {
  return RendezvousFromEnvironment([&](const char* name) -> const char* {
    const auto found = environment.find(name);
    return found == environment.end() ? nullptr : found->second.c_str();
  });
}

const std::map<std::string, std::string> kGood = {{"RANK", "3"},
                                                  {"WORLD_SIZE", "4"},
                                                  {"MASTER_ADDR", "127.0.0.1"},
                                                  {"MASTER_PORT", "29500"},
                                                  {"GLOO_SOCKET_IFNAME", "lo"}};

TEST(Rendezvous, ReadsItsPlaceFromTheEnvironment) {
  const auto rendezvous = From(kGood);
  ASSERT_TRUE(rendezvous);
  EXPECT_EQ(rendezvous->rank, 3);
  EXPECT_EQ(rendezvous->world_size, 4);
  EXPECT_EQ(rendezvous->master_address, "127.0.0.1");
  EXPECT_EQ(rendezvous->master_port, 29500);
  EXPECT_EQ(rendezvous->interface, "lo");
}

TEST(Rendezvous, NamesEveryMissingVariableAtOnce) {
  const auto rendezvous = From({});
  ASSERT_FALSE(rendezvous);
  std::vector<std::string> fields;
  for (const auto& error : rendezvous.errors()) {
    EXPECT_EQ(error.code, "COMM0002");
    EXPECT_EQ(error.surface, base::Surface::kHost);
    fields.push_back(error.fields.at(0));
  }
  EXPECT_THAT(fields,
              ::testing::UnorderedElementsAre("RANK", "WORLD_SIZE", "MASTER_ADDR", "MASTER_PORT"));
}

TEST(Rendezvous, RefusesARankOutsideTheWorld) {
  auto environment = kGood;
  environment["RANK"] = "4";
  const auto rendezvous = From(environment);
  ASSERT_FALSE(rendezvous);
  EXPECT_THAT(rendezvous.errors().at(0).message, HasSubstr("RANK=4 is not an integer from 0 to 3"));
}

class BadValue : public ::testing::TestWithParam<std::pair<const char*, const char*>> {};

TEST_P(BadValue, IsRefusedByName) {
  auto environment = kGood;
  environment[GetParam().first] = GetParam().second;
  const auto rendezvous = From(environment);
  ASSERT_FALSE(rendezvous);
  EXPECT_EQ(rendezvous.errors().at(0).fields.at(0), GetParam().first);
}

INSTANTIATE_TEST_SUITE_P(
    All, BadValue,
    ::testing::Values(std::pair{"RANK", "-1"}, std::pair{"RANK", "one"}, std::pair{"RANK", ""},
                      std::pair{"RANK", "1 "}, std::pair{"WORLD_SIZE", "0"},
                      std::pair{"WORLD_SIZE", "4x"},
                      std::pair{"WORLD_SIZE", "99999999999999999999"}, std::pair{"MASTER_ADDR", ""},
                      std::pair{"MASTER_PORT", "0"}, std::pair{"MASTER_PORT", "65536"},
                      std::pair{"MASTER_PORT", "0x50"}));

}  // namespace
}  // namespace nam56r::runtime
