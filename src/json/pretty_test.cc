#include "json/pretty.h"

#include <gtest/gtest.h>

namespace cruddur::json {
namespace {

TEST(Pretty, PutsOneMemberOnALine) {
  EXPECT_EQ(Pretty(R"({"a":1,"b":[true,{"c":"x"}],"d":{}})"),
            "{\n  \"a\": 1,\n  \"b\": [\n    true,\n    {\n      \"c\": \"x\"\n    }\n  ],\n"
            "  \"d\": {}\n}");
}

TEST(Pretty, LeavesStringsAlone) {
  EXPECT_EQ(Pretty(R"(["{,:\"\\",""])"), "[\n  \"{,:\\\"\\\\\",\n  \"\"\n]");
}

TEST(Pretty, KeepsWhatHasNoInside) {
  EXPECT_EQ(Pretty("[]"), "[]");
  EXPECT_EQ(Pretty("-1.5"), "-1.5");
}

}  // namespace
}  // namespace cruddur::json
