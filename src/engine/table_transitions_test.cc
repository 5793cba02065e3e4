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
constexpr std::string_view kInUse = "Attempt to change a resource which is still in use: ";
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
  const auto same = Update(
      model::UpdateTableRequest{.table = "items", .table_class = model::TableClass::kStandard});
  ASSERT_TRUE(same);
  EXPECT_EQ(same->status, TableStatus::kUpdating) << "says AWS";
  EXPECT_EQ(Table().status, TableStatus::kActive);
  const auto infrequent = model::TableClass::kStandardInfrequentAccess;
  ASSERT_TRUE(Update(model::UpdateTableRequest{.table = "items", .table_class = infrequent}));
  EXPECT_EQ(Table().status, TableStatus::kUpdating);
  EXPECT_TRUE(Update(model::UpdateTableRequest{.table = "items", .deletion_protection = false}));
  EXPECT_EQ(Table().status, TableStatus::kUpdating) << "which goes on";
  const auto again = Update(model::UpdateTableRequest{.table = "items", .table_class = infrequent});
  EXPECT_EQ(CodeOf(again), DbErrorCode::kResourceInUse);
  EXPECT_EQ(ErrorOf(again),
            std::string(kInUse) +
                "Can't update table class when a table class update is in progress. "
                "Table: items TableClassUpdateInProgress: "
                "STANDARD_INFREQUENT_ACCESS");
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

