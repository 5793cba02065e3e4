#include "engine/table_transitions.h"

#include <gmock/gmock.h>

#include "engine/consistency.h"
#include "engine/engine_fixture.h"

namespace cruddur::engine {
namespace {

using model::DbErrorCode;
using model::Item;
using model::TableStatus;
using testing::ElementsAre;
using testing::HasSubstr;

constexpr base::Micros kDelay = std::chrono::seconds(10);
constexpr std::string_view kBusy =
    "Attempt to change a resource which is still in use: Table is being ";

EngineOptions Slow() {
  EngineOptions options;
  options.shard_interval = std::chrono::years(100);
  options.control_plane_delay = kDelay;
  return options;
}

class TableStatuses : public EngineFixture {
 protected:
  TableStatuses() : EngineFixture(Kept::kOnDisk, Slow()) {
    model::CreateTableRequest request{.table = "items", .keys = {{{"pk"}}, {}}};
    request.indexes = {{.name = "by-g", .global = true, .keys = {{{"g"}}, {}}}};
    created_ = Create(request);
  }

  // Lets time go by, and the background see it.
  void Wait(base::Micros time) {
    clock().Advance(time);
    for (int i = 0; i < 2; ++i) EXPECT_FALSE(Drop("none"));
  }
  model::TableDescription Table() {
    auto table = engine().DescribeTable("items");
    EXPECT_TRUE(table) << ErrorOf(table);
    return table.value_or(model::TableDescription());
  }
  DbErrorCode CodeOf(const DbResult<model::TableDescription>& result) {
    return result ? DbErrorCode::kUnreachable : result.error().code;
  }

