#include "src/base/digest.h"

#include <gtest/gtest.h>

#include "src/base/files.h"
#include "src/base/temporary_directory.h"

namespace nam56r::base {
namespace {

// FIPS 180-4 examples.
TEST(Digest, IsSha256) {
  EXPECT_EQ(Sha256(""), "sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  EXPECT_EQ(Sha256("abc"),
            "sha256:ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  EXPECT_EQ(Sha256(std::string(1000000, 'a')),
            "sha256:cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0");
}

TEST(Digest, OfAFileIsThatOfItsBytes) {
  const TemporaryDirectory folder;
  const std::string bytes(3000001, '\xe5');
  ASSERT_TRUE(WriteFileAtomically(folder.path() / "a", bytes, Surface::kPlan));
  EXPECT_EQ(*Sha256OfFile(folder.path() / "a", Surface::kPlan), Sha256(bytes));
}

TEST(Digest, RefusesWhatIsNotAFile) {
  const TemporaryDirectory folder;
  EXPECT_EQ(Sha256OfFile(folder.path(), Surface::kPlan).errors()[0].code, "BASE0001");
  EXPECT_EQ(Sha256OfFile(folder.path() / "none", Surface::kPlan).errors()[0].code, "BASE0001");
}

}  // namespace
}  // namespace nam56r::base
