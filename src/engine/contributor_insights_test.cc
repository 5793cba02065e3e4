#include <gtest/gtest.h>

#include "engine/engine_fixture.h"

namespace cruddur::engine {
namespace {

using model::ContributorInsightsMode;
using model::ContributorInsightsStatus;

class ContributorInsights : public EngineFixture {
 protected:
  ContributorInsights() : EngineFixture(Kept::kOnDisk) {
    for (const char* table : {"one", "two"}) {
      Create(
          {.table = table,
           .keys = {{{"pk", model::Type::kS}}, {{"sk", model::Type::kS}}},
           .attribute_definitions = {{"pk", model::Type::kS}, {"sk", model::Type::kS}},
           .indexes = {
               {.name = "by-sk", .global = true, .keys = {{{"sk", model::Type::kS}}, {}}},
               {.name = "local", .keys = {{{"pk", model::Type::kS}}, {{"sk", model::Type::kS}}}}}});
    }
  }
  DbResult<model::ContributorInsightsSummary> Set(
      std::string table, bool enable, std::string index = "",
      std::optional<ContributorInsightsMode> mode = std::nullopt) {
    return Await<model::ContributorInsightsSummary>([&](auto done) {
      engine().UpdateContributorInsights({std::move(table), std::move(index), enable, mode},
                                         std::move(done));
    });
  }
  model::ContributorInsightsDescription Describe(std::string table, std::string index = "") {
    return engine().DescribeContributorInsights({std::move(table), std::move(index)}).value();
  }
  // "one", "one/by-sk", …, of all pages.
  std::vector<std::string> Listed(std::string table = "", int64_t page = 100) {
    std::vector<std::string> listed;
    model::ListContributorInsightsRequest request{std::move(table), "", page};
    do {
      auto response = engine().ListContributorInsights(request).value();
      EXPECT_LE(response.summaries.size(), static_cast<size_t>(page));
      for (const auto& each : response.summaries) {
        listed.push_back(each.index.empty() ? each.table : each.table + "/" + each.index);
      }
      request.next_token = response.next_token;
    } while (!request.next_token.empty());
    return listed;
  }
  using Names = std::vector<std::string>;
};

TEST_F(ContributorInsights, AreSwitchedOnAndOff) {
  EXPECT_EQ(Describe("one").summary.status, ContributorInsightsStatus::kDisabled);
  EXPECT_FALSE(Describe("one").summary.mode);
  EXPECT_FALSE(Describe("one").changed_at);
  EXPECT_EQ(Set("one", false)->status, ContributorInsightsStatus::kDisabled);

  EXPECT_EQ(Set("one", true)->status, ContributorInsightsStatus::kEnabling);
  Restart();
  EXPECT_EQ(Describe("one").summary.status, ContributorInsightsStatus::kEnabled);
  EXPECT_EQ(Describe("one").summary.mode, ContributorInsightsMode::kAccessedAndThrottledKeys);
  EXPECT_EQ(Describe("one").rules, (Names{"DynamoDBContributorInsights-PKC-one-1700000000000",
                                          "DynamoDBContributorInsights-PKT-one-1700000000000",
                                          "DynamoDBContributorInsights-SKC-one-1700000000000",
                                          "DynamoDBContributorInsights-SKT-one-1700000000000"}));

  EXPECT_EQ(Set("one", false)->status, ContributorInsightsStatus::kDisabling);
  EXPECT_EQ(Describe("one").summary.status, ContributorInsightsStatus::kDisabled);
  EXPECT_TRUE(Describe("one").summary.mode);
  EXPECT_TRUE(Describe("one").changed_at);
  EXPECT_EQ(Describe("one").rules, Names());
}

TEST_F(ContributorInsights, StayAsTheyAreIfNothingChanges) {
  const auto throttled = ContributorInsightsMode::kThrottledKeys;
  EXPECT_EQ(Set("one", true, "", throttled)->status, ContributorInsightsStatus::kEnabling);
  const auto changed_at = Describe("one").changed_at;
  clock().Advance(std::chrono::hours(1));
  EXPECT_EQ(Set("one", true, "", throttled)->status, ContributorInsightsStatus::kEnabled);
  EXPECT_EQ(Describe("one").changed_at, changed_at);
  // Without a mode the usual one is meant.
  const auto usual = Set("one", true);
  EXPECT_EQ(usual->status, ContributorInsightsStatus::kEnabling);
  EXPECT_EQ(usual->mode, ContributorInsightsMode::kAccessedAndThrottledKeys);
  EXPECT_NE(Describe("one").changed_at, changed_at);
  EXPECT_EQ(Set("one", false, "", throttled)->mode,
            ContributorInsightsMode::kAccessedAndThrottledKeys);
  EXPECT_EQ(Set("one", false)->status, ContributorInsightsStatus::kDisabled);
}

TEST_F(ContributorInsights, AreOfATableOrAGlobalIndex) {
  EXPECT_TRUE(Set("one", true, "by-sk", ContributorInsightsMode::kThrottledKeys));
  EXPECT_EQ(Describe("one", "by-sk").rules,
            Names{"DynamoDBContributorInsights-PKT-one-by-sk-1700000000000"});
  EXPECT_EQ(Describe("one").summary.status, ContributorInsightsStatus::kDisabled);
  for (const char* index : {"local", "none"}) {
    EXPECT_EQ(ErrorOf(Set("one", true, index)),
              "Index: " + std::string(index) + " not found for table: one");
  }
  EXPECT_EQ(ErrorOf(Set("none", true)), "Requested resource not found: Table: none not found");
  EXPECT_FALSE(engine().DescribeContributorInsights({"none", ""}));
}

TEST_F(ContributorInsights, AreListedWhereTheyAreOn) {
  EXPECT_EQ(Listed(), Names());
  ASSERT_TRUE(Set("two", true));
  ASSERT_TRUE(Set("one", true, "by-sk"));
  ASSERT_TRUE(Set("one", true));
  const Names all = {"one", "one/by-sk", "two"};
  EXPECT_EQ(Listed(), all);
  EXPECT_EQ(Listed("", 1), all);
  EXPECT_EQ(Listed("one", 1), (Names{"one", "one/by-sk"}));
  ASSERT_TRUE(Set("one", false));
  EXPECT_EQ(Listed(), (Names{"one/by-sk", "two"}));
  EXPECT_FALSE(engine().ListContributorInsights({"none", "", 100}));
}

TEST_F(ContributorInsights, AreListedPageByPageWhateverTheNames) {
  for (const char* table : {"one-more", "one.more"}) {
    Create({.table = table,
            .keys = {{{"pk", model::Type::kS}}, {}},
            .attribute_definitions = {{"pk", model::Type::kS}}});
    ASSERT_TRUE(Set(table, true));
  }
  ASSERT_TRUE(Set("one", true));
  ASSERT_TRUE(Set("one", true, "by-sk"));
  const Names all = {"one", "one/by-sk", "one-more", "one.more"};
  for (int64_t page : {1, 2, 3, 100}) EXPECT_EQ(Listed("", page), all) << page;
}

TEST_F(ContributorInsights, GoWithTheIndex) {
  ASSERT_TRUE(Set("one", true, "by-sk"));
  ASSERT_TRUE(Update({.table = "one", .delete_index = "by-sk"}));
  EXPECT_EQ(Listed(), Names());
}

}  // namespace
}  // namespace cruddur::engine
