#include "engine/table_settings.h"

#include <gmock/gmock.h>

#include "engine/engine_fixture.h"

namespace cruddur::engine {
namespace {

using model::BillingMode;
using model::EncryptionSpecification;
using model::OnDemandThroughput;
using model::TableStatus;
using model::Throughput;
using model::UpdateTableRequest;
using model::WantedWarmThroughput;
using testing::HasSubstr;
using testing::StartsWith;

class TableSettings : public EngineFixture {
 protected:
  TableSettings() : EngineFixture(Kept::kOnDisk) {}

  static model::CreateTableRequest Request(std::optional<Throughput> throughput = {}) {
    model::CreateTableRequest request{.table = "items", .keys = {{{"pk"}}, {}}};
    request.throughput = throughput;
    request.indexes = {{.name = "by-g", .global = true, .keys = {{{"g"}}, {}}}};
    request.indexes[0].throughput = throughput;
    return request;
  }
  std::string Refusal(model::CreateTableRequest request) {
    if (!request.throughput) request.billing = BillingMode::kPayPerRequest;
    return ErrorOf(Await<model::TableDescription>(
        [&](auto done) { engine().CreateTable(std::move(request), std::move(done)); }));
  }
  // The error of an update; empty if there is none.
  std::string Change(UpdateTableRequest request) {
    request.table = "items";
    return ErrorOf(Update(std::move(request)));
  }
  std::string ChangeIndex(model::IndexUpdate update) {
    update.name = "by-g";
    return Change({.update_indexes = {std::move(update)}});
  }
  model::TableDescription Table() { return *engine().DescribeTable("items"); }
};

TEST_F(TableSettings, WarmThroughputFollowsTheHighestThroughputAndNeverFalls) {
  Create(Request(Throughput{1, 2}));
  EXPECT_EQ(Table().warm, (Throughput{1, 2}));
  EXPECT_EQ(Change({.throughput = Throughput{3, 1}}), "");
  EXPECT_EQ(Table().warm, (Throughput{3, 2}));
  EXPECT_EQ(Change({.throughput = Throughput{1, 1}}), "");
  EXPECT_EQ(Table().warm, (Throughput{3, 2}));
  EXPECT_EQ(Change({.warm = WantedWarmThroughput{2, {}}}),
            "One or more parameter values were invalid: Requested ReadUnitsPerSecond for "
            "WarmThroughput for table is lower than current WarmThroughput, decreasing "
            "WarmThroughput is not supported");
  EXPECT_EQ(Change({.warm = WantedWarmThroughput{{}, 50}}), "");
  EXPECT_EQ(Table().warm, (Throughput{3, 50}));
  EXPECT_EQ(Change({.billing = BillingMode::kPayPerRequest}), "");
  EXPECT_EQ(Table().warm, (Throughput{12'000, 4'000}));
  EXPECT_EQ(Table().indexes[0].warm, (Throughput{12'000, 4'000}));
  EXPECT_EQ(ChangeIndex({.warm = WantedWarmThroughput{13'000, {}}}), "");
  EXPECT_THAT(
      ChangeIndex({.warm = WantedWarmThroughput{{}, 1}}),
      HasSubstr("Requested WriteUnitsPerSecond for WarmThroughput for index by-g is lower"));
  Restart();
  EXPECT_EQ(Table().warm, (Throughput{12'000, 4'000}));
  EXPECT_EQ(Table().indexes[0].warm, (Throughput{13'000, 4'000}));
}

TEST_F(TableSettings, NewTablesAreNoColderThanUsual) {
  auto request = Request();
  request.warm = {{11'999, {}}};
  EXPECT_THAT(Refusal(request), HasSubstr("lower than initial throughput for OnDemand"));
  request = Request(Throughput{5, 5});
  request.warm = {{5, 4}};
  EXPECT_THAT(Refusal(request), HasSubstr("Requested WriteUnitsPerSecond for WarmThroughput for "
                                          "table is lower than WriteCapacityUnits of "
                                          "ProvisionedThroughput"));
  request = Request();
  request.indexes[0].warm = {{20'000, {}}};
  Create(request);
  EXPECT_EQ(Table().warm, (Throughput{12'000, 4'000}));
  EXPECT_EQ(Table().indexes[0].warm, (Throughput{20'000, 4'000}));
}

TEST_F(TableSettings, OnDemandLimitsAreKeptChangedAndTakenAway) {
  auto request = Request();
  request.on_demand = {{10, 5}};
  request.indexes[0].on_demand = {{{}, 7}};
  Create(request);
  EXPECT_EQ(Table().on_demand, (OnDemandThroughput{10, 5}));
  EXPECT_EQ(Change({.on_demand = OnDemandThroughput{20, {}}}), "");
  EXPECT_EQ(
      Change({.billing = BillingMode::kPayPerRequest, .on_demand = OnDemandThroughput{{}, -1}}),
      "");
  EXPECT_EQ(ChangeIndex({.on_demand = OnDemandThroughput{8, {}}}), "");
  Restart();
  EXPECT_EQ(Table().on_demand, (OnDemandThroughput{20, {}}));
  EXPECT_EQ(Table().indexes[0].on_demand, (OnDemandThroughput{8, 7}));
  EXPECT_THAT(Change({.on_demand = OnDemandThroughput{0, {}}}),
              HasSubstr("Requested MaxReadRequestUnits for OnDemandThroughput for table is outside "
                        "of valid range"));
  request.table = "other";
  request.on_demand = {{{}, -1}};
  EXPECT_THAT(Refusal(request), HasSubstr("Requested MaxWriteRequestUnits"));
}

TEST_F(TableSettings, OnDemandLimitsAreNotForProvisionedTables) {
  auto request = Request(Throughput{1, 1});
  request.on_demand = {{{}, 5}};
  EXPECT_EQ(Refusal(request),
            "One or more parameter values were invalid: MaxWriteRequestUnits for "
            "OnDemandThroughput cannot be specified when table BillingMode is PROVISIONED.");
  Create(Request(Throughput{1, 1}));
  EXPECT_EQ(Change({.on_demand = OnDemandThroughput{5, 5}}),
            "One or more parameter values were invalid: MaxReadRequestUnits for "
            "OnDemandThroughput cannot be specified when the table BillingMode is PROVISIONED");
  EXPECT_THAT(ChangeIndex({.on_demand = OnDemandThroughput{5, 5}}),
              HasSubstr("OnDemandThroughput for index : by-g cannot be specified when the table"));
  request = Request(Throughput{1, 1});
  request.table = "other";
  request.indexes[0].on_demand = {{5, 5}};
  EXPECT_THAT(Refusal(request),
              HasSubstr("OnDemandThroughput for index: by-g cannot be specified when table"));
}

TEST_F(TableSettings, AnswersTellWhatWas) {
  const auto update = [&](UpdateTableRequest request) {
    request.table = "items";
    return *Update(std::move(request));
  };
  Create(Request(Throughput{5, 5}));
  auto answer = update({.throughput = Throughput{6, 7}});
  EXPECT_EQ(answer.status, TableStatus::kUpdating);
  EXPECT_EQ(answer.throughput, (Throughput{5, 5}));
  EXPECT_EQ(answer.warm, (Throughput{5, 5}));
  answer = update({.update_indexes = {{"by-g", Throughput{2, 2}}}});
  EXPECT_EQ(answer.status, TableStatus::kActive);
  EXPECT_EQ(answer.indexes[0].status, TableStatus::kUpdating);
  EXPECT_EQ(answer.indexes[0].throughput, (Throughput{5, 5}));
  EXPECT_EQ(Table().indexes[0].throughput, (Throughput{2, 2}));
  EXPECT_EQ(Table().indexes[0].status, TableStatus::kActive);
  answer = update({.warm = WantedWarmThroughput{9, {}}});
  EXPECT_EQ(answer.status, TableStatus::kActive);
  EXPECT_TRUE(answer.warming);
  EXPECT_EQ(answer.warm, (Throughput{6, 7}));
  EXPECT_FALSE(Table().warming);
  answer = update({.table_class = model::TableClass::kStandardInfrequentAccess});
  EXPECT_EQ(answer.table_class, model::TableClass::kStandard);
  // What the way of paying brings along is there at once.
  answer = update({.billing = BillingMode::kPayPerRequest});
  EXPECT_EQ(answer.throughput, Throughput());
  EXPECT_EQ(answer.indexes[0].throughput, Throughput());
  EXPECT_EQ(update({.on_demand = OnDemandThroughput{3, 4}}).on_demand, (OnDemandThroughput{3, 4}));
  EXPECT_EQ(update({.on_demand = OnDemandThroughput{{}, -1}}).on_demand,
            (OnDemandThroughput{3, -1}));
  EXPECT_EQ(Table().on_demand, (OnDemandThroughput{3, {}}));
}

TEST_F(TableSettings, EncryptionIsDescribedByItsKey) {
  auto request = Request();
  request.encryption = {{true}};
  Create(request);
  const std::string key = Table().kms_key_arn;
  EXPECT_THAT(key, StartsWith("arn:aws:kms:us-east-1:000000000000:key/"));
  EXPECT_THAT(Change({.encryption = EncryptionSpecification{true, key}}),
              HasSubstr("Table is already encrypted with given KMSMasterKeyId"));
  EXPECT_EQ(Change({.encryption = EncryptionSpecification{true}}), "");
  EXPECT_EQ(Table().kms_key_arn, key);
  EXPECT_EQ(Change({.encryption = EncryptionSpecification{true, "1234"}}), "");
  EXPECT_EQ(Table().kms_key_arn, "arn:aws:kms:us-east-1:000000000000:key/1234");
  EXPECT_EQ(Change({.encryption = EncryptionSpecification{true, "alias/mine"}}), "");
  EXPECT_EQ(Table().kms_key_arn, "arn:aws:kms:us-east-1:000000000000:alias/mine");
  EXPECT_EQ(Change({.encryption = EncryptionSpecification{true, key}}), "");
  Restart();
  EXPECT_EQ(Table().kms_key_arn, key);
  EXPECT_EQ(Change({.encryption = EncryptionSpecification{false}}), "");
  EXPECT_EQ(Table().kms_key_arn, "");
  EXPECT_THAT(Change({.encryption = EncryptionSpecification{false}}),
              HasSubstr("Table is already encrypted by default"));
}

TEST_F(TableSettings, TheTimesOfChangesAreKept) {
  Create(Request(Throughput{1, 1}));
  EXPECT_EQ(Table().on_demand_since.count(), 0);
  EXPECT_EQ(Change({.table_class = model::TableClass::kStandard}), "");
  EXPECT_EQ(Table().table_class_changed_at.count(), 0) << "nothing changed";
  clock().Advance(std::chrono::hours(1));
  EXPECT_EQ(Change({.billing = BillingMode::kPayPerRequest}), "");
  EXPECT_EQ(Change({.table_class = model::TableClass::kStandardInfrequentAccess}), "");
  const auto then = clock().Now();
  clock().Advance(std::chrono::hours(1));
  EXPECT_EQ(Change({.billing = BillingMode::kPayPerRequest}), "") << "nothing changes";
  Restart();
  EXPECT_EQ(Table().on_demand_since, then);
  EXPECT_EQ(Table().table_class_changed_at, then);
}

TEST_F(TableSettings, TellWhenThroughputRoseAndFell) {
  Create(Request(Throughput{5, 5}));
  EXPECT_EQ(Table().throughput_changes, model::ThroughputChanges());
  const auto first = clock().Now();
  EXPECT_EQ(Change({.throughput = Throughput{6, 5}}), "");
  EXPECT_EQ(Table().throughput_changes, (model::ThroughputChanges{.last_increase = first}));
  clock().Advance(std::chrono::minutes(1));
  const auto second = clock().Now();
  auto lowered = Update(UpdateTableRequest{.table = "items", .throughput = Throughput{1, 1}});
  ASSERT_TRUE(lowered);
  EXPECT_EQ(lowered->throughput, (Throughput{6, 5})) << "the answer tells what was";
  EXPECT_EQ(lowered->throughput_changes, (model::ThroughputChanges{first, second, 0}));
  EXPECT_EQ(ChangeIndex({.throughput = Throughput{9, 9}}), "");
  Restart();
  EXPECT_EQ(Table().throughput, (Throughput{1, 1}));
  EXPECT_EQ(Table().throughput_changes, (model::ThroughputChanges{first, second, 1}));
  EXPECT_EQ(Table().indexes[0].throughput_changes,
            (model::ThroughputChanges{.last_increase = second}));
  clock().Advance(std::chrono::hours(24));
  EXPECT_EQ(Table().throughput_changes, (model::ThroughputChanges{first, second, 0}));
  for (int64_t units = 8; units > 4; --units) {
    EXPECT_EQ(ChangeIndex({.throughput = Throughput{9, units}}), "");
  }
  EXPECT_THAT(ChangeIndex({.throughput = Throughput{9, 1}}),
              HasSubstr("Subscriber limit exceeded"));
  EXPECT_EQ(Change({.throughput = Throughput{2, 1}}), "");
  EXPECT_EQ(Change({.throughput = Throughput{1, 1}}), "") << "the table has a budget of its own";
}

TEST_F(TableSettings, SomeChangesAreMadeAlone) {
  Create(Request(Throughput{1, 1}));
  const auto alone = [&](UpdateTableRequest request, std::string_view text) {
    EXPECT_EQ(Change(std::move(request)),
              "One or more parameter values were invalid: " + std::string(text));
  };
  const EncryptionSpecification encryption{true};
  const WantedWarmThroughput warm{5, 5};
  const auto infrequent = model::TableClass::kStandardInfrequentAccess;
  const Throughput two{2, 2};
  alone({.encryption = encryption, .deletion_protection = true},
        "Server-Side Encryption modification must be the only operation in the request");
  alone({.deletion_protection = true, .table_class = infrequent},
        "TableClass modification must be the only operation in the request");
  alone({.warm = warm, .deletion_protection = true},
        "DeletionProtection modification must be the only operation in the request");
  alone({.throughput = two, .warm = warm},
        "WarmThroughput must be the only operation in the request");
  alone({.warm = warm, .create_index = model::IndexDefinition{.name = "by-h"}},
        "Create global secondary index cannot be specified when updating WarmThroughput");
  alone({.empty_index_updates = true, .deletion_protection = true},
        "List of GlobalSecondaryIndexUpdates is empty");
  EXPECT_THAT(Change({.empty_index_updates = true}), HasSubstr("At least one of"));
  alone({.on_demand = OnDemandThroughput{1, 1}, .stream_enabled = false},
        "OnDemandThroughput can only be combined with BillingMode in an UpdateTable request");
  alone({.throughput = two, .stream_enabled = false},
        "You cannot modify stream status while updating table IOPS");
  alone({.throughput = two, .delete_index = "by-g"},
        "You cannot create or delete index while updating table IOPS");
  alone({.delete_index = "by-g", .stream_enabled = false},
        "You cannot create or delete index while changing stream status");
  alone({.delete_index = "by-g", .update_indexes = {{"by-g", two}}},
        "Only one global secondary index update per index is allowed simultaneously. Index: by-g");
  EXPECT_FALSE(Table().deletion_protection);
  EXPECT_EQ(Table().throughput, (Throughput{1, 1}));
}

}  // namespace
}  // namespace cruddur::engine
