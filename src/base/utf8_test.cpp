#include "src/base/utf8.h"

#include <gtest/gtest.h>

namespace nam56r::base {
namespace {

TEST(Utf8, TellsValidFromInvalid) {
  EXPECT_TRUE(IsUtf8(""));
  EXPECT_TRUE(IsUtf8("a\xc3\xa9\xe2\x82\xac\xf0\x9f\x98\x80"));
  for (const char* bad : {"\x80", "\xc0\x80", "\xc3", "\xe0\x80\x80", "\xed\xa0\x80",
                          "\xf0\x80\x80\x80", "\xf4\x90\x80\x80", "\xff", "\xe2\x82"}) {
    EXPECT_FALSE(IsUtf8(bad));
  }
}

TEST(Utf8, ReplacesInvalidBytesOnly) {
  EXPECT_EQ(WithValidUtf8("a\xff\xc3\xa9"), "a\xef\xbf\xbd\xc3\xa9");
}

TEST(Utf8, EscapesWhatATerminalWouldObey) {
  EXPECT_EQ(EscapeControls("a\x1b[31mb\n\tc\x7f\xff"), "a\\x1b[31mb\\n\\tc\\x7f\\xff");
  EXPECT_EQ(EscapeControls("\xc2\x9b"), "\\u{9b}");        // C1 control sequence introducer
  EXPECT_EQ(EscapeControls("\xe2\x80\xae"), "\\u{202e}");  // right-to-left override
  EXPECT_EQ(EscapeControls("a\nb\x01", "\n"), "a\nb\\x01");
  EXPECT_EQ(EscapeControls("gr\xc3\xbc\xc3\x9f"), "gr\xc3\xbc\xc3\x9f");
}

TEST(Utf8, CountsCodePoints) {
  EXPECT_EQ(CodePoints("a\xc3\xa9\xe2\x82\xac"), 3u);
  EXPECT_EQ(CodePoints("\xff\xfe"), 2u);
}

}  // namespace
}  // namespace nam56r::base