  model::TableDescription created_;
};

TEST_F(TableStatuses, ANewTableIsCreatingForAWhile) {
  EXPECT_EQ(created_.status, TableStatus::kCreating);
  EXPECT_EQ(Table().status, TableStatus::kCreating);
  EXPECT_EQ(Table().indexes.at(0).status, TableStatus::kCreating);
  EXPECT_THAT(engine().ListTables({})->table_names, ElementsAre("items"));
  const auto put = Put({.table = "items", .item = {{"pk", "a"}}});
  ASSERT_FALSE(put);
  EXPECT_EQ(put.error().code, DbErrorCode::kResourceNotFound);
  EXPECT_EQ(put.error().message, "Requested resource not found");
  EXPECT_EQ(ErrorOf(engine().GetItem({.table = "items", .key = {{"pk", "a"}}})),
            "Requested resource not found");
  const auto update =
      Update(model::UpdateTableRequest{.table = "items", .deletion_protection = true});
  EXPECT_EQ(CodeOf(update), DbErrorCode::kResourceInUse);
  EXPECT_EQ(ErrorOf(update), std::string(kBusy) + "created: items");
  EXPECT_EQ(ErrorOf(Drop("items")), std::string(kBusy) + "created: items");

  Wait(kDelay - base::Micros(1));
  EXPECT_EQ(Table().status, TableStatus::kCreating);
  Wait(base::Micros(1));
  EXPECT_EQ(Table().status, TableStatus::kActive);
  EXPECT_EQ(Table().indexes.at(0).status, TableStatus::kActive);
  MustPut("items", {{"pk", "a"}, {"g", "b"}});
  ExpectConsistent(engine(), "items", false);
}

TEST_F(TableStatuses, LastOverARestart) {
  Restart();
  EXPECT_EQ(Table().status, TableStatus::kCreating);
  Wait(kDelay);
  EXPECT_EQ(Table().status, TableStatus::kActive);
}

TEST_F(TableStatuses, AChangedTableIsUpdatingAndInUse) {
  Wait(kDelay);
  ASSERT_TRUE(Update(model::UpdateTableRequest{.table = "items", .deletion_protection = false}));
  EXPECT_EQ(Table().status, TableStatus::kActive) << "takes no time";
  const auto infrequent = model::TableClass::kStandardInfrequentAccess;
  ASSERT_TRUE(Update(model::UpdateTableRequest{.table = "items", .table_class = infrequent}));
  EXPECT_EQ(Table().status, TableStatus::kUpdating);
  const auto again =
      Update(model::UpdateTableRequest{.table = "items", .deletion_protection = true});
  EXPECT_EQ(CodeOf(again), DbErrorCode::kResourceInUse);
  EXPECT_EQ(ErrorOf(again), std::string(kBusy) + "updated: items");
  EXPECT_EQ(ErrorOf(Drop("items")),
            "Attempt to change a resource which is still in use: Table: items is in the process of "
            "being updated.");
  MustPut("items", {{"pk", "a"}});
  Wait(kDelay);
  EXPECT_EQ(Table().status, TableStatus::kActive);
}

TEST_F(TableStatuses, DeletionProtectionAndLimitsChangeAtOnce) {
  Wait(kDelay);
  auto changed = Update(model::UpdateTableRequest{.table = "items", .deletion_protection = true});
  ASSERT_TRUE(changed);
  EXPECT_EQ(changed->status, TableStatus::kActive);
  changed = Update(model::UpdateTableRequest{.table = "items", .on_demand = {{5, 5}}});
  ASSERT_TRUE(changed);
  EXPECT_EQ(changed->status, TableStatus::kActive);
  EXPECT_EQ(Table().status, TableStatus::kActive);
  EXPECT_EQ(Table().on_demand, (model::OnDemandThroughput{5, 5}));
}

TEST_F(TableStatuses, SettingsAreToldWhenTheyAreThere) {
  using model::Throughput;
  Wait(kDelay);
  const auto change = [&](model::UpdateTableRequest request) {
    request.table = "items";
    const auto changed = Update(std::move(request));
    EXPECT_TRUE(changed) << ErrorOf(changed);
  };
  change({.warm = {{20'000, {}}}});
  EXPECT_EQ(Table().status, TableStatus::kActive);
  EXPECT_TRUE(Table().warming);
  EXPECT_EQ(Table().warm, (Throughput{12'000, 4'000}));
  EXPECT_THAT(ErrorOf(Drop("items")),
              HasSubstr("Table: items is in the process of being updated."));
  Wait(kDelay);
  EXPECT_FALSE(Table().warming);
  EXPECT_EQ(Table().warm, (Throughput{20'000, 4'000}));

  change({.encryption = {{true, "1234"}}});
  EXPECT_EQ(Table().status, TableStatus::kActive);
  EXPECT_TRUE(Table().encryption_changing);
  EXPECT_EQ(Table().kms_key_arn, "");
  Wait(kDelay);
  EXPECT_FALSE(Table().encryption_changing);
  EXPECT_THAT(Table().kms_key_arn, HasSubstr("key/1234"));

  change({.table_class = model::TableClass::kStandardInfrequentAccess});
  EXPECT_EQ(Table().status, TableStatus::kUpdating);
  EXPECT_EQ(Table().table_class, model::TableClass::kStandard);
  Wait(kDelay);
  EXPECT_EQ(Table().table_class, model::TableClass::kStandardInfrequentAccess);

  change({.update_indexes = {{.name = "by-g", .warm = {{30'000, {}}}}}});
  EXPECT_TRUE(Table().indexes[0].warming);
  EXPECT_EQ(Table().indexes[0].warm, (Throughput{12'000, 4'000}));
  Wait(kDelay);
  EXPECT_EQ(Table().indexes[0].warm, (Throughput{30'000, 4'000}));

  change({.billing = model::BillingMode::kProvisioned,
          .throughput = Throughput{7, 8},
          .update_indexes = {{.name = "by-g", .throughput = Throughput{1, 2}}}});
  EXPECT_EQ(Table().status, TableStatus::kUpdating);
  EXPECT_EQ(Table().billing, model::BillingMode::kProvisioned) << "is told at once";
  EXPECT_EQ(Table().indexes[0].status, TableStatus::kUpdating);
  Wait(kDelay);
  EXPECT_EQ(Table().billing, model::BillingMode::kProvisioned);
  EXPECT_EQ(Table().throughput, (Throughput{7, 8}));
  EXPECT_EQ(Table().indexes[0].throughput, (Throughput{1, 2}));
  EXPECT_EQ(Table().indexes[0].status, TableStatus::kActive);
}

TEST_F(TableStatuses, TimeToLiveIsEnablingAndDisablingForAWhile) {
  Wait(kDelay);
  const auto set = [&](bool enabled) {
    return Await<model::TimeToLiveSpecification>([&](auto done) {
      engine().UpdateTimeToLive({"items", {"expires", enabled}}, std::move(done));
    });
  };
  const auto described = [&] { return engine().DescribeTimeToLive("items")->status; };
  ASSERT_TRUE(set(true));
  EXPECT_EQ(described(), model::TimeToLiveStatus::kEnabling);
  EXPECT_EQ(engine().DescribeTimeToLive("items")->attribute, "expires");
  Restart();
  EXPECT_EQ(described(), model::TimeToLiveStatus::kEnabling);
  clock().Advance(kDelay);
  EXPECT_EQ(described(), model::TimeToLiveStatus::kEnabled);
  clock().Advance(std::chrono::hours(1));
  ASSERT_TRUE(set(false));
  EXPECT_EQ(described(), model::TimeToLiveStatus::kDisabling);
  EXPECT_EQ(engine().DescribeTimeToLive("items")->attribute, "expires");
  clock().Advance(kDelay);
  EXPECT_EQ(described(), model::TimeToLiveStatus::kDisabled);
  EXPECT_EQ(engine().DescribeTimeToLive("items")->attribute, "");
}

TEST_F(TableStatuses, IndexesComeAndGoInTheirTime) {
  Wait(kDelay);
  MustPut("items", {{"pk", "a"}, {"h", "x"}});
  const model::IndexDefinition index{.name = "by-h", .global = true, .keys = {{{"h"}}, {}}};
  ASSERT_TRUE(Update(model::UpdateTableRequest{.table = "items", .create_index = index}));
  Wait(kDelay / 2);
  EXPECT_EQ(Table().indexes.at(1).status, TableStatus::kCreating);
  EXPECT_EQ(ErrorOf(Drop("items")),
            "Attempt to change a resource which is still in use: Cannot delete table while indexes "
            "are being created, updated, or deleted.");
  const model::IndexDefinition other{.name = "by-i", .global = true, .keys = {{{"i"}}, {}}};
  EXPECT_EQ(ErrorOf(Update(model::UpdateTableRequest{.table = "items", .create_index = other})),
            "Subscriber limit exceeded: Only 1 online index can be created or deleted "
            "simultaneously per table");
  EXPECT_THAT(ErrorOf(engine().Scan({.table = "items", .index = "by-h"})),
              HasSubstr("Cannot read from backfilling"));
  MustPut("items", {{"pk", "b"}, {"h", "y"}});
  Wait(kDelay);
  EXPECT_EQ(Table().indexes.at(1).status, TableStatus::kActive);
  EXPECT_EQ(Table().status, TableStatus::kActive);
  EXPECT_EQ(engine().Scan({.table = "items", .index = "by-h"})->count, 2);
  ExpectConsistent(engine(), "items", false);

  ASSERT_TRUE(Update(model::UpdateTableRequest{.table = "items", .delete_index = "by-h"}));
  EXPECT_EQ(Table().indexes.at(1).status, TableStatus::kDeleting);
  EXPECT_THAT(ErrorOf(engine().Scan({.table = "items", .index = "by-h"})),
              HasSubstr("does not have the specified index"));
  MustPut("items", {{"pk", "c"}, {"h", "z"}});
  Wait(kDelay);
  EXPECT_EQ(Table().indexes.size(), 1u);
  ExpectConsistent(engine(), "items", false);
}

TEST_F(TableStatuses, ADeletedTableIsThereUntilItIsGone) {
  Wait(kDelay);
  MustPut("items", {{"pk", "a"}});
  const auto deleted = Drop("items");
  ASSERT_TRUE(deleted);
  EXPECT_EQ(deleted->status, TableStatus::kDeleting);
  EXPECT_EQ(Table().status, TableStatus::kDeleting);
  EXPECT_FALSE(Put({.table = "items", .item = {{"pk", "b"}}}));
  EXPECT_FALSE(engine().GetItem({.table = "items", .key = {{"pk", "a"}}}));
  EXPECT_EQ(ErrorOf(Drop("items")), std::string(kBusy) + "deleted: items");
  const auto again = Await<model::TableDescription>([&](auto done) {
    engine().CreateTable(
        {.table = "items", .keys = {{{"pk"}}, {}}, .billing = model::BillingMode::kPayPerRequest},
        std::move(done));
  });
  EXPECT_EQ(CodeOf(again), DbErrorCode::kResourceInUse);
  Wait(kDelay);
  EXPECT_EQ(ErrorOf(engine().DescribeTable("items")),
            "Requested resource not found: Table: items not found");
  Create({.table = "items", .keys = {{{"pk"}}, {}}});
  Wait(kDelay);
  EXPECT_FALSE(Get("items", {{"pk", "a"}}));
}

TEST_F(TableStatuses, TagsWaitForTheirTable) {
  const auto tag = [&] {
    return Await<void>(
        [&](auto done) { engine().TagResource({created_.arn, {{"a", "b"}}}, std::move(done)); });
  };
  const auto early = tag();
  ASSERT_FALSE(early);
  EXPECT_EQ(early.error().code, DbErrorCode::kResourceInUse);
  Wait(kDelay);
  EXPECT_TRUE(tag());
}

}  // namespace
}  // namespace cruddur::engine
