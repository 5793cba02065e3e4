#include "engine/key_checks.h"

#include <gtest/gtest.h>

namespace cruddur::engine {
namespace {

using model::AttributeValue;
using model::Binary;
using model::Item;
using model::Number;
using model::Type;

constexpr const char* kMismatch = "The provided key element does not match the schema";
const std::string kInvalid = "One or more parameter values were invalid: ";

model::TableDescription Table() {
  model::TableDescription table;
  table.keys = {.partition = {{"pk", Type::kS}}, .sort = {{"sk", Type::kN}}};
  table.indexes = {
      {.name = "by-b", .global = true, .keys = {.partition = {{"b", Type::kB}}}},
      {.name = "four",
       .global = true,
       .keys = {.partition = {{"g1", Type::kS}, {"g2", Type::kS}},
                .sort = {{"g3", Type::kS}, {"g4", Type::kS}}}},
  };
  return table;
}

std::string TextOf(const model::DbStatus& status) { return status ? "" : status.error().message; }

TEST(KeyChecks, TakesOnlyTheKeyOfTheSchema) {
  struct Case {
    Item key;
    std::string text;
  };
  const Number one(1);
  for (const Case& c : std::vector<Case>{
           {{{"pk", "a"}, {"sk", one}}, ""},
           {{{"pk", std::string(2048, 'a')}, {"sk", one}}, ""},
           {{}, kMismatch},
           {{{"pk", "a"}}, kMismatch},
           {{{"sk", one}}, kMismatch},
           {{{"pk", "a"}, {"sk", one}, {"x", "1"}}, kMismatch},
           {{{"pk", "a"}, {"x", one}}, kMismatch},
           {{{"pk", "a"}, {"sk", "1"}}, kMismatch},
           {{{"pk", Binary{"a"}}, {"sk", one}}, kMismatch},
           {{{"pk", model::Null{}}, {"sk", one}}, kMismatch},
           {{{"pk", ""}, {"sk", one}},
            "One or more parameter values are not valid. The AttributeValue for a key attribute "
            "cannot contain an empty string value. Key: pk"},
           {{{"pk", std::string(2049, 'a')}, {"sk", one}},
            kInvalid + "Size of hashkey has exceeded the maximum size limit of2048 bytes"},
       }) {
    EXPECT_EQ(TextOf(CheckKey(c.key, Table().keys)), c.text);
  }
}

TEST(KeyChecks, LimitsTheSortKey) {
  model::KeySchema keys{.partition = {{"pk", Type::kS}}, .sort = {{"sk", Type::kB}}};
  auto check = [&](size_t bytes) {
    return TextOf(CheckKey({{"pk", "a"}, {"sk", Binary{std::string(bytes, 'x')}}}, keys));
  };
  EXPECT_EQ(check(1024), "");
  EXPECT_EQ(
      check(1025),
      kInvalid + "Aggregated size of all range keys has exceeded the size limit of 1024 bytes");
  EXPECT_EQ(check(0),
            "One or more parameter values are not valid. The AttributeValue for a key attribute "
            "cannot contain an empty binary value. Key: sk");
}

TEST(KeyChecks, ChecksTheKeysOfItemsToBeStored) {
  struct Case {
    Item item;
    std::string text;
  };
  const Number one(1);
  for (const Case& c : std::vector<Case>{
           {{{"pk", "a"}, {"sk", one}, {"other", ""}}, ""},
           {{{"sk", one}}, kInvalid + "Missing the key pk in the item"},
           {{{"pk", "a"}}, kInvalid + "Missing the key sk in the item"},
           {{{"pk", one}, {"sk", one}},
            kInvalid + "Type mismatch for key pk expected: S actual: N"},
           {{{"pk", "a"}, {"sk", one}, {"b", Binary{"x"}}}, ""},
           {{{"pk", "a"}, {"sk", one}, {"b", "x"}},
            kInvalid + "Type mismatch for Index Key b Expected: B Actual: S IndexName: by-b"},
           {{{"pk", "a"}, {"sk", one}, {"b", model::Null{}}},
            kInvalid + "Type mismatch for Index Key b Expected: B Actual: NULL IndexName: by-b"},
           {{{"pk", "a"}, {"sk", one}, {"b", Binary{""}}},
            "One or more parameter values are not valid. A value specified for a secondary index "
            "key is not supported. The AttributeValue for a key attribute cannot contain an empty "
            "binary value. IndexName: by-b, IndexKey: b"},
           {{{"pk", "a"}, {"sk", one}, {"b", Binary{std::string(2049, 'x')}}},
            kInvalid + "Size of hashkey has exceeded the maximum size limit of2048 bytes"},
           // A part of an index key is no entry, yet it must have the type.
           {{{"pk", "a"}, {"sk", one}, {"g3", std::string(2000, 'x')}}, ""},
           {{{"pk", "a"}, {"sk", one}, {"g3", one}},
            kInvalid + "Type mismatch for Index Key g3 Expected: S Actual: N IndexName: four"},
           {{{"pk", "a"},
             {"sk", one},
             {"g1", "1"},
             {"g2", "2"},
             {"g3", std::string(1024, 'x')},
             {"g4", "4"}},
            kInvalid +
                "Aggregated size of all range keys has exceeded the size limit of 1024 bytes"},
       }) {
    EXPECT_EQ(TextOf(CheckItemKeys(c.item, Table(), ItemSource::kPut)), c.text);
  }
}

TEST(KeyChecks, WordsIndexKeysOfUpdatesInTheirOwnWay) {
  const Number one(1);
  EXPECT_EQ(
      TextOf(CheckItemKeys({{"pk", "a"}, {"sk", one}, {"b", "x"}}, Table(), ItemSource::kUpdate)),
      "The update expression attempted to update the secondary index key to unsupported type");
  EXPECT_EQ(
      TextOf(CheckItemKeys({{"pk", "a"}, {"sk", one}, {"g1", ""}}, Table(), ItemSource::kUpdate)),
      "One or more parameter values are not valid. The update expression attempted to update a "
      "secondary index key to a value that is not supported. The AttributeValue for a key "
      "attribute "
      "cannot contain an empty string value.");
}

TEST(KeyChecks, WordsKeysInBatchesAndTransactionsInTheirOwnWay) {
  const Number one(1);
  const std::string other = "The provided key element does not match the schema";
  EXPECT_EQ(TextOf(CheckItemKeys({{"pk", "a"}}, Table(), ItemSource::kBatchPut)), other);
  EXPECT_EQ(TextOf(CheckItemKeys({{"pk", one}, {"sk", one}}, Table(), ItemSource::kBatchPut)),
            other);
  EXPECT_EQ(TextOf(CheckItemKeys({{"pk", "a"}, {"sk", one}, {"b", "x"}}, Table(),
                                 ItemSource::kTransactUpdate)),
            kInvalid + "Type mismatch for Index Key b Expected: B Actual: S IndexName: by-b");
}

TEST(KeyChecks, NamesTheFirstIndexByItsName) {
  const Number one(1);
  model::TableDescription table = Table();
  const std::string text =
      kInvalid + "Type mismatch for Index Key b Expected: B Actual: S IndexName: by-b";
  for (int order = 0; order < 2; ++order) {
    EXPECT_EQ(TextOf(CheckItemKeys({{"pk", "a"}, {"sk", one}, {"g1", one}, {"b", "x"}}, table,
                                   ItemSource::kPut)),
              text);
    const model::Placeholders placeholders{.names = {}, .values = {{":n", one}, {":s", "x"}}};
    expr::Bindings bindings(placeholders);
    const auto update = expr::Update::Compile("SET g1 = :n, b = :s", bindings);
    ASSERT_TRUE(update);
    EXPECT_EQ(TextOf(CheckUpdateOfIndexKeys(*update, table)), text);
    std::swap(table.indexes[0], table.indexes[1]);
  }
}

TEST(KeyChecks, KnowsEmptyKeysByTheirError) {
  const Number one(1);
  using enum model::DbErrorReason;
  EXPECT_EQ(CheckKey({{"pk", ""}, {"sk", one}}, Table().keys).error().reason, kEmptyKey);
  for (const ItemSource source : {ItemSource::kTransactUpdate, ItemSource::kPut}) {
    const Item item{{"pk", "a"}, {"sk", one}, {"g1", ""}};
    EXPECT_EQ(CheckItemKeys(item, Table(), source).error().reason, kEmptyKey);
  }
  EXPECT_EQ(CheckKey({{"pk", "a"}}, Table().keys).error().reason, kOther);
}

TEST(KeyChecks, LimitsTheItemToTheByte) {
  EXPECT_TRUE(CheckItemSize(409'600, ItemSource::kPut));
  EXPECT_EQ(TextOf(CheckItemSize(409'601, ItemSource::kPut)),
            "Item size has exceeded the maximum allowed size");
  EXPECT_EQ(TextOf(CheckItemSize(409'601, ItemSource::kUpdate)),
            "Item size to update has exceeded the maximum allowed size");
}

TEST(KeyChecks, BackfillTakesOnlyItemsThatFitTheIndex) {
  auto by_b = Table().indexes[0].keys;
  EXPECT_TRUE(FitsIndex({{"b", Binary{"x"}}}, by_b));
  EXPECT_FALSE(FitsIndex({{"a", Binary{"x"}}}, by_b));
  EXPECT_FALSE(FitsIndex({{"b", "x"}}, by_b));
  EXPECT_FALSE(FitsIndex({{"b", Binary{""}}}, by_b));
  EXPECT_FALSE(FitsIndex({{"b", Binary{std::string(2049, 'x')}}}, by_b));
}

TEST(KeyChecks, ExtractsIndexKeyAndBaseKey) {
  const Item item{{"pk", "a"}, {"sk", Number(1)}, {"b", Binary{"x"}}, {"other", "y"}};
  EXPECT_EQ(ExtractKey(item, Table().keys), (Item{{"pk", "a"}, {"sk", Number(1)}}));
  EXPECT_EQ(ExtractKey(item, Table().indexes[0].keys, Table().keys),
            (Item{{"b", Binary{"x"}}, {"pk", "a"}, {"sk", Number(1)}}));
  // An index may use an attribute of the table's key: it is there once.
  model::KeySchema local{.partition = {{"pk", Type::kS}}, .sort = {{"other", Type::kS}}};
  EXPECT_EQ(ExtractKey(item, local, Table().keys).size(), 3u);
}

TEST(KeyChecks, FindsDuplicatesByValue) {
  const Item a{{"n", *Number::Parse("1000")}}, b{{"n", *Number::Parse("1e3")}},
      c{{"n", *Number::Parse("1001")}}, d{{"n", "1000"}};
  EXPECT_FALSE(HaveDuplicates(std::vector<const Item*>{}));
  EXPECT_FALSE(HaveDuplicates(std::vector<const Item*>{&a}));
  EXPECT_FALSE(HaveDuplicates(std::vector<const Item*>{&a, &c, &d}));
  EXPECT_TRUE(HaveDuplicates(std::vector<const Item*>{&a, &c, &b}));
}

}  // namespace
}  // namespace cruddur::engine
