#include "runtime/train/events.h"

#include <gtest/gtest.h>

#include <cmath>
#include <nlohmann/json.hpp>
#include <sstream>

namespace nam56r::runtime {
namespace {

TEST(EventWriter, WritesOneLineForAnEvent) {
  std::ostringstream out;
  EventWriter events(out);
  events.Write({{"event", "step"}, {"step", 3}, {"loss", 2.5}});
  events.Write({{"event", "done"}, {"note", "two\nlines"}});
  EXPECT_EQ(out.str(),
            "@nam56r {\"event\":\"step\",\"step\":3,\"loss\":2.5}\n"
            "@nam56r {\"event\":\"done\",\"note\":\"two\\nlines\"}\n");
}

TEST(EventWriter, WritesANumberThatJsonCannotCarryAsNull) {
  std::ostringstream out;
  EventWriter events(out);
  events.Write({{"event", "step"}, {"loss", std::nan("")}});
  EXPECT_EQ(out.str(), "@nam56r {\"event\":\"step\",\"loss\":null}\n");
}

}  // namespace
}  // namespace nam56r::runtime
