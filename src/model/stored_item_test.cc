#include "model/stored_item.h"

#include <gtest/gtest.h>
#include <rapidcheck.h>

#include "model/arbitrary_value.h"

namespace cruddur::model {
namespace {

std::string Encoded(const Item& item) {
  std::string bytes;
  EncodeItem(item, bytes);
  return bytes;
}

AttributeValue NestedList(int levels) {
  AttributeValue value = Number(1);
  for (int i = 0; i < levels; ++i) {
    List list;
    list.push_back(std::move(value));
    value = std::move(list);
  }
  return value;
}

TEST(StoredItem, HasTheBytesOfFormatsMd) {
  Item item = {
      {"a", "xy"}, {"b", Number(-500)}, {"c", true}, {"d", Null()}, {"e", StringSet{{"p", "q"}}}};
  constexpr char expected[] =
      "\x05"
      "\x01"
      "a\x00\x02xy"
      "\x01"
      "b\x01\x81\x02\x00\x05"
      "\x01"
      "c\x03\x01"
      "\x01"
      "d\x04"
      "\x01"
      "e\x07\x02\x01p\x01q";
  EXPECT_EQ(Encoded(item), std::string_view(expected, sizeof(expected) - 1));
}

TEST(StoredItem, RoundTripsEveryItem) {
  EXPECT_TRUE(rc::check([] {
    Item item = *ArbitraryItem();
    RC_ASSERT(DecodeItem(Encoded(item)).value() == item);
  }));
}

TEST(StoredItem, RoundTripsTheLargestShapes) {
  Item item;
  item.Set("long", std::string(400'000, 'x'));
  item.Set("deep", NestedList(31));
  StringSet set;
  for (int i = 0; i < 20'000; ++i) set.members.push_back(std::to_string(100'000 + i));
  item.Set("set", set);
  for (int i = 0; i < 300; ++i) item.Set("n" + std::to_string(i), Number(i));
  EXPECT_EQ(DecodeItem(Encoded(item)).value(), item);
}

TEST(StoredItem, AcceptsOnlyWhatItWrites) {
  EXPECT_TRUE(rc::check([] {
    std::string bytes = Encoded(*ArbitraryItem());
    int changes = *rc::gen::inRange(1, 4);
    for (int i = 0; i < changes; ++i) {
      auto at = *rc::gen::inRange<size_t>(0, bytes.size());
      bytes[at] = static_cast<char>(*rc::gen::inRange(0, 256));
    }
    if (auto item = DecodeItem(bytes)) RC_ASSERT(Encoded(*item) == bytes);
  }));
}

TEST(StoredItem, RefusesEveryTruncation) {
  std::string bytes = Encoded({{"a", "text"},
                               {"b", Number(12345678)},
                               {"c", List{AttributeValue(Binary{"\xFF"}), AttributeValue(true)}},
                               {"d", NumberSet{{Number(1), Number(2)}}}});
  for (size_t length = 0; length < bytes.size(); ++length) {
    auto item = DecodeItem(bytes.substr(0, length));
    ASSERT_FALSE(item.has_value()) << length;
    EXPECT_EQ(item.error().code, base::ErrorCode::kCorruption);
  }
  EXPECT_FALSE(DecodeItem(bytes + '\0').has_value());
}

TEST(StoredItem, RefusesHostileBytes) {
  const std::string cases[] = {
      "\xFF\xFF\xFF\xFF\x7F",      // a count of four thousand millions
      std::string("\x80\x00", 2),  // a count in a longer form than needed
      std::string("\x01\x01"
                  "a"
                  "\x0A",
                  4),  // a type that doesn't exist
      std::string("\x01\x01"
                  "a"
                  "\x03\x02",
                  5),  // a BOOL that is neither
      std::string("\x01\x01"
                  "a"
                  "\x07\x00",
                  5),  // an empty set
      std::string("\x01\x01"
                  "a"
                  "\x07\x02\x01q\x01p",
                  9),  // a set out of order
      std::string("\x02\x01"
                  "b"
                  "\x04\x01"
                  "a"
                  "\x04",
                  7),  // names out of order
      std::string("\x02\x01"
                  "a"
                  "\x04\x01"
                  "a"
                  "\x04",
                  7),  // a name twice
      std::string("\x01\x01"
                  "a"
                  "\x01\x01\x00\x00\x00",
                  8),  // a coefficient of zero
      std::string("\x01\x01"
                  "a"
                  "\x01\x01\x00\x00\x0A",
                  8),  // with a trailing zero
      std::string("\x01\x01"
                  "a"
                  "\x01\x01\xFF\x7F\x01",
                  8),  // a huge exponent
      std::string("\x01\x01"
                  "a"
                  "\x01\x02\x00\x00\x01\x00",
                  9),  // a padded coefficient
      Encoded({{"a", NestedList(40)}}),
      std::string(1, '\1') + "\1a" + std::string(100'000, '\5'),
  };
  for (const auto& bytes : cases) EXPECT_FALSE(DecodeItem(bytes).has_value()) << bytes.size();
}

TEST(StoredItem, NeverCrashesOnAnyBytes) {
  EXPECT_TRUE(rc::check([](const std::string& bytes) {
    if (auto item = DecodeItem(bytes)) RC_ASSERT(Encoded(*item) == bytes);
  }));
}

}  // namespace
}  // namespace cruddur::model
