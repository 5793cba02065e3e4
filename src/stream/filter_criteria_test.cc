#include "stream/filter_criteria.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "json/writer.h"

namespace cruddur::stream {
namespace {

using ::testing::HasSubstr;

constexpr std::string_view kRecord = R"({
  "eventName": "INSERT", "eventVersion": "1.1",
  "dynamodb": {
    "Keys": {"pk": {"S": "MSG#1"}, "id": {"N": "101"}},
    "NewImage": {"pk": {"S": "MSG#1"}, "id": {"N": "101"}, "empty": {"S": ""},
                 "gone": {"NULL": true}, "read": {"BOOL": false}, "tags": {"SS": ["a", "b"]},
                 "who": {"M": {"name": {"S": "Bayko"}}},
                 "list": {"L": [{"S": "x"}, {"N": "2"}]}},
    "SizeBytes": 31, "Ratio": 0.5, "Nothing": null, "None": []}})";

bool Matches(std::string_view pattern) {
  auto parsed = FilterPattern::Parse(pattern);
  EXPECT_TRUE(parsed) << pattern << ": " << parsed.error().message;
  json::Document document;
  return parsed && parsed->Matches(*document.Parse(kRecord));
}

struct Case {
  const char* pattern;
  bool matches;
};

TEST(FilterPattern, ComparesWithWhatIsGiven) {
  for (const Case& c : std::vector<Case>{
           {R"({"eventName":["INSERT"]})", true},
           {R"({"eventName":["MODIFY","INSERT"]})", true},
           {R"({"eventName":["insert"]})", false},
           {R"({"eventName":["MODIFY"]})", false},
           {R"({"dynamodb":{"Keys":{"id":{"N":["101"]}}}})", true},
           {R"({"dynamodb":{"Keys":{"id":{"N":[101]}}}})", false},
           {R"({"dynamodb":{"SizeBytes":[31]}})", true},
           {R"({"dynamodb":{"SizeBytes":[31.0]}})", false},
           {R"({"dynamodb":{"Ratio":[0.5]}})", true},
           {R"({"dynamodb":{"Nothing":[null]}})", true},
           {R"({"dynamodb":{"Missing":[null]}})", false},
           {R"({"dynamodb":{"NewImage":{"empty":{"S":[""]}}}})", true},
           {R"({"dynamodb":{"NewImage":{"gone":{"NULL":[true]}}}})", true},
           {R"({"dynamodb":{"NewImage":{"read":{"BOOL":[true]}}}})", false},
           {R"({"dynamodb":{"NewImage":{"who":{"M":{"name":{"S":["Bayko"]}}}}}})", true},
           {R"({"eventName":["INSERT"],"dynamodb":{"SizeBytes":[32]}})", false},
           {R"({"dynamodb":["INSERT"]})", false},
           {R"({"eventName":{"inner":["INSERT"]}})", false}}) {
    EXPECT_EQ(Matches(c.pattern), c.matches) << c.pattern;
  }
}

TEST(FilterPattern, AsksEachMemberOfAList) {
  for (const Case& c :
       std::vector<Case>{{R"({"dynamodb":{"NewImage":{"tags":{"SS":["b","c"]}}}})", true},
                         {R"({"dynamodb":{"NewImage":{"tags":{"SS":["c"]}}}})", false},
                         {R"({"dynamodb":{"NewImage":{"list":{"L":{"S":["x"]}}}}})", true},
                         {R"({"dynamodb":{"NewImage":{"list":{"L":{"N":["2"]}}}}})", true},
                         {R"({"dynamodb":{"NewImage":{"list":{"L":{"N":["3"]}}}}})", false},
                         {R"({"dynamodb":{"NewImage":{"list":{"L":["x"]}}}})", false}}) {
    EXPECT_EQ(Matches(c.pattern), c.matches) << c.pattern;
  }
}

