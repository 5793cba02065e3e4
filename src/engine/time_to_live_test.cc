#include <gtest/gtest.h>

#include <algorithm>
#include <map>

#include "engine/consistency.h"
#include "engine/engine_fixture.h"
#include "engine/random_items.h"

namespace cruddur::engine {
namespace {

using model::TimeToLiveStatus;

const std::string kTable = "sessions";

class TimeToLive : public EngineFixture {
 protected:
  TimeToLive() : EngineFixture(Kept::kOnDisk, Options()) {
    Create({.table = kTable,
            .keys = {{{"pk", model::Type::kS}}, {}},
            .attribute_definitions = {{"pk", model::Type::kS}, {"owner", model::Type::kS}},
            .indexes = {{.name = "by-owner",
                         .global = true,
                         .keys = {{{"owner", model::Type::kS}}, {}}}},
            .stream_view = model::StreamViewType::kNewAndOldImages});
  }
  static EngineOptions Options() {
    EngineOptions options = OneShard();
    options.ttl_interval = base::Micros(0);
    return options;
  }

  DbResult<model::TimeToLiveSpecification> Set(bool enabled, std::string attribute = "expires",
                                               const std::string& table = kTable) {
    return Await<model::TimeToLiveSpecification>([&](auto done) {
      engine().UpdateTimeToLive({table, {std::move(attribute), enabled}}, std::move(done));
    });
  }
  int64_t Now() { return std::chrono::floor<std::chrono::seconds>(clock().Now()).count(); }
  void Advance(std::chrono::seconds by) { clock().Advance(by); }

