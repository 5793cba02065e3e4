#include "dynamo/shown_value.h"

#include <gtest/gtest.h>

#include "dynamo/common_shapes.h"

namespace cruddur::dynamo {
namespace {

constexpr Member kThingMembers[] = {{"Name", &kText}, {"SIZE", &kLimit}, {"Item", &kItemShape}};
constexpr Shape kThing{.kind = ShapeKind::kStructure, .type = "Thing", .members = kThingMembers};
constexpr Shape kThings{.kind = ShapeKind::kList, .element = &kThing};
constexpr Shape kThingMap{.kind = ShapeKind::kMap, .key = &kText, .element = &kThings};

std::string Shown(std::string_view text, const Shape& shape) {
  json::Document document;
  return ShownValue(*document.Parse(text), shape);
}

TEST(ShownValue, PrintsStructuresAsJavaDoes) {
  EXPECT_EQ(Shown("[]", kThings), "[]");
  EXPECT_EQ(Shown(R"([{"Name": "a b", "SIZE": 3, "more": 1}, {"Name": null}])", kThings),
            "[Thing(name=a b, sIZE=3, item=null), Thing(name=null, sIZE=null, item=null)]");
  EXPECT_EQ(Shown(R"({"x": [], "y": [{}]})", kThingMap),
            "{x=[], y=[Thing(name=null, sIZE=null, item=null)]}");
}

TEST(ShownValue, PrintsAttributesWithAllTheirTypes) {
  EXPECT_EQ(Shown(R"({"pk": {"S": "v"}, "l": {"L": [{"BOOL": true}]}})", kItemShape),
            "{pk=AttributeValue(s=v, n=null, b=null, iNT=null, dECIMAL=null, dOUBLE=null, sS=null, "
            "nS=null, bS=null, iNTSET=null, dECIMALSET=null, dOUBLESET=null, m=null, l=null, "
            "nULL=null, bOOL=null), l=AttributeValue(s=null, n=null, b=null, iNT=null, "
            "dECIMAL=null, dOUBLE=null, sS=null, nS=null, bS=null, iNTSET=null, dECIMALSET=null, "
            "dOUBLESET=null, m=null, l=[AttributeValue(s=null, n=null, b=null, iNT=null, "
            "dECIMAL=null, dOUBLE=null, sS=null, nS=null, bS=null, iNTSET=null, dECIMALSET=null, "
            "dOUBLESET=null, m=null, l=null, nULL=null, bOOL=true)], nULL=null, bOOL=null)}");
}

TEST(ShownValue, BoundsWhatIsHostileAndClosesTheBrackets) {
  std::string many = R"({"x": [)";
  for (int i = 0; i < 50'000; ++i) many += i ? ", {}" : "{}";
  const std::string shown = Shown(many + "]}", kThingMap);
  EXPECT_LT(shown.size(), 5'000u);
  EXPECT_TRUE(shown.ends_with(")]}")) << shown.substr(shown.size() - 40);
  std::string huge;
  for (int i = 0; i < 10'000; ++i) huge += "ä";
  const std::string cut = Shown(R"([{"Name": ")" + huge + R"("}])", kThings);
  EXPECT_LT(cut.size(), 5'000u);
  EXPECT_TRUE(cut.ends_with("ä)]")) << cut.substr(cut.size() - 40);
}

}  // namespace
}  // namespace cruddur::dynamo
