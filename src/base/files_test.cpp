#include "src/base/files.h"

#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <atomic>
#include <fstream>
#include <string>
#include <thread>

#include "src/base/temporary_directory.h"

namespace nam56r::base {
namespace {

namespace fs = std::filesystem;

unsigned ModeOf(const fs::path& path) {
  struct stat status {};
  EXPECT_EQ(stat(path.c_str(), &status), 0);
  return status.st_mode & 07777u;
}

std::size_t EntriesIn(const fs::path& folder) {
  return static_cast<std::size_t>(
      std::distance(fs::directory_iterator(folder), fs::directory_iterator()));
}

TEST(Files, WhatIsWrittenIsRead) {
  const TemporaryDirectory folder;
  const fs::path file = folder.path() / "a.json";
  for (const std::string& bytes :
       {std::string(), std::string("a\0b\xff", 4), std::string(300000, 'x')}) {
    ASSERT_TRUE(WriteFileAtomically(file, bytes, Surface::kPlan));
    const auto got = ReadFile(file, Surface::kPlan);
    ASSERT_TRUE(got);
    EXPECT_EQ(*got, bytes);
  }
  EXPECT_EQ(EntriesIn(folder.path()), 1u) << "a temporary file was left behind";
}

TEST(Files, ArePrivateUnlessAskedOtherwise) {
  const TemporaryDirectory folder;
  const mode_t before = umask(0);
  ASSERT_TRUE(WriteFileAtomically(folder.path() / "a", "x", Surface::kPlan));
  EXPECT_EQ(ModeOf(folder.path() / "a"), 0600u);
  umask(077);
  ASSERT_TRUE(WriteFileAtomically(folder.path() / "b", "x", Surface::kPlan, 0644));
  EXPECT_EQ(ModeOf(folder.path() / "b"), 0644u);
  umask(before);
}

TEST(Files, ReadersSeeTheOldBytesOrTheNewOnes) {
  const TemporaryDirectory folder;
  const fs::path file = folder.path() / "a";
  const std::string one(200000, '1'), two(100000, '2');
  ASSERT_TRUE(WriteFileAtomically(file, one, Surface::kPlan));
  std::atomic<bool> done = false;
  std::thread writer([&] {
    for (int i = 0; i < 30; ++i) {
      EXPECT_TRUE(WriteFileAtomically(file, i % 2 == 0 ? two : one, Surface::kPlan));
    }
    done = true;
  });
  while (!done) {
    const auto got = ReadFile(file, Surface::kPlan);
    EXPECT_TRUE(got);
    if (got) {
      EXPECT_TRUE(*got == one || *got == two);
    }
  }
  writer.join();
}

TEST(Files, AMissingFileIsRefusedWithTheNearestName) {
  const TemporaryDirectory folder;
  ASSERT_TRUE(WriteFileAtomically(folder.path() / "nam56r-tiny.toml", "", Surface::kPlan));
  const auto got = ReadFile(folder.path() / "nam56r-tyni.toml", Surface::kHost);
  ASSERT_FALSE(got);
  EXPECT_EQ(got.errors()[0].code, "BASE0001");
  EXPECT_EQ(got.errors()[0].surface, Surface::kHost);
  EXPECT_NE(got.errors()[0].message.find("did you mean"), std::string::npos);
  EXPECT_EQ(got.errors()[0].valid.at(0), (folder.path() / "nam56r-tiny.toml").string());
}

TEST(Files, RefusesToReadWhatIsNotARegularFileOrTooLarge) {
  const TemporaryDirectory folder;
  ASSERT_EQ(mkfifo((folder.path() / "fifo").c_str(), 0600), 0);
  ASSERT_TRUE(WriteFileAtomically(folder.path() / "ten", "0123456789", Surface::kPlan));
  EXPECT_FALSE(ReadFile(folder.path(), Surface::kPlan));
  EXPECT_FALSE(ReadFile(folder.path() / "fifo", Surface::kPlan));
  EXPECT_FALSE(ReadFile("/dev/zero", Surface::kPlan));
  EXPECT_FALSE(ReadFile("", Surface::kPlan));
  EXPECT_FALSE(ReadFile(std::string("a\0b", 3), Surface::kPlan));
  EXPECT_FALSE(ReadFile(folder.path() / "ten", Surface::kPlan, 9));
  EXPECT_TRUE(ReadFile(folder.path() / "ten", Surface::kPlan, 10));
}

TEST(Files, FollowsLinksWhenReadingAndReplacesThemWhenWriting) {
  const TemporaryDirectory folder;
  const fs::path target = folder.path() / "target", link = folder.path() / "link";
  ASSERT_TRUE(WriteFileAtomically(target, "old", Surface::kPlan));
  fs::create_symlink(target, link);
  EXPECT_EQ(*ReadFile(link, Surface::kPlan), "old");
  ASSERT_TRUE(WriteFileAtomically(link, "new", Surface::kPlan));
  EXPECT_EQ(*ReadFile(target, Surface::kPlan), "old");
  EXPECT_FALSE(fs::is_symlink(link));
}

TEST(Files, RefusesToWriteWhereItCannot) {
  const TemporaryDirectory folder;
  const auto missing = WriteFileAtomically(folder.path() / "no" / "a", "x", Surface::kPolicy);
  ASSERT_FALSE(missing);
  EXPECT_EQ(missing.errors()[0].code, "BASE0004");
  EXPECT_FALSE(WriteFileAtomically(folder.path(), "x", Surface::kPolicy));
  EXPECT_FALSE(WriteFileAtomically("", "x", Surface::kPolicy));
  EXPECT_EQ(EntriesIn(folder.path()), 0u);
}

TEST(Files, NewDirectoriesArePrivateAndOldOnesStay) {
  const TemporaryDirectory folder;
  fs::permissions(folder.path(), fs::perms(0755));
  ASSERT_TRUE(MakePrivateDirectories(folder.path() / "a" / "b" / "", Surface::kPlan));
  EXPECT_EQ(ModeOf(folder.path() / "a"), 0700u);
  EXPECT_EQ(ModeOf(folder.path() / "a" / "b"), 0700u);
  EXPECT_EQ(ModeOf(folder.path()), 0755u);
  EXPECT_TRUE(MakePrivateDirectories(folder.path() / "a" / "b", Surface::kPlan));
  ASSERT_TRUE(WriteFileAtomically(folder.path() / "file", "x", Surface::kPlan));
  const auto refused = MakePrivateDirectories(folder.path() / "file" / "c", Surface::kPlan);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.errors()[0].code, "BASE0004");
}

}  // namespace
}  // namespace nam56r::base