  void PutExpiring(const std::string& pk, model::AttributeValue expires) {
    MustPut(kTable, {{"pk", pk}, {"owner", "o"}, {"expires", std::move(expires)}});
  }
  // A write that changes nothing gives the background its turn; a step or two more than it needs.
  void Sweep(int steps = 3) {
    for (int i = 0; i <= steps; ++i) ASSERT_TRUE(Delete({.table = kTable, .key = {{"pk", "-"}}}));
  }
  std::vector<std::string> Left() {
    std::vector<std::string> left;
    for (const model::Item& item : ScanAll(engine(), kTable)) {
      left.push_back(*item.Find("pk")->As<std::string>());
    }
    std::ranges::sort(left);
    return left;
  }
  using Keys = std::vector<std::string>;
};

TEST_F(TimeToLive, IsDescribedAndChanged) {
  EXPECT_EQ(engine().DescribeTimeToLive(kTable)->status, TimeToLiveStatus::kDisabled);
  EXPECT_EQ(engine().DescribeTimeToLive(kTable)->attribute, "");
  const auto set = Set(true);
  ASSERT_TRUE(set) << set.error().message;
  EXPECT_EQ(set->attribute, "expires");
  EXPECT_TRUE(set->enabled);
  EXPECT_EQ(engine().DescribeTimeToLive(kTable)->status, TimeToLiveStatus::kEnabled);
  EXPECT_EQ(engine().DescribeTimeToLive(kTable)->attribute, "expires");
  Advance(std::chrono::minutes(31));
  ASSERT_TRUE(Set(false));
  EXPECT_EQ(engine().DescribeTimeToLive(kTable)->status, TimeToLiveStatus::kDisabled);
  EXPECT_EQ(engine().DescribeTimeToLive(kTable)->attribute, "");
}

TEST_F(TimeToLive, RefusesWhatAwsRefuses) {
  EXPECT_EQ(ErrorOf(Set(false)), "TimeToLive is already disabled");
  ASSERT_TRUE(Set(true));
  EXPECT_EQ(ErrorOf(Set(true)), "TimeToLive is already enabled");
  const std::string other =
      "TimeToLive is active on a different AttributeName: current AttributeName is expires";
  EXPECT_EQ(ErrorOf(Set(true, "until")), other);
  EXPECT_EQ(ErrorOf(Set(false, "until")), other);
  const std::string too_soon =
      "Time to live has been modified multiple times within a fixed interval";
  EXPECT_EQ(ErrorOf(Set(false)), too_soon);
  Advance(std::chrono::minutes(31));
  EXPECT_EQ(ErrorOf(Set(true)), "TimeToLive is already enabled");
  ASSERT_TRUE(Set(false));
  EXPECT_EQ(ErrorOf(Set(false)), "TimeToLive is already disabled");
  EXPECT_EQ(ErrorOf(Set(true, "until")), too_soon);
  Advance(std::chrono::minutes(31));
  EXPECT_TRUE(Set(true, "until"));

  const auto missing = Set(true, "expires", "none");
  EXPECT_EQ(missing.error().code, model::DbErrorCode::kResourceNotFound);
  EXPECT_EQ(missing.error().message, "Requested resource not found: Table: none not found");
  EXPECT_EQ(ErrorOf(engine().DescribeTimeToLive("none")), missing.error().message);
}

TEST_F(TimeToLive, RemovesItemsWhoseTimeIsOver) {
  ASSERT_TRUE(Set(true));
  PutExpiring("soon", Now() + 10);
  PutExpiring("later", Now() + 20);
  PutExpiring("text", std::to_string(Now() - 10));
  PutExpiring("ancient", Now() - int64_t{60} * 60 * 24 * 366 * 5);
  PutExpiring("milliseconds", Now() * 1000);
  MustPut(kTable, {{"pk", "for ever"}});
  Sweep();
  EXPECT_EQ(Left(), (Keys{"ancient", "for ever", "later", "milliseconds", "soon", "text"}));
  Advance(std::chrono::seconds(11));
  Sweep();
  EXPECT_EQ(Left(), (Keys{"ancient", "for ever", "later", "milliseconds", "text"}));
  Advance(std::chrono::seconds(10));
  PutExpiring("late", Now() - 1);
  Sweep();
  EXPECT_EQ(Left(), (Keys{"ancient", "for ever", "milliseconds", "text"}));
}

TEST_F(TimeToLive, LooksAtTheItemAsItStands) {
  ASSERT_TRUE(Set(true));
  PutExpiring("prolonged", Now() + 10);
  PutExpiring("freed", Now() + 10);
  PutExpiring("shortened", Now() + 1000);
  PutExpiring("replaced", Now() + 10);
  PutExpiring("deleted", Now() + 10);
  const auto update = [&](const char* pk, const char* expression, model::Item values) {
    ASSERT_TRUE(Update({.table = kTable,
                        .key = {{"pk", pk}},
                        .update_expression = expression,
                        .placeholders = {.values = std::move(values)}}));
  };
  update("prolonged", "SET expires = :t", {{":t", Now() + 100}});
  update("freed", "REMOVE expires", {});
  update("shortened", "SET expires = :t", {{":t", Now() + 5}});
  MustPut(kTable, {{"pk", "replaced"}});
  ASSERT_TRUE(Delete({.table = kTable, .key = {{"pk", "deleted"}}}));
  Advance(std::chrono::seconds(11));
  Sweep();
  EXPECT_EQ(Left(), (Keys{"freed", "prolonged", "replaced"}));
}

TEST_F(TimeToLive, LeavesIndexesStreamAndCountsAsADeletionDoes) {
  ASSERT_TRUE(Set(true));
  PutExpiring("a", Now() + 1);
  PutExpiring("b", Now() + 100);
  ASSERT_TRUE(Delete({.table = kTable, .key = {{"pk", "b"}}}));
  Advance(std::chrono::seconds(2));
  Sweep();
  EXPECT_EQ(Left(), Keys{});
  ExpectConsistent(engine(), kTable, true);
  const auto records = ReadStream(engine(), engine().DescribeTable(kTable)->stream_arn);
  ASSERT_EQ(records.size(), 4u);
  EXPECT_FALSE(records[2].by_ttl);
  EXPECT_TRUE(records[3].by_ttl);
  EXPECT_EQ(records[3].event_name, model::StreamEventName::kRemove);
  EXPECT_EQ(records[3].keys, (model::Item{{"pk", "a"}}));
  EXPECT_NE(records[3].old_image, std::nullopt);
}

TEST_F(TimeToLive, TakesUpWhatIsInTheTableWhenItIsSwitchedOn) {
  constexpr int kItems = 600;  // more than a step of the backfill
  for (int i = 0; i < kItems; ++i) PutExpiring("old" + std::to_string(i), Now() - 1 + i % 2 * 100);
  ASSERT_TRUE(Set(true));
  PutExpiring("old1", Now() + 1000);
  PutExpiring("new", Now() - 1);
  Sweep(12);
  EXPECT_EQ(Left().size(), kItems / 2u);
  Advance(std::chrono::seconds(200));
  Sweep(12);
  EXPECT_EQ(Left(), Keys{"old1"});
  ExpectConsistent(engine(), kTable, true);
}

TEST_F(TimeToLive, GoesOnAfterARestart) {
  for (int i = 0; i < 600; ++i) PutExpiring("old" + std::to_string(i), Now() - 1);
  ASSERT_TRUE(Set(true));
  PutExpiring("later", Now() + 10);
  Restart();  // in the midst of the backfill, as likely as not
  EXPECT_EQ(engine().DescribeTimeToLive(kTable)->attribute, "expires");
  EXPECT_EQ(ErrorOf(Set(false)),
            "Time to live has been modified multiple times within a fixed interval");
  Sweep(12);
  EXPECT_EQ(Left(), Keys{"later"});
  Advance(std::chrono::seconds(11));
  Restart();
  Sweep();
  EXPECT_EQ(Left(), Keys{});
  ExpectConsistent(engine(), kTable, true);
}

TEST_F(TimeToLive, StopsWhenItIsSwitchedOff) {
  ASSERT_TRUE(Set(true));
  PutExpiring("a", Now() + 3600);
  Advance(std::chrono::minutes(31));
  ASSERT_TRUE(Set(false));
  Advance(std::chrono::hours(1));
  Sweep();
  EXPECT_EQ(Left(), Keys{"a"});
  ASSERT_TRUE(Set(true, "until"));
  Sweep();
  EXPECT_EQ(Left(), Keys{"a"});
  Advance(std::chrono::minutes(31));
  ASSERT_TRUE(Set(false, "until"));
  Advance(std::chrono::minutes(31));
  ASSERT_TRUE(Set(true));
  Sweep();
  EXPECT_EQ(Left(), Keys{});
}

TEST_F(TimeToLive, ATableCreatedAnewInheritsNothing) {
  ASSERT_TRUE(Set(true));
  PutExpiring("a", Now() + 10);
  ASSERT_TRUE(Drop(kTable));
  Create({.table = kTable,
          .keys = {{{"pk", model::Type::kS}}, {}},
          .attribute_definitions = {{"pk", model::Type::kS}}});
  EXPECT_EQ(engine().DescribeTimeToLive(kTable)->status, TimeToLiveStatus::kDisabled);
  PutExpiring("a", Now() + 10);
  Advance(std::chrono::seconds(11));
  Sweep();
  EXPECT_EQ(Left(), Keys{"a"});
}

// Whatever was written and when, exactly the items are there whose time isn't over.
TEST_F(TimeToLive, KeepsExactlyWhatHasNotExpired) {
  Random random(TestSeed());
  RecordProperty("seed", std::to_string(TestSeed()));
  std::map<std::string, std::optional<int64_t>> expected;
  for (int round = 0; round < 40; ++round) {
    if (round == 10) {
      ASSERT_TRUE(Set(true));
    }
    for (int i = 0; i < 20; ++i) {
      const std::string pk = "k" + std::to_string(random.Below(30));
      switch (random.Below(4)) {
        case 0:
          ASSERT_TRUE(Delete({.table = kTable, .key = {{"pk", pk}}}));
          expected.erase(pk);
          break;
        case 1:
          MustPut(kTable, {{"pk", pk}, {"owner", "o"}});
          expected[pk] = std::nullopt;
          break;
        default: {
          const int64_t expires = Now() + static_cast<int64_t>(random.Below(40)) + 1;
          PutExpiring(pk, expires);
          expected[pk] = expires;
        }
      }
    }
    if (random.OneIn(4)) Restart();
    Advance(std::chrono::seconds(random.Below(20)));
    Sweep();
    if (round < 10) continue;
    std::erase_if(expected, [&](const auto& item) { return item.second && *item.second < Now(); });
    Keys left;
    for (const auto& [pk, expires] : expected) left.push_back(pk);
    ASSERT_EQ(Left(), left) << "round " << round << " seed " << TestSeed();
  }
  ExpectConsistent(engine(), kTable, true);
}

}  // namespace
}  // namespace cruddur::engine