TEST(FilterPattern, HasOperators) {
  for (const Case& c :
       std::vector<Case>{{R"({"dynamodb":{"Keys":{"pk":{"S":[{"prefix":"MSG#"}]}}}})", true},
                         {R"({"dynamodb":{"Keys":{"pk":{"S":[{"prefix":"GRP#"}]}}}})", false},
                         {R"({"dynamodb":{"Keys":{"pk":{"S":[{"suffix":"#1"}]}}}})", true},
                         {R"({"dynamodb":{"SizeBytes":[{"prefix":"3"}]}})", false},
                         {R"({"eventName":[{"equals-ignore-case":"insert"}]})", true},
                         {R"({"eventName":[{"equals-ignore-case":"inserts"}]})", false},
                         {R"({"eventName":[{"anything-but":"REMOVE"}]})", true},
                         {R"({"eventName":[{"anything-but":["REMOVE","INSERT"]}]})", false},
                         {R"({"eventName":[{"anything-but":{"prefix":"INS"}}]})", false},
                         {R"({"eventName":[{"anything-but":{"suffix":"IFY"}}]})", true},
                         {R"({"dynamodb":{"SizeBytes":[{"anything-but":[31]}]}})", false},
                         {R"({"dynamodb":{"Missing":[{"anything-but":"x"}]}})", false},
                         {R"({"dynamodb":{"SizeBytes":[{"numeric":["=",31]}]}})", true},
                         {R"({"dynamodb":{"SizeBytes":[{"numeric":["=",31.0]}]}})", true},
                         {R"({"dynamodb":{"SizeBytes":[{"numeric":[">",30,"<=",31]}]}})", true},
                         {R"({"dynamodb":{"SizeBytes":[{"numeric":[">",31]}]}})", false},
                         {R"({"dynamodb":{"SizeBytes":[{"numeric":["<",31]}]}})", false},
                         {R"({"dynamodb":{"SizeBytes":[{"numeric":[">=",31]}]}})", true},
                         // Images are DynamoDB JSON: their numbers are strings.
                         {R"({"dynamodb":{"NewImage":{"id":{"N":[{"numeric":[">",1]}]}}}})", false},
                         {R"({"eventName":[{"prefix":"X"},{"suffix":"ERT"}]})", true}}) {
    EXPECT_EQ(Matches(c.pattern), c.matches) << c.pattern;
  }
}

TEST(FilterPattern, AsksLeavesForTheirPresence) {
  for (const Case& c :
       std::vector<Case>{{R"({"eventName":[{"exists":true}]})", true},
                         {R"({"eventName":[{"exists":false}]})", false},
                         {R"({"dynamodb":{"NewImage":{"id":{"N":[{"exists":true}]}}}})", true},
                         {R"({"dynamodb":{"NewImage":{"id":{"S":[{"exists":true}]}}}})", false},
                         {R"({"dynamodb":{"NewImage":{"id":{"S":[{"exists":false}]}}}})", true},
                         {R"({"dynamodb":{"OldImage":{"id":{"N":[{"exists":false}]}}}})", true},
                         // What has members is no leaf.
                         {R"({"dynamodb":{"NewImage":[{"exists":true}]}})", false},
                         {R"({"dynamodb":{"NewImage":[{"exists":false}]}})", true},
                         {R"({"dynamodb":{"None":[{"exists":true}]}})", false},
                         {R"({"userIdentity":{"type":["Service",{"exists":false}]}})", true}}) {
    EXPECT_EQ(Matches(c.pattern), c.matches) << c.pattern;
  }
}

TEST(FilterPattern, TakesAlternativesOfSeveralFields) {
  for (const Case& c : std::vector<Case>{
           {R"({"$or":[{"eventName":["REMOVE"]},{"dynamodb":{"SizeBytes":[31]}}]})", true},
           {R"({"$or":[{"eventName":["REMOVE"]},{"dynamodb":{"SizeBytes":[32]}}]})", false},
           {R"({"eventVersion":["1.0"],"$or":[{"eventName":["INSERT"]},{"eventName":["MODIFY"]}]})",
            false},
           {R"({"dynamodb":{"$or":[{"SizeBytes":[1]},{"Ratio":[0.5]}]}})", true},
           {R"({"$or":["a"]})", false}}) {
    EXPECT_EQ(Matches(c.pattern), c.matches) << c.pattern;
  }
}

TEST(FilterPattern, IsRefusedWithTheReasonAndThePlace) {
  struct Refused {
    const char *pattern, *why;
  };
  for (const Refused& r : std::vector<Refused>{
           {"{", "not a JSON object"},
           {"[]", "not a JSON object"},
           {"{}", "an object without members"},
           {R"({"a":{}})", "at 'a': an object without members"},
           {R"({"a":"x"})", "at 'a': a value is to stand in a list"},
           {R"({"a":{"b":[]}})", "at 'a.b': an empty list"},
           {R"({"a":[["x"]]})", "at 'a': a list within a list"},
           {R"({"a":[{}]})", "at 'a': a rule is an object with one operator"},
           {R"({"a":[{"wildcard":"*"}]})", "at 'a': unknown operator 'wildcard'"},
           {R"({"a":[{"prefix":1}]})", "at 'a': 'prefix' takes a string"},
           {R"({"a":[{"exists":"yes"}]})", "'exists' takes true or false"},
           {R"({"a":[{"anything-but":[]}]})", "'anything-but' takes"},
           {R"({"a":[{"anything-but":[null]}]})", "'anything-but' takes"},
           {R"({"a":[{"anything-but":{"exists":true}}]})", "'anything-but' takes"},
           {R"({"a":[{"numeric":[]}]})", "'numeric' takes"},
           {R"({"a":[{"numeric":["="]}]})", "'numeric' takes"},
           {R"({"a":[{"numeric":["<","5"]}]})", "'numeric' takes"},
           {R"({"a":[{"numeric":["=",1,"<",2]}]})", "'numeric' takes"},
           {R"({"a":[{"numeric":["<",5,">",1]}]})", "'numeric' takes"},
           {R"({"a":[{"numeric":[">",5,"<",1]}]})", "'numeric' takes"},
           {R"({"$or":[{"a":[1]},{"b":1}]})", "at '$or.b': a value is to stand in a list"}}) {
    const auto parsed = FilterPattern::Parse(r.pattern);
    ASSERT_FALSE(parsed) << r.pattern;
    EXPECT_THAT(parsed.error().message, HasSubstr(r.why)) << r.pattern;
  }
}

std::string CriteriaOf(const std::vector<std::string>& patterns) {
  std::string text;
  json::Writer out(text);
  out.BeginObject().Key("Filters").BeginArray();
  for (const std::string& each : patterns) {
    out.BeginObject().Key("Pattern").String(each).EndObject();
  }
  out.EndArray().EndObject();
  return text;
}

TEST(FilterCriteria, LetPassWhatOnePatternMatches) {
  const std::string insert = R"({"eventName":["INSERT"]})", remove = R"({"eventName":["REMOVE"]})";
  EXPECT_TRUE(FilterCriteria::Parse(CriteriaOf({remove, insert}))->Pass(kRecord));
  EXPECT_FALSE(FilterCriteria::Parse(CriteriaOf({remove}))->Pass(kRecord));
  for (const char* all : {"{}", R"({"Filters":[]})", R"({"Filters":null})"}) {
    auto parsed = FilterCriteria::Parse(all);
    ASSERT_TRUE(parsed) << all;
    EXPECT_TRUE(parsed->empty());
    EXPECT_TRUE(parsed->Pass(kRecord));
  }
}

TEST(FilterCriteria, AreRefusedWhereLambdaRefusesThem) {
  const std::string good = R"({"a":[1]})";
  EXPECT_TRUE(FilterCriteria::Parse(CriteriaOf(std::vector<std::string>(10, good))));
  EXPECT_FALSE(FilterCriteria::Parse(CriteriaOf(std::vector<std::string>(11, good))));
  EXPECT_FALSE(
      FilterCriteria::Parse(CriteriaOf({R"({"a":[")" + std::string(4096, 'x') + R"("]})"})));
  for (const char* text : {"", "[]", R"({"Filter":[]})", R"({"Filters":{}})",
                           R"({"Filters":["{}"]})", R"({"Filters":[{"Pattern":{"a":[1]}}]})"}) {
    EXPECT_FALSE(FilterCriteria::Parse(text)) << text;
  }
}

}  // namespace
}  // namespace cruddur::stream
