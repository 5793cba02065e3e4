#include "engine/key_codec.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidcheck.h>

#include <algorithm>

namespace cruddur::engine {
namespace {

using expr::KeyCondition;
using expr::RangeOperator;
using model::AttributeValue;
using model::Binary;
using model::Item;
using model::Number;
using model::Type;

model::KeySchema Schema(Type partition, std::optional<Type> sort = {}) {
  model::KeySchema keys{{{"pk", partition}}, {}};
  if (sort) keys.sort.push_back({"sk", *sort});
  return keys;
}

std::string ItemKey(const AttributeValue& pk, const AttributeValue& sk, KeyspaceId table = 7) {
  std::string key;
  EXPECT_TRUE(
      AppendItemKey(table, Schema(pk.type(), sk.type()), Item{{"pk", pk}, {"sk", sk}}, key));
  return key;
}

// Short texts over few bytes, those that the encoding treats specially among them: collisions and
// shared prefixes are then the rule.
std::string TrickyText() {
  const auto byte = rc::gen::element('\x00', '\x01', '\x02', 'a', '\xFE', '\xFF');
  return *rc::gen::container<std::string>(byte).as("text");
}

Number SomeNumber() {
  const int64_t digits =
      *rc::gen::oneOf(rc::gen::inRange<int64_t>(-20, 20), rc::gen::arbitrary<int64_t>());
  const int exponent = *rc::gen::inRange(-60, 60);
  return *Number::Parse(std::to_string(digits) + "e" + std::to_string(exponent));
}

bool Holds(const KeyRange& range, const std::string& key) {
  // A bound that equals a key would be inclusive on one side in RocksDB, exclusive on the other.
  RC_ASSERT(range.low != key);
  RC_ASSERT(range.high != key);
  return range.low < key && key < range.high;
}

TEST(KeyCodec, OrdersAndSeparatesTextsByTheirBytes) {
  EXPECT_TRUE(rc::check([] {
    const std::string a = TrickyText(), b = TrickyText();
    RC_ASSERT((ItemKey("p", a) < ItemKey("p", b)) == (a < b));
    RC_ASSERT((ItemKey("p", a) == ItemKey("p", b)) == (a == b));
    RC_ASSERT((ItemKey("p", Binary{a}) < ItemKey("p", Binary{b})) == (a < b));
  }));
}

TEST(KeyCodec, KeepsPartitionAndSortKeyApart) {
  EXPECT_TRUE(rc::check([] {
    const std::string a = TrickyText(), b = TrickyText(), c = TrickyText(), d = TrickyText();
    RC_ASSERT((ItemKey(a, b) == ItemKey(c, d)) == (a == c && b == d));
  }));
}

TEST(KeyCodec, OrdersNumbersLikeDynamo) {
  EXPECT_TRUE(rc::check([] {
    const Number a = SomeNumber(), b = SomeNumber();
    RC_ASSERT((ItemKey("p", a) < ItemKey("p", b)) == (a < b));
    RC_ASSERT((ItemKey("p", a) == ItemKey("p", b)) == (a == b));
  }));
  EXPECT_EQ(ItemKey("p", *Number::Parse("1000")), ItemKey("p", *Number::Parse("1e3")));
}

TEST(KeyCodec, NoKeyIsThePrefixOfAnother) {
  EXPECT_TRUE(rc::check([] {
    const std::string a = ItemKey(TrickyText(), TrickyText()),
                      b = ItemKey(TrickyText(), TrickyText());
    RC_PRE(a != b);
    RC_ASSERT(!a.starts_with(b));
  }));
}

TEST(KeyCodec, RefusesMissingAndMistypedKeyAttributes) {
  std::string key = "before";
  const auto keys = Schema(Type::kS, Type::kN);
  EXPECT_FALSE(AppendItemKey(1, keys, Item{{"pk", "a"}}, key));
  EXPECT_FALSE(AppendItemKey(1, keys, Item{{"pk", "a"}, {"sk", "1"}}, key));
  EXPECT_FALSE(AppendItemKey(1, keys, Item{{"sk", Number(1)}}, key));
  EXPECT_EQ(key, "before");
  EXPECT_TRUE(AppendItemKey(1, keys, Item{{"pk", "a"}, {"sk", Number(1)}}, key));
}

TEST(KeyCodec, IndexEntriesAreSparseAndTieBrokenByBaseKey) {
  const auto base = Schema(Type::kS, Type::kS);
  const model::KeySchema index{{{"group", Type::kS}}, {{"at", Type::kS}}};
  const auto entry = [&](const char* pk, const char* sk) {
    std::string key;
    EXPECT_TRUE(AppendIndexKey(9, index, base,
                               Item{{"pk", pk}, {"sk", sk}, {"group", "g"}, {"at", "t"}}, key));
    return key;
  };
  EXPECT_LT(entry("a", "x"), entry("a", "y"));
  EXPECT_LT(entry("a", "y"), entry("b", "a"));

  std::string none;
  EXPECT_FALSE(AppendIndexKey(9, index, base, Item{{"pk", "a"}, {"sk", "b"}, {"at", "t"}}, none));
  EXPECT_FALSE(AppendIndexKey(
      9, index, base, Item{{"pk", "a"}, {"sk", "b"}, {"group", Number(1)}, {"at", "t"}}, none));
  EXPECT_EQ(none, "");
}

TEST(KeyCodec, ConditionsSelectExactlyTheirKeys) {
  EXPECT_TRUE(rc::check([] {
    const std::string low = TrickyText(), high = TrickyText(), sk = TrickyText();
    const std::string pk = *rc::gen::element<std::string>("p", std::string("p\0", 2));
    const std::string key = ItemKey(pk, sk);
    const auto holds = [&](RangeOperator range) {
      KeyCondition condition;
      condition.partition = {AttributeValue("p")};
      condition.range = range;
      condition.low = low;
      condition.high = high;
      return Holds(RangeOfCondition(7, condition), key);
    };
    const bool same = pk == "p";
    RC_ASSERT(holds(RangeOperator::kNone) == same);
    RC_ASSERT(holds(RangeOperator::kLess) == (same && sk < low));
    RC_ASSERT(holds(RangeOperator::kLessEqual) == (same && sk <= low));
    RC_ASSERT(holds(RangeOperator::kGreater) == (same && sk > low));
    RC_ASSERT(holds(RangeOperator::kGreaterEqual) == (same && sk >= low));
    RC_ASSERT(holds(RangeOperator::kBetween) == (same && low <= sk && sk <= high));
    RC_ASSERT(holds(RangeOperator::kBeginsWith) == (same && sk.starts_with(low)));
  }));
}

TEST(KeyCodec, ConditionsSelectNumbersByValue) {
  EXPECT_TRUE(rc::check([] {
    const Number low = SomeNumber(), sk = SomeNumber();
    const std::string key = ItemKey("p", sk);
    const auto holds = [&](RangeOperator range) {
      KeyCondition condition;
      condition.partition = {AttributeValue("p")};
      condition.range = range;
      condition.low = low;
      return Holds(RangeOfCondition(7, condition), key);
    };
    RC_ASSERT(holds(RangeOperator::kLess) == (sk < low));
    RC_ASSERT(holds(RangeOperator::kLessEqual) == (sk <= low));
    RC_ASSERT(holds(RangeOperator::kGreater) == (sk > low));
    RC_ASSERT(holds(RangeOperator::kGreaterEqual) == (sk >= low));
  }));
}

TEST(KeyCodec, EqualityOnTheSortKeySelectsOneItem) {
  EXPECT_TRUE(rc::check([] {
    const std::string wanted = TrickyText(), sk = TrickyText();
    KeyCondition condition;
    condition.partition = {AttributeValue("p")};
    condition.sort_equal = {AttributeValue(wanted)};
    RC_ASSERT(Holds(RangeOfCondition(7, condition), ItemKey("p", sk)) == (wanted == sk));
  }));
}

TEST(KeyCodec, APartitionOfATableWithoutSortKeyIsItsItem) {
  std::string key;
  ASSERT_TRUE(AppendItemKey(7, Schema(Type::kN), Item{{"pk", Number(5)}}, key));
  KeyCondition condition;
  condition.partition = {AttributeValue(Number(5))};
  EXPECT_TRUE(Holds(RangeOfCondition(7, condition), key));
  condition.partition = {AttributeValue(Number(6))};
  EXPECT_FALSE(Holds(RangeOfCondition(7, condition), key));
}

TEST(KeyCodec, SegmentsAreDisjointAndComplete) {
  EXPECT_TRUE(rc::check([] {
    const std::string key = ItemKey(TrickyText(), "s");
    const uint64_t total = *rc::gen::inRange<uint64_t>(1, 50);
    int found = 0;
    for (uint64_t i = 0; i < total; ++i) found += Holds(RangeOfSegment(7, i, total), key);
    RC_ASSERT(found == 1);
  }));
  for (const uint64_t total : {1ULL, 3ULL, 7ULL, 1'000'000ULL}) {
    EXPECT_EQ(RangeOfSegment(7, 0, total).low,
              RangeOfKeyspace(7).low.substr(0, 4) + std::string(4, '\0'));
    EXPECT_EQ(RangeOfSegment(7, total - 1, total).high, RangeOfKeyspace(7).high);
    EXPECT_EQ(RangeOfSegment(7, total / 2, total).high,
              total == 1 ? RangeOfKeyspace(7).high : RangeOfSegment(7, total / 2 + 1, total).low);
  }
}

TEST(KeyCodec, KeyspacesDoNotOverlap) {
  EXPECT_TRUE(rc::check([] {
    const KeyspaceId mine = *rc::gen::inRange<KeyspaceId>(1, 300);
    const KeyspaceId other = *rc::gen::inRange<KeyspaceId>(1, 300);
    const std::string key = ItemKey(TrickyText(), TrickyText(), other);
    RC_ASSERT(Holds(RangeOfKeyspace(mine), key) == (mine == other));
  }));
}

TEST(KeyCodec, BoundsBesideAKeySeparateItFromItsNeighbours) {
  EXPECT_TRUE(rc::check([] {
    const std::string a = ItemKey("p", TrickyText()), b = ItemKey("p", TrickyText());
    RC_ASSERT(JustBelow(a) < a);
    RC_ASSERT(a < JustAbove(a));
    RC_ASSERT((b < JustBelow(a)) == (b < a));
    RC_ASSERT((b > JustAbove(a)) == (b > a));
  }));
}

TEST(KeyCodec, HashIsTheOneOnDisk) {
  // These never change: stored keys hold them.
  EXPECT_EQ(StableHash(""), 0xE220A8397B1DCDAF);
  EXPECT_EQ(StableHash("MSG#0123456789"), 0x095AAD96E0A9DA87);
  EXPECT_EQ(StableHash("a", 1), 0x4B661E8F072213BA);
  EXPECT_NE(StableHash("a"), StableHash(std::string_view("a\0", 2)));
}

TEST(KeyCodec, HashSpreadsSimilarKeysOverTheSegments) {
  std::array<int, 16> counts{};
  for (int i = 0; i < 16'000; ++i) {
    ++counts[StableHash("user-" + std::to_string(i)) >> 60];
  }
  EXPECT_THAT(counts, testing::Each(testing::AllOf(testing::Gt(700), testing::Lt(1300))));
}

TEST(KeyCodec, IntegersKeepTheirOrder) {
  EXPECT_TRUE(rc::check([](uint64_t a, uint64_t b) {
    std::string x, y;
    AppendUint64(a, x);
    AppendUint64(b, y);
    RC_ASSERT((x < y) == (a < b));
    RC_ASSERT(ReadUint64(x) == a);
  }));
}

}  // namespace
}  // namespace cruddur::engine
