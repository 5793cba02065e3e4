#include "model/value.h"

#include <gtest/gtest.h>
#include <rapidcheck.h>

#include <map>

#include "model/arbitrary_value.h"
#include "model/error.h"
#include "model/table.h"

namespace cruddur::model {
namespace {

TEST(Map, BehavesLikeAnOrderedMap) {
  EXPECT_TRUE(rc::check([](const std::vector<std::pair<uint8_t, bool>>& steps) {
    Map map;
    std::map<std::string, AttributeValue> oracle;
    for (auto [name, set] : steps) {
      std::string key = std::to_string(name % 40);
      if (set) {
        map.Set(key, Number(name));
        oracle[key] = Number(name);
      } else {
        RC_ASSERT(map.Erase(key) == (oracle.erase(key) == 1));
      }
      RC_ASSERT(map.size() == oracle.size());
    }
    auto at = oracle.begin();
    for (const auto& [name, value] : map) {
      RC_ASSERT(name == at->first);
      RC_ASSERT(value == at->second);
      RC_ASSERT(*map.Find(name) == value);
      ++at;
    }
    RC_ASSERT(map.Find("absent") == nullptr);
  }));
}

TEST(Map, SortsWhatWasAppendedAndKeepsTheLastOfEqualNames) {
  Map map;
  map.Append("b", Number(1));
  map.Append("a", Number(2));
  map.Append("b", Number(3));
  map.Append("b") = Number(4);
  EXPECT_FALSE(map.Sort());
  EXPECT_EQ(map, (Map{{"a", Number(2)}, {"b", Number(4)}}));
  EXPECT_TRUE(map.Sort());
}

TEST(Map, FindsStringsOnly) {
  Map map = {{"s", "text"}, {"n", Number(1)}};
  EXPECT_EQ(map.FindString("s"), "text");
  EXPECT_EQ(map.FindString("n"), "");
  EXPECT_EQ(map.FindString("x"), "");
}

TEST(AttributeValue, TakesALiteralAsAString) {
  EXPECT_EQ(AttributeValue("x").type(), Type::kS);
  EXPECT_EQ(AttributeValue(true).type(), Type::kBool);
  EXPECT_EQ(AttributeValue(Number(1)).type(), Type::kN);
  EXPECT_EQ(AttributeValue().type(), Type::kNull);
}

TEST(AttributeValue, EqualsByTypeAndValue) {
  EXPECT_EQ(AttributeValue(Number::Parse("1.0").value()), AttributeValue(Number(1)));
  EXPECT_NE(AttributeValue("1"), AttributeValue(Number(1)));
  EXPECT_NE(AttributeValue("a"), AttributeValue(Binary{"a"}));
  StringSet set{{"b", "a"}}, other{{"a", "b"}};
  EXPECT_TRUE(SortSet(set));
  EXPECT_EQ(set, other);
  NumberSet twice{{Number(1), Number(2), Number(1)}};
  EXPECT_FALSE(SortSet(twice));
}

TEST(Size, FollowsTheArithmeticOfAws) {
  const std::pair<Item, size_t> cases[] = {
      {{}, 0},
      {{{"pk", "value"}}, 7},
      {{{"pk", ""}}, 2},
      {{{"é", "é€😀"}}, 2 + 2 + 3 + 4},
      {{{"n", Number(0)}}, 2},
      {{{"n", Number(-12345)}}, 1 + 1 + 3 + 1},
      {{{"b", Binary{"abc"}}}, 4},
      {{{"t", true}, {"f", false}, {"z", Null()}}, 6},
      {{{"l", List()}}, 4},
      {{{"m", Map()}}, 4},
      {{{"l", List{AttributeValue("a"), AttributeValue(Number(1))}}}, 1 + 3 + 2 + 1 + 2},
      {{{"m", Map{{"key", "v"}, {"k", Null()}}}}, 1 + 3 + 2 + 4 + 2},
      {{{"m", Map{{"l", List{AttributeValue(Map())}}}}}, 1 + 3 + 1 + 1 + 3 + 1 + 3},
      {{{"s", StringSet{{"a", "bc"}}}}, 1 + 3},
      {{{"s", NumberSet{{Number(1), Number(1234)}}}}, 1 + 2 + 3},
      {{{"s", BinarySet{{Binary{"a"}, Binary{"bc"}}}}}, 1 + 3},
  };
  for (const auto& [item, size] : cases) EXPECT_EQ(SizeInBytes(item), size);
  EXPECT_EQ(kMaxItemBytes, 409'600u);
}

TEST(Types, HaveTheirWireNames) {
  for (int i = 0; i < 10; ++i) {
    Type type;
    ASSERT_TRUE(TypeFromName(TypeName(static_cast<Type>(i)), type));
    EXPECT_EQ(type, static_cast<Type>(i));
  }
  Type type;
  EXPECT_FALSE(TypeFromName("string", type));
  EXPECT_FALSE(TypeFromName("", type));
}

TEST(DbError, HasOneWireFormPerCode) {
  EXPECT_EQ(WireOf(DbErrorCode::kValidation).type, "com.amazon.coral.validate#ValidationException");
  EXPECT_EQ(WireOf(DbErrorCode::kResourceNotFound).type,
            "com.amazonaws.dynamodb.v20120810#ResourceNotFoundException");
  EXPECT_EQ(WireOf(DbErrorCode::kInvalidSignature).type,
            "com.amazon.coral.service#InvalidSignatureException");
  EXPECT_EQ(WireOf(DbErrorCode::kInternalServerError).http_status, 500);
  for (int i = 0; i < static_cast<int>(DbErrorCode::kUnreachable); ++i) {
    auto code = static_cast<DbErrorCode>(i);
    const DbErrorWire& wire = WireOf(code);
    EXPECT_EQ(CodeOfWireName(wire.type.substr(wire.type.find('#') + 1)), code);
    EXPECT_EQ(wire.http_status >= 500, code == DbErrorCode::kInternalServerError ||
                                           code == DbErrorCode::kServiceUnavailable);
  }
  EXPECT_EQ(CodeOfWireName("SomethingElse"), DbErrorCode::kInternalServerError);
}

TEST(TableNames, GoBothWays) {
  auto check = [](auto first, int count) {
    for (int i = 0; i < count; ++i) {
      auto value = static_cast<decltype(first)>(i), back = value;
      EXPECT_TRUE(FromName(NameOf(value), back));
      EXPECT_EQ(back, value);
    }
    EXPECT_FALSE(FromName("NOPE", first));
  };
  check(ProjectionType::kAll, 3);
  check(TableStatus::kCreating, 4);
  check(BillingMode::kProvisioned, 2);
  check(StreamViewType::kKeysOnly, 4);
  check(TableClass::kStandard, 2);
  EXPECT_EQ(NameOf(StreamViewType::kNewAndOldImages), "NEW_AND_OLD_IMAGES");
}

TEST(KeySchema, FindsItsAttributes) {
  KeySchema keys{{{"pk", Type::kS}}, {{"sk", Type::kN}}};
  EXPECT_EQ(keys.Find("sk")->type, Type::kN);
  EXPECT_EQ(keys.Find("x"), nullptr);
  TableDescription table;
  table.indexes.push_back({.name = "by-time"});
  EXPECT_EQ(table.FindIndex("by-time"), &table.indexes[0]);
  EXPECT_EQ(table.FindIndex("by"), nullptr);
}

}  // namespace
}  // namespace cruddur::model