TEST_F(TableStatuses, AnotherChangeTellsNothingBeforeItsTime) {
  using model::Throughput;
  Wait(kDelay);
  const auto warm = [&](int64_t units) {
    const auto changed = Update(model::UpdateTableRequest{
        .table = "items", .update_indexes = {{.name = "by-g", .warm = {{units, {}}}}}});
    ASSERT_TRUE(changed) << ErrorOf(changed);
  };
  warm(30'000);
  const auto encrypted =
      Update(model::UpdateTableRequest{.table = "items", .encryption = {{true, "1234"}}});
  ASSERT_TRUE(encrypted) << ErrorOf(encrypted);
  for (const auto& table : {*encrypted, Table()}) {
    EXPECT_EQ(table.indexes[0].warm, (Throughput{12'000, 4'000}));
    EXPECT_TRUE(table.indexes[0].warming);
    EXPECT_TRUE(table.encryption_changing);
  }
  EXPECT_EQ(
      ErrorOf(Update(model::UpdateTableRequest{.table = "items", .encryption = {{true, "5678"}}})),
      std::string(kInUse) + "Server-Side Encryption is still being updated");
  Restart();
  EXPECT_EQ(Table().indexes[0].warm, (Throughput{12'000, 4'000}));
  EXPECT_TRUE(Table().indexes[0].warming);
  EXPECT_EQ(Table().kms_key_arn, "");
  Wait(kDelay);
  EXPECT_EQ(Table().indexes[0].warm, (Throughput{30'000, 4'000}));
  EXPECT_FALSE(Table().indexes[0].warming);
  EXPECT_THAT(Table().kms_key_arn, HasSubstr("key/1234"));
}

// The texts are AWS's of October 2026.
TEST_F(TableStatuses, ChangesWaitForOneAnother) {
  Wait(kDelay);
  const auto refused = [&](model::UpdateTableRequest request, std::string_view text) {
    request.table = "items";
    const auto result = Update(std::move(request));
    EXPECT_EQ(CodeOf(result), DbErrorCode::kResourceInUse);
    EXPECT_EQ(ErrorOf(result), std::string(kInUse) + std::string(text));
  };
  const model::UpdateTableRequest stream{.stream_enabled = true,
                                         .stream_view = model::StreamViewType::kKeysOnly},
      provisioned{.billing = model::BillingMode::kProvisioned,
                  .throughput = model::Throughput{7, 8},
                  .update_indexes = {{.name = "by-g", .throughput = model::Throughput{1, 2}}}},
      limits{.on_demand = {{5, 5}}},
      infrequent{.table_class = model::TableClass::kStandardInfrequentAccess};
  const auto change = [&](model::UpdateTableRequest request) {
    request.table = "items";
    const auto changed = Update(std::move(request));
    ASSERT_TRUE(changed) << ErrorOf(changed);
  };

  change(stream);
  const std::string label = "Table: items Stream: " + Table().stream_label + " Operation: ENABLE";
  refused({.stream_enabled = false}, "A stream status change is currently in progress. " + label);
  refused(provisioned, "Can't change table IOPS when stream status is being updated. " + label);
  refused(infrequent, "Can't update table class when stream status is being updated. " + label);
  refused(limits, "OnDemandThroughput cannot be updated while stream status update is in progress");
  EXPECT_EQ(ErrorOf(Drop("items")),
            std::string(kInUse) + "Cannot delete table while stream is being enabled/disabled.");
  Wait(kDelay);

  change(provisioned);
  refused({.throughput = model::Throughput{9, 9}},
          "Table IOPS are currently being updated. Table: items");
  refused({.stream_enabled = false},
          "Can't enable or disable stream while table IOPS are being updated. Table: items");
  refused({.update_indexes = {{.name = "by-g", .throughput = model::Throughput{3, 3}}}},
          "Index is being updated. Table: items Index: by-g");
  Wait(kDelay);

  change(infrequent);
  refused({.stream_enabled = false},
          "Can't change stream status when a table class update is in progress. Table: items "
          "TableClassUpdateInProgress: STANDARD_INFREQUENT_ACCESS");
  Wait(kDelay);

  change({.delete_index = "by-g"});
  refused({.delete_index = "by-g"}, "Index is being deleted. Table: items Index: by-g");
  refused({.throughput = model::Throughput{9, 9}},
          "Can't change table IOPS when an index is being deleted. Table: items Indexes: [by-g]");
}

TEST_F(TableStatuses, ANewIndexIsAllocatedAndThenBackfilling) {
  Wait(kDelay);
  const model::IndexDefinition index{.name = "by-h", .global = true, .keys = {{{"h"}}, {}}};
  const auto added = Update(model::UpdateTableRequest{.table = "items", .create_index = index});
  ASSERT_TRUE(added);
  EXPECT_EQ(added->status, TableStatus::kUpdating);
  Wait(kDelay / 2 - base::Micros(1));
  EXPECT_EQ(Table().status, TableStatus::kUpdating);
  EXPECT_EQ(Table().indexes.at(1).status, TableStatus::kCreating);
  EXPECT_FALSE(Table().indexes.at(1).backfilling);
  const auto refused = [&](model::UpdateTableRequest request) {
    request.table = "items";
    return ErrorOf(Update(std::move(request)));
  };
  EXPECT_EQ(refused({.delete_index = "by-h"}),
            std::string(kInUse) +
                "Index creation is in resource allocation phase. Retry deletion during "
                "backfilling phase or when the index is active. Table: items Index: by-h");
  EXPECT_EQ(refused({.update_indexes = {{.name = "by-h", .warm = {{30'000, {}}}}}}),
            std::string(kInUse) +
                "Index is being created but is not backfilling yet.  Table: items Index: by-h");
  EXPECT_EQ(refused({.stream_enabled = true, .stream_view = model::StreamViewType::kKeysOnly}),
            std::string(kInUse) +
                "Can't change stream status when an index is being created. Table: items "
                "Indexes: [by-h]");
  Restart();
  EXPECT_FALSE(Table().indexes.at(1).backfilling);

  Wait(base::Micros(1));
  EXPECT_EQ(Table().status, TableStatus::kActive);
  EXPECT_EQ(Table().indexes.at(1).status, TableStatus::kCreating);
  EXPECT_TRUE(Table().indexes.at(1).backfilling);
  EXPECT_TRUE(Update(model::UpdateTableRequest{.table = "items", .deletion_protection = false}));
  EXPECT_THAT(ErrorOf(engine().Scan({.table = "items", .index = "by-h"})),
              HasSubstr("Cannot read from backfilling"));
  EXPECT_EQ(refused({.delete_index = "by-g"}),
            "Subscriber limit exceeded: Only 1 online index can be created or deleted "
            "simultaneously per table");
  EXPECT_THAT(ErrorOf(Drop("items")), HasSubstr("Cannot delete table while indexes are being"));
  Wait(kDelay / 2);
  EXPECT_EQ(Table().indexes.at(1).status, TableStatus::kActive);
  EXPECT_FALSE(Table().indexes.at(1).backfilling);
  EXPECT_TRUE(engine().Scan({.table = "items", .index = "by-h"}));
}

TEST_F(TableStatuses, AnIndexThatIsBackfillingMayBeGivenUp) {
  Wait(kDelay);
  const model::IndexDefinition index{.name = "by-h", .global = true, .keys = {{{"h"}}, {}}};
  ASSERT_TRUE(Update(model::UpdateTableRequest{.table = "items", .create_index = index}));
  Wait(kDelay / 2);
  EXPECT_TRUE(Update(model::UpdateTableRequest{.table = "items", .delete_index = "by-h"}));
  EXPECT_EQ(Table().indexes.at(1).status, TableStatus::kDeleting);
  Wait(kDelay);
  EXPECT_EQ(Table().indexes.size(), 1u);
  ExpectConsistent(engine(), "items", false);
}

TEST_F(TableStatuses, IndexesComeAndGoInTheirTime) {
  Wait(kDelay);
  MustPut("items", {{"pk", "a"}, {"h", "x"}});
  const model::IndexDefinition index{.name = "by-h", .global = true, .keys = {{{"h"}}, {}}};
  ASSERT_TRUE(Update(model::UpdateTableRequest{.table = "items", .create_index = index}));
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
  Wait(kDelay / 2);
  MustPut("items", {{"pk", "c"}, {"h", "y"}});
  Wait(kDelay / 2);
  EXPECT_EQ(Table().indexes.at(1).status, TableStatus::kActive);
  EXPECT_EQ(Table().status, TableStatus::kActive);
  EXPECT_EQ(engine().Scan({.table = "items", .index = "by-h"})->count, 3);
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
