#include <set>

#include "engine/engine_fixture.h"

namespace cruddur::engine {
namespace {

using model::Item;
using model::Number;
using model::ReturnConsumedCapacity;
using model::Type;

class Scan : public EngineFixture {
 protected:
  Scan() {
    Create({.table = "things",
            .keys = {.partition = {{"pk", Type::kS}}, .sort = {{"sk", Type::kN}}},
            .attribute_definitions = {{"pk", Type::kS}, {"sk", Type::kN}}});
  }
  void Fill(int partitions, int each) {
    for (int p = 0; p < partitions; ++p) {
      for (int s = 0; s < each; ++s) MustPut("things", Thing(p, s));
    }
  }
  static Item Thing(int p, int s) { return {{"pk", "p" + std::to_string(p)}, {"sk", Number(s)}}; }

  std::string Error(const model::ScanRequest& request) { return ErrorOf(engine().Scan(request)); }
};

TEST_F(Scan, ReadsEverythingPartitionByPartition) {
  Fill(20, 3);
  auto page = engine().Scan({.table = "things"});
  ASSERT_TRUE(page);
  EXPECT_EQ(page->count, 60);
  EXPECT_TRUE(page->last_evaluated_key.empty());
  // Within a partition the order is the sort key's.
  for (size_t i = 0; i < page->items.size(); ++i) {
    EXPECT_EQ(*page->items[i].Find("sk"), model::AttributeValue(Number(i % 3)));
    EXPECT_EQ(page->items[i].FindString("pk"), page->items[i / 3 * 3].FindString("pk"));
  }
}

TEST_F(Scan, GoesOnWhereItStopped) {
  Fill(7, 3);
  std::set<std::string> seen;
  model::ScanRequest request{.table = "things", .limit = 4};
  int pages = 0;
  for (;; ++pages) {
    auto page = engine().Scan(request);
    ASSERT_TRUE(page) << page.error().message;
    for (const Item& item : page->items) {
      int64_t sort = 0;
      item.Find("sk")->As<Number>()->AsInt64(sort);
      EXPECT_TRUE(seen.insert(std::string(item.FindString("pk")) + std::to_string(sort)).second);
    }
    if (page->last_evaluated_key.empty()) break;
    request.exclusive_start_key = page->last_evaluated_key;
  }
  EXPECT_EQ(seen.size(), 21u);
  EXPECT_EQ(pages, 5);
}

TEST_F(Scan, FiltersByAnyAttribute) {
  Fill(5, 3);
  auto page = engine().Scan({.table = "things",
                             .filter_expression = "sk = :s AND pk <> :p",
                             .placeholders = {.values = {{":s", Number(1)}, {":p", "p0"}}}});
  ASSERT_TRUE(page) << page.error().message;
  EXPECT_EQ(page->count, 4);
  EXPECT_EQ(page->scanned_count, 15);
}

TEST_F(Scan, PaysForThePartitionsItLooksInto) {
  auto units = [&](model::ScanRequest request) {
    request.table = "things";
    request.return_consumed_capacity = ReturnConsumedCapacity::kTotal;
    auto page = engine().Scan(request);
    return page ? page->consumed_capacity->units.total() : -1;
  };
  EXPECT_EQ(units({}), 2);
  EXPECT_EQ(units({.consistent_read = true}), 4);
  Fill(1, 1);
  EXPECT_EQ(units({}), 2);
  EXPECT_EQ(units({.consistent_read = true}), 4);
  EXPECT_EQ(units({.segment = 0, .total_segments = 2}), 1);
  EXPECT_EQ(units({.segment = 3, .total_segments = 4}), 0.5);
  EXPECT_EQ(units({.segment = 999, .total_segments = 1000}), 0.5);
}

TEST_F(Scan, RefusesBadRequests) {
  Fill(8, 1);
  struct Case {
    model::ScanRequest request;
    std::string text;
  };
  for (const Case& c : std::vector<Case>{
           {{.table = "nothing"}, "Requested resource not found"},
           {{.table = "things", .index = "none"},
            "The table does not have the specified index: none"},
           {{.table = "things", .limit = 0},
            "1 validation error detected: Value '0' at 'limit' failed to satisfy constraint: "
            "Member must have value greater than or equal to 1"},
           {{.table = "things", .segment = 0, .total_segments = 1'000'001},
            "1 validation error detected: Value '1000001' at 'totalSegments' failed to satisfy "
            "constraint: Member must have value less than or equal to 1000000"},
           {{.table = "things", .segment = 0},
            "The TotalSegments parameter is required but was not present in the request when "
            "Segment parameter is present"},
           {{.table = "things", .total_segments = 4},
            "The Segment parameter is required but was not present in the request when parameter "
            "TotalSegments is present"},
           {{.table = "things", .segment = 5, .total_segments = 5},
            "The Segment parameter is zero-based and must be less than parameter TotalSegments: "
            "Segment: 5 is not less than TotalSegments: 5"},
           {{.table = "things", .placeholders = {.names = {{"#a", "a"}}}},
            "ExpressionAttributeNames can only be specified when using expressions"},
           {{.table = "things",
             .projection_expression = "pk",
             .placeholders = {.values = {{":a", "a"}}}},
            "ExpressionAttributeValues can only be specified when using expressions: "
            "FilterExpression is null"},
           {{.table = "things", .exclusive_start_key = {{"pk", "x"}}},
            "The provided starting key is invalid: The provided key element does not match the "
            "schema"},
       }) {
    EXPECT_EQ(Error(c.request), c.text);
  }
}

TEST_F(Scan, StaysInItsSegment) {
  Fill(8, 1);
  for (int p = 0; p < 8; ++p) {
    int accepted = 0;
    for (int segment = 0; segment < 2; ++segment) {
      const std::string error = Error({.table = "things",
                                       .exclusive_start_key = Thing(p, 0),
                                       .segment = segment,
                                       .total_segments = 2});
      if (error.empty()) {
        ++accepted;
        continue;
      }
      EXPECT_EQ(error,
                "The provided starting key is invalid: Invalid ExclusiveStartKey. Please use "
                "ExclusiveStartKey with correct Segment. TotalSegments: 2 Segment: " +
                    std::to_string(segment));
    }
    EXPECT_EQ(accepted, 1);
  }
}

}  // namespace
}  // namespace cruddur::engine
