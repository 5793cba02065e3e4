// Invariants 1, 2 and 5 of dynamodb-semantics.md section 1: keys, ties and going on.
#include "engine/random_tables_fixture.h"

namespace cruddur::engine {
namespace {

using model::AttributeValue;
using model::Item;
using model::Type;

AttributeValue RandomKeyValue(Random& random, Type type) {
  if (type == Type::kN) {
    // Up to 38 digits, any sign and exponent.
    std::string digits(1 + random.Below(38), '0');
    for (char& digit : digits) digit = static_cast<char>('0' + random.Below(10));
    const int exponent = static_cast<int>(random.Below(160)) - 80;
    return *model::Number::Parse((random.OneIn(2) ? "-" : "") + digits + "e" +
                                 std::to_string(exponent));
  }
  if (random.OneIn(3))
    return type == Type::kS ? AttributeValue(random.Pick(KeyTexts()))
                            : model::Binary{random.Pick(KeyTexts())};
  // Few different bytes, so that many texts begin alike.
  std::string bytes(1 + random.Below(6), '\0');
  for (char& byte : bytes) byte = "\x00\x01\x7F\xFF"[random.Below(4)];
  if (type == Type::kB) return model::Binary{bytes};
  for (char& byte : bytes) byte = static_cast<char>(byte & 0x7F);
  return bytes;
}

TEST_F(EngineInvariant, KeysAreCollisionFreeAndOrderedLikeDynamoDb) {
  for (Type partition : {Type::kS, Type::kN, Type::kB}) {
    for (Type sort : {Type::kS, Type::kN, Type::kB}) {
      const std::string name = "keys-" + std::string(model::TypeName(partition)) + "-" +
                               std::string(model::TypeName(sort));
      ReferenceTable table({.table = name,
                            .keys = {.partition = {{"pk", partition}}, .sort = {{"sk", sort}}},
                            .attribute_definitions = {{"pk", partition}, {"sk", sort}}});
      Create(table.schema());
      std::vector<AttributeValue> partitions;
      for (int i = 0; i < 4; ++i) partitions.push_back(RandomKeyValue(random(), partition));
      for (int64_t i = 0; i < 60; ++i) {
        const Item item{{"pk", random().Pick(partitions)},
                        {"sk", RandomKeyValue(random(), sort)},
                        {"n", model::Number(i)}};
        MustPut(name, item);
        table.Put(item);
      }
      for (const Item& item : table.items()) {
        EXPECT_EQ(Get(name, {{"pk", *item.Find("pk")}, {"sk", *item.Find("sk")}}), item)
            << "seed " << TestSeed();
      }
      ExpectSame(table);
    }
  }
}

TEST_F(EngineInvariant, IndexEntriesAreIdentifiedByIndexKeyAndBaseKey) {
  ReferenceTable table = MakeTable("ties");
  // All items have the same keys in each index.
  for (const std::string& pk : KeyTexts()) {
    for (int64_t sk = 0; sk < 3; ++sk) {
      const Item item{{"pk", pk},    {"sk", model::Number(sk)}, {"ls", "same"},
                      {"g", "same"}, {"gn", model::Number(1)},  {"gb", model::Binary{"same"}}};
      MustPut("ties", item);
      table.Put(item);
    }
  }
  ExpectSame(table);
  while (!table.items().empty()) {
    const Item item = random().Pick(table.items());
    const Item key{{"pk", *item.Find("pk")}, {"sk", *item.Find("sk")}};
    ASSERT_TRUE(Delete({.table = "ties", .key = key}));
    table.Delete(key);
    if (table.items().size() % 6 == 0) ExpectSame(table);
  }
}

// A bound on the sort key as text and as what it means.
struct Bound {
  std::string text;
  std::function<bool(const AttributeValue&)> holds;
};

Bound RandomBound(Random& random, const std::string& name, const AttributeValue& low,
                  const AttributeValue& high) {
  switch (random.Below(6)) {
    case 0:
      return {name + " < :low", [=](const auto& v) { return CompareKeys(v, low) < 0; }};
    case 1:
      return {name + " <= :low", [=](const auto& v) { return CompareKeys(v, low) <= 0; }};
    case 2:
      return {name + " > :low", [=](const auto& v) { return CompareKeys(v, low) > 0; }};
    case 3:
      return {name + " >= :low", [=](const auto& v) { return CompareKeys(v, low) >= 0; }};
    case 4:
      return {name + " = :low", [=](const auto& v) { return CompareKeys(v, low) == 0; }};
    default:
      return {name + " BETWEEN :low AND :high",
              [=](const auto& v) { return CompareKeys(v, low) >= 0 && CompareKeys(v, high) <= 0; }};
  }
}

TEST_F(EngineInvariant, AResumedQueryKeepsItsOtherBound) {
  ReferenceTable table = MakeTable("pages");
  for (int i = 0; i < 150; ++i) WriteRandomly(table);
  struct Source {
    const char *index, *partition, *sort;
    Type type;
  };
  for (int round = 0; round < 200; ++round) {
    const Source source = random().Pick(
        std::vector<Source>{{"", "pk", "sk", Type::kN}, {"local", "pk", "ls", Type::kS}});
    AttributeValue low = source.type == Type::kN ? AttributeValue(KeyNumber(random()))
                                                 : AttributeValue(random().Pick(KeyTexts()));
    AttributeValue high = source.type == Type::kN ? AttributeValue(KeyNumber(random()))
                                                  : AttributeValue(random().Pick(KeyTexts()));
    if (CompareKeys(low, high) > 0) std::swap(low, high);
    const AttributeValue partition = random().Pick(KeyTexts());
    const Bound bound = RandomBound(random(), source.sort, low, high);
    const auto expected = [&](const model::IndexDefinition* index) {
      return table.Query(index, [&](const Item& item) {
        return *item.Find(source.partition) == partition && bound.holds(*item.Find(source.sort));
      });
    }(table.Index(source.index));

    model::QueryRequest request{
        .table = "pages",
        .index = source.index,
        .key_condition_expression = std::string(source.partition) + " = :p AND " + bound.text,
        .placeholders = {.values = {{":p", partition}, {":low", low}}}};
    if (bound.text.find(":high") != std::string::npos) {
      request.placeholders.values.Set(":high", high);
    }
    const auto limit = static_cast<int64_t>(1 + random().Below(4));
    EXPECT_EQ(ReadAll(request, limit), expected) << bound.text << " seed " << TestSeed();
    request.scan_index_forward = false;
    EXPECT_EQ(ReadAll(request, limit), std::vector(expected.rbegin(), expected.rend()))
        << bound.text << " seed " << TestSeed();
  }
}

TEST_F(EngineInvariant, LastEvaluatedKeyHoldsIndexKeyAndBaseKey) {
  ReferenceTable table = MakeTable("keys");
  for (int i = 0; i < 100; ++i) WriteRandomly(table);
  for (const auto& [index, names] : std::vector<std::pair<std::string, std::vector<std::string>>>{
           {"", {"pk", "sk"}},
           {"local", {"ls", "pk", "sk"}},
           {"flat", {"g", "pk", "sk"}},
           {"wide", {"g", "gb", "gn", "ls", "pk", "sk"}}}) {
    auto page = engine().Scan({.table = "keys", .index = index, .limit = 3});
    ASSERT_TRUE(page && page->count == 3) << index << " seed " << TestSeed();
    const Item& last = page->items.back();
    std::vector<std::string> found;
    for (const model::Attribute& attribute : page->last_evaluated_key) {
      found.push_back(attribute.name);
      EXPECT_EQ(*last.Find(attribute.name), attribute.value);
    }
    EXPECT_EQ(found, names);
  }
}

}  // namespace
}  // namespace cruddur::engine
