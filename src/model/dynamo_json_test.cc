#include "model/dynamo_json.h"

#include <gtest/gtest.h>
#include <rapidcheck.h>

#include "model/arbitrary_value.h"

namespace cruddur::model {
namespace {

std::string Outcome(std::string_view json) {
  json::Document document;
  auto root = document.Parse(json);
  if (!root) return "not JSON: " + root.error().message;
  auto value = ReadAttributeValue(*root);
  if (!value) {
    return (value.error().code == DbErrorCode::kSerialization ? "serialization: " : "") +
           value.error().message;
  }
  std::string out;
  json::Writer writer(out);
  WriteAttributeValue(writer, *value);
  return out;
}

TEST(DynamoJson, ReadsAndWritesEveryType) {
  const std::pair<std::string_view, std::string_view> cases[] = {
      {R"({"S":""})", R"({"S":""})"},
      {R"({ "S" : "a\"b\u00e9" })", R"({"S":"a\"bé"})"},
      {R"({"N":"+1.50e1"})", R"({"N":"15"})"},
      {R"({"B":""})", R"({"B":""})"},
      {R"({"B":"AP8Q"})", R"({"B":"AP8Q"})"},
      {R"({"B":"AA=="})", R"({"B":"AA=="})"},
      {R"({"BOOL":true})", R"({"BOOL":true})"},
      {R"({"BOOL":"no"})", R"({"BOOL":false})"},
      {R"({"NULL":true})", R"({"NULL":true})"},
      {R"({"NULL":"yes"})", R"({"NULL":true})"},
      {R"({"L":[]})", R"({"L":[]})"},
      {R"({"L":[{"S":"x"},{"L":[{"N":"0"}]}]})", R"({"L":[{"S":"x"},{"L":[{"N":"0"}]}]})"},
      {R"({"M":{}})", R"({"M":{}})"},
      {R"({"M":{"b":{"NULL":true},"a":{"M":{"\n":{"S":"y"}}}}})",
       R"({"M":{"a":{"M":{"\n":{"S":"y"}}},"b":{"NULL":true}}})"},
      {R"({"SS":["b","a",""]})", R"({"SS":["","a","b"]})"},
      {R"({"NS":["10","9","-1"]})", R"({"NS":["-1","9","10"]})"},
      {R"({"BS":["/w==","AA=="]})", R"({"BS":["AA==","/w=="]})"},
      {R"({"S":"x","N":null,"unknown":{}})", R"({"S":"x"})"},
      {R"({"S":"x","S":"y"})", R"({"S":"y"})"},
      {R"({"M":{"a":{"N":"1"},"a":{"N":"2"}}})", R"({"M":{"a":{"N":"2"}}})"},
  };
  for (auto [in, out] : cases) EXPECT_EQ(Outcome(in), out) << in;
}

TEST(DynamoJson, RefusesWrongValuesWithTheTextsOfAws) {
  const std::string empty =
      "Supplied AttributeValue is empty, must contain exactly one of the supported datatypes";
  const std::string several =
      "Supplied AttributeValue has more than one datatypes set, must contain exactly one of the "
      "supported datatypes";
  const std::string invalid = "One or more parameter values were invalid: ";
  const std::string not_numeric = "The parameter cannot be converted to a numeric value";
  const std::pair<std::string_view, std::string> cases[] = {
      {R"({})", empty},
      {R"(null)", empty},
      {R"({"S":null})", empty},
      {R"({"s":"x"})", empty},
      {R"({"a":""})", empty},
      {R"({"M":{"a":{}}})", empty},
      {R"({"M":{"a":null}})", empty},
      {R"({"L":[{}]})", empty},
      {R"({"L":[{"a":{}}]})", empty},
      {R"({"S":"a","N":"1"})", several},
      {R"({"BOOL":true,"NULL":true})", several},
      {R"({"S":"a","N":""})", not_numeric},
      {R"({"N":"b"})", not_numeric + ": b"},
      {R"({"NS":["1","b"]})", not_numeric + ": b"},
      {R"({"N":"1e126"})",
       "Number overflow. Attempting to store a number with magnitude larger than supported range"},
      {R"({"NULL":false})", invalid + "Null attribute value types must have the value of true"},
      {R"({"NULL":"no"})", invalid + "Null attribute value types must have the value of true"},
      {R"({"SS":[]})", invalid + "An string set  may not be empty"},
      {R"({"NS":[]})", invalid + "An number set  may not be empty"},
      {R"({"BS":[]})", invalid + "Binary sets should not be empty"},
      {R"({"SS":["b","a","b"]})", invalid + "Input collection [b, a, b] contains duplicates."},
      {R"({"NS":["1","1.0"]})", "Input collection contains duplicates"},
      {R"({"BS":["Yg==","Yg=="]})",
       invalid + "Input collection [Yg==, Yg==]of type BS contains duplicates."},
      {R"({"M":{"":{"S":"x"}}})", "Empty attribute name"},
  };
  for (const auto& [in, out] : cases) EXPECT_EQ(Outcome(in), out) << in;
}

TEST(DynamoJson, WordsNumbersAndSetsOtherwiseInTheCurrentLayer) {
  const std::string invalid = "One or more parameter values were invalid: ";
  const std::pair<std::string_view, std::string> cases[] = {
      {R"({"N":""})", "The parameter cannot be converted to a numeric value: "},
      {R"({"L":[{"N":"1e2147483647"}]})",
       "Number overflow. Attempting to store a number with magnitude larger than supported range"},
      {R"({"SS":["b","a","b","a"]})",
       invalid + R"(Input collection ["a", "b", "b", "a"] contains duplicates.)"},
      {R"({"BS":["/w==","AA==","AA=="]})",
       invalid + R"(Input collection ["AA==","/w==","AA=="]of type BS contains duplicates.)"},
      {R"({"NS":["1","1.0"]})", invalid + "Input collection contains duplicates."},
  };
  json::Document document;
  for (auto [in, out] : cases) {
    auto value = ReadAttributeValue(document.Parse(in).value(), ValueLayer::kCurrent);
    ASSERT_FALSE(value) << in;
    EXPECT_EQ(value.error().message, out) << in;
  }
}

TEST(DynamoJson, LooksAtAnItemsOwnNamesFirstAndAtTheDepthOfValuesBeforeTheNamesInside) {
  std::string deep = R"({"S":"x"})";
  for (int i = 0; i < 40; ++i) deep = R"({"L":[)" + deep + "]}";
  const std::string_view too_deep =
      "Nesting Levels have exceeded supported limits: Attributes in the item have nested levels "
      "beyond supported limit";
  const std::pair<std::string, std::string_view> cases[] = {
      {R"({"d":)" + deep + R"(,"":{"S":"x"}})", "Empty attribute name"},
      {R"({"m":{"M":{"":{"S":"x"}}},"d":)" + deep + "}", too_deep},
      {R"({"m":{"M":{"":{"S":"x"}}},"d":{"L":[]}})", "Empty attribute name"},
      {R"({"n":{"N":"abc"},"d":)" + deep + "}",
       "The parameter cannot be converted to a numeric value: abc"},
  };
  json::Document document;
  for (const auto& [in, out] : cases) {
    auto item = ReadItem(document.Parse(in).value());
    ASSERT_FALSE(item) << in;
    EXPECT_EQ(item.error().message, out) << in;
  }
}

TEST(DynamoJson, RefusesWrongJsonTypesWithTheTextsOfAws) {
  const std::pair<std::string_view, std::string> cases[] = {
      {R"("text")", "Unexpected value type in payload"},
      {R"(23)", "Unexpected value type in payload"},
      {R"([])",
       "Unrecognized collection type class com.amazonaws.dynamodb.v20120810.AttributeValue"},
      {R"({"S":true})", "TRUE_VALUE cannot be converted to String"},
      {R"({"S":false})", "FALSE_VALUE cannot be converted to String"},
      {R"({"N":23})", "NUMBER_VALUE cannot be converted to String"},
      {R"({"N":-2147483648})", "NUMBER_VALUE cannot be converted to String"},
      {R"({"N":34.56})", "DECIMAL_VALUE cannot be converted to String"},
      {R"({"S":[]})", "Unrecognized collection type class java.lang.String"},
      {R"({"S":{}})", "Start of structure or map found where not expected"},
      {R"({"BOOL":"23"})", "Unexpected token received from parser"},
      {R"({"BOOL":23})", "NUMBER_VALUE cannot be converted to Boolean"},
      {R"({"NULL":0.5})", "DECIMAL_VALUE cannot be converted to Boolean"},
      {R"({"BOOL":[]})", "Unrecognized collection type class java.lang.Boolean"},
      {R"({"BOOL":{}})", "Start of structure or map found where not expected"},
      {R"({"B":true})", "only base-64-encoded strings are convertible to bytes"},
      {R"({"B":23})", "only base-64-encoded strings are convertible to bytes"},
      {R"({"B":[]})", "Unrecognized collection type class java.nio.ByteBuffer"},
      {R"({"B":{}})", "Start of structure or map found where not expected"},
      {R"({"B":"23456"})", "Base64 encoded length is expected a multiple of 4 bytes but found: 5"},
      {R"({"B":"=+/="})", "Invalid last non-pad Base64 character dectected"},
      {R"({"B":"+/+="})", "Invalid last non-pad Base64 character dectected"},
      {R"({"B":"a!AA"})", "Invalid base 64 character: '!'"},
      {R"({"SS":"23"})", "Unexpected field type"},
      {R"({"SS":{}})", "Start of structure or map found where not expected"},
      {R"({"NS":[1]})", "NUMBER_VALUE cannot be converted to String"},
      {R"({"BS":[1]})", "only base-64-encoded strings are convertible to bytes"},
      {R"({"L":{}})", "Start of structure or map found where not expected"},
      {R"({"L":["a"]})", "Unexpected value type in payload"},
      {R"({"M":"a"})", "Unexpected field type"},
      {R"({"M":[]})",
       "Unrecognized collection type java.util.Map<java.lang.String, "
       "com.amazonaws.dynamodb.v20120810.AttributeValue>"},
      {R"({"M":{"a":[]}})",
       "Unrecognized collection type class com.amazonaws.dynamodb.v20120810.AttributeValue"},
  };
  for (const auto& [in, out] : cases) EXPECT_EQ(Outcome(in), "serialization: " + out) << in;
}

TEST(DynamoJson, ReportsAWrongTypeBehindAWrongValue) {
  EXPECT_EQ(Outcome(R"({"M":{"a":{"N":"x"},"b":{"L":[{"S":1}]}}})"),
            "serialization: NUMBER_VALUE cannot be converted to String");
  json::Document document;
  auto item = ReadItem(*document.Parse(R"({"a":{"SS":[]},"b":{"B":5}})"));
  ASSERT_FALSE(item.has_value());
  EXPECT_EQ(item.error().code, DbErrorCode::kSerialization);
}

TEST(DynamoJson, BoundsTheNestingAtThirtyTwoLevels) {
  for (std::string_view open : {R"({"M":{"n":)", R"({"L":[)"}) {
    auto nested = [&](int levels) {
      std::string text;
      for (int i = 0; i < levels; ++i) text += open;
      text += R"({"S":"leaf"})";
      for (int i = 0; i < levels; ++i) text += open.ends_with('[') ? "]}" : "}}";
      return Outcome(text);
    };
    EXPECT_TRUE(nested(31).starts_with(open));
    for (int levels : {32, 33, 100}) {
      EXPECT_EQ(nested(levels),
                "Nesting Levels have exceeded supported limits: Attributes in the item have "
                "nested levels beyond supported limit");
    }
    EXPECT_TRUE(nested(100'000).starts_with("not JSON"));
  }
}

TEST(DynamoJson, BoundsAttributeNames) {
  json::Document document;
  auto with_name = [&](size_t length) {
    std::string text = R"({")" + std::string(length, 'n') + R"(":{"S":""}})";
    auto item = ReadItem(*document.Parse(text));
    return item ? "" : item.error().message;
  };
  EXPECT_EQ(with_name(65'535), "");
  EXPECT_EQ(with_name(65'536), "Attribute name is too large, must be less than 65536 bytes");
  EXPECT_EQ(with_name(0), "Empty attribute name");
}

TEST(DynamoJson, RoundTripsEveryItem) {
  EXPECT_TRUE(rc::check([] {
    Item item = *ArbitraryItem();
    std::string out;
    json::Writer writer(out);
    WriteItem(writer, item);
    json::Document document;
    auto root = document.Parse(out);
    RC_ASSERT(root.has_value());
    RC_ASSERT(ReadItem(*root).value() == item);
  }));
}

TEST(DynamoJson, NeverCrashesOnAnyJson) {
  EXPECT_TRUE(rc::check([] {
    auto pieces = *rc::gen::container<std::vector<std::string>>(rc::gen::elementOf(
        std::vector<std::string>{"{", "}", "[", "]", ",", ":", R"("S")", R"("N")", R"("M")",
                                 R"("L")", R"("SS")", R"("BS")", R"("1")", "1", "true", "null"}));
    std::string text;
    for (const auto& piece : pieces) text += piece;
    json::Document document;
    if (auto root = document.Parse(text)) {
      (void)ReadItem(*root);
      (void)ReadAttributeValue(*root);
    }
  }));
}

}  // namespace
}  // namespace cruddur::model
