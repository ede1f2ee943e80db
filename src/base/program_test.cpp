#include "src/base/program.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <unistd.h>

#include <thread>

namespace nam56r::base {
namespace {

using ::testing::HasSubstr;
using namespace std::chrono_literals;

Program Sh(std::string script) {
  Program program;
  program.argv = {"/bin/sh", "-c", std::move(script)};
  program.environment = {{"PATH", "/usr/bin:/bin"}};
  return program;
}

TEST(Program, SaysWhatItWasTold) {
  Program program = Sh("cat; echo \"$GREETING\" >&2; pwd; exit 3");
  program.environment["GREETING"] = "hello";
  program.directory = "/usr";
  program.input = std::string(300'000, 'x') + "\n";  // more than a pipe holds
  const ProgramEnd end = RunProgram(program);
  EXPECT_TRUE(end.started);
  EXPECT_EQ(end.why_not, "");
  EXPECT_EQ(end.exit_code, 3);
  EXPECT_FALSE(end.succeeded());
  EXPECT_EQ(end.out, program.input + "/usr\n");
  EXPECT_EQ(end.err, "hello\n");
}

TEST(Program, InheritsNothing) {
  ::setenv("NAM56R_TEST_SECRET", "x", 1);
  Program program;
  program.argv = {"env"};  // found by this process's PATH
  program.environment = {{"ONLY", "this"}};
  EXPECT_EQ(RunProgram(program).out, "ONLY=this\n");
}

TEST(Program, OneThatDoesNotReadItsInputEndsAllTheSame) {
  Program program = Sh("exit 0");
  program.input = std::string(1 << 20, 'x');
  EXPECT_TRUE(RunProgram(program).succeeded());
}

TEST(Program, WhatGoesWrongIsSaid) {
  Program missing;
  missing.argv = {"/no/such/program"};
  EXPECT_FALSE(RunProgram(missing).started);
  EXPECT_THAT(RunProgram(missing).why_not, HasSubstr("/no/such/program"));
  EXPECT_THAT(RunProgram({}).why_not, HasSubstr("no program"));

  Program slow = Sh("sleep 60 & sleep 60");
  slow.limit = 100ms;
  const ProgramEnd late = RunProgram(slow);
  EXPECT_TRUE(late.timed_out);
  EXPECT_EQ(late.signal, SIGKILL);
  EXPECT_EQ(late.why_not, "it took longer than 0.1 s");

  Program loud = Sh("yes");
  loud.max_out = 1000;
  EXPECT_TRUE(RunProgram(loud).too_much);

  Program complains = Sh("yes complaint | head -c 100000 >&2; echo last >&2");
  complains.max_err = 100;
  EXPECT_EQ(RunProgram(complains).err.size(), 100U);
  EXPECT_THAT(RunProgram(complains).err, HasSubstr("last"));

  EXPECT_EQ(RunProgram(Sh("kill -9 $$")).signal, SIGKILL);
}

TEST(Program, NothingOfItsGroupIsLeft) {
  const ProgramEnd end = RunProgram(Sh("sleep 600 >/dev/null 2>&1 & echo $!"));
  const pid_t left = std::stoi(end.out);
  for (int i = 0; i < 500 && ::kill(left, 0) == 0; ++i) std::this_thread::sleep_for(10ms);
  // A zombie of a reaper that is slow counts as ended.
  if (::kill(left, 0) == 0) {
    std::ifstream stat("/proc/" + std::to_string(left) + "/stat");
    std::string text;
    std::getline(stat, text);
    EXPECT_THAT(text, HasSubstr(") Z "));
  }
}

}  // namespace
}  // namespace nam56r::base
