#include "engine/catalog.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rocksdb/write_batch.h>

#include "engine/catalog_codec.h"
#include "engine/storage.h"
#include "engine/temporary_directory.h"

namespace cruddur::engine {
namespace {

const base::SystemClock kClock;

std::unique_ptr<Storage> OpenAt(const std::string& directory) {
  StorageOptions options;
  options.directory = directory;
  options.clock = &kClock;
  auto storage = Storage::Open(options);
  EXPECT_TRUE(storage);
  return std::move(*storage);
}

TableState SomeTable(const std::string& name, KeyspaceId id) {
  TableState table;
  table.id = id;
  table.description.name = name;
  table.description.arn = "arn:aws:dynamodb:us-east-1:000000000000:table/" + name;
  table.description.id = "8d2f2e4c-6d5a-4d3c-9b1a-0f2b3c4d5e6f";
  table.description.keys = {{{"pk", model::Type::kS}}, {{"sk", model::Type::kN}}};
  table.description.throughput = {5, 6};
  table.description.stream_view = model::StreamViewType::kNewImage;
  table.description.stream_label = "2023-03-24T09:45:01.561";
  table.stream = id + 2;
  table.description.deletion_protection = true;
  table.description.created_at = base::Micros(1'679'651'101'561'513);
  table.tags = {{"team", "\"messages\""}};
  model::IndexDescription index;
  index.name = "by-group";
  index.global = true;
  index.keys = {{{"a", model::Type::kB}, {"b", model::Type::kS}}, {}};
  index.projection = {model::ProjectionType::kInclude, {"x", "ÿ"}};
  index.throughput = {1, 2};
  index.status = model::TableStatus::kCreating;
  index.arn = "arn/index";
  table.description.indexes.push_back(index);
  table.indexes.push_back(
      {.id = id + 1, .backfill = std::make_shared<BackfillProgress>(), .allocating = true});
  table.settles_at = base::Micros(1'679'651'105'000'000);
  table.changing = TableChange::kStream;
  table.shown = std::make_shared<const model::TableDescription>(table.description);
  return table;
}

StreamState SomeStream() {
  StreamState stream;
  stream.id = 12;
  stream.arn = "arn/stream/1";
  stream.label = "1";
  stream.table_name = "t";
  stream.table_id = "id";
  stream.view = model::StreamViewType::kOldImage;
  stream.keys = {{{"pk", model::Type::kS}}, {}};
  stream.created_at = base::Micros(5);
  stream.disabled_at = base::Micros(6);
  stream.shards = {{0, "shardId-0", "", 1, 99}, {1, "shardId-1", "shardId-0", 100, 0}};
  return stream;
}

TEST(CatalogCodec, TablesReadBackAsTheyWere) {
  const std::string json = EncodeTable(SomeTable("messages", 40));
  const auto table = DecodeTable(json);
  ASSERT_TRUE(table) << table.error().message;
  EXPECT_EQ(EncodeTable(*table), json);
  EXPECT_EQ(table->description.indexes[0].projection.non_key_attributes[1], "ÿ");
  EXPECT_EQ(table->indexes[0].id, 41u);
  EXPECT_TRUE(table->indexes[0].backfill->leftovers);
  ASSERT_NE(table->shown, nullptr);
  EXPECT_EQ(table->shown->indexes[0].throughput, (model::Throughput{1, 2}));
  EXPECT_TRUE(table->description.deletion_protection);
}

TEST(CatalogCodec, StreamsReadBackAsTheyWere) {
  const std::string json = EncodeStream(SomeStream());
  const auto stream = DecodeStream(json);
  ASSERT_TRUE(stream) << stream.error().message;
  EXPECT_EQ(EncodeStream(*stream), json);
  EXPECT_EQ(stream->shards[1].parent_id, "shardId-0");
}

TEST(CatalogCodec, RefusesRowsThatDoNotRead) {
  const std::string table = EncodeTable(SomeTable("messages", 40));
  const std::string stream = EncodeStream(SomeStream());
  for (const std::string& row :
       {std::string("{}"), std::string("[]"), std::string(), table + "x"}) {
    EXPECT_FALSE(DecodeTable(row)) << row;
    EXPECT_FALSE(DecodeStream(row)) << row;
  }
  for (size_t length = 0; length < table.size(); ++length) {
    EXPECT_FALSE(DecodeTable(std::string_view(table).substr(0, length)));
  }
  EXPECT_FALSE(DecodeTable(stream));
  EXPECT_FALSE(DecodeStream(table));
}

TEST(Catalog, SurvivesARestartWithItsCounts) {
  const TemporaryDirectory directory;
  {
    const auto storage = OpenAt(directory.path());
    const auto catalog = Catalog::Load(*storage);
    ASSERT_TRUE(catalog);
    CatalogEdit edit = (*catalog)->Edit();
    TableState table = SomeTable("messages", edit.NewId());
    const KeyspaceFigures figures[] = {{table.id, 3, 30}, {table.indexes[0].id, 2, 77}};
    rocksdb::WriteBatch batch;
    ASSERT_TRUE(batch.Put(CountsKey(table.id), EncodeCounts(123, figures)).ok());
    edit.PutTable(std::move(table));
    edit.PutStream(SomeStream());
    edit.AppendTo(batch);
    ASSERT_TRUE(storage->Write(batch));
  }
  const auto storage = OpenAt(directory.path());
  const auto catalog = Catalog::Load(*storage);
  ASSERT_TRUE(catalog) << catalog.error().message;
  const auto table = (*catalog)->Snapshot()->FindTable("messages");
  ASSERT_NE(table, nullptr);
  EXPECT_EQ(Describe(*table, base::Micros(0)).item_count, 3u);
  EXPECT_EQ(Describe(*table, base::Micros(0)).indexes[0].size_bytes, 77u);
  EXPECT_EQ(table->last_sequence->load(), 123u);
  EXPECT_NE((*catalog)->Snapshot()->FindStream("arn/stream/1"), nullptr);
}

TEST(Catalog, NeverUsesANumberAgain) {
  const TemporaryDirectory directory;
  KeyspaceId first = 0;
  {
    const auto storage = OpenAt(directory.path());
    const auto catalog = Catalog::Load(*storage);
    CatalogEdit edit = (*catalog)->Edit();
    first = edit.NewId();
    edit.PutTable(SomeTable("messages", first));
    edit.DropTable("messages");
    rocksdb::WriteBatch batch;
    edit.AppendTo(batch);
    ASSERT_TRUE(storage->Write(batch));
    (*catalog)->Publish(std::move(edit));
    EXPECT_GT((*catalog)->Edit().NewId(), first);
    EXPECT_EQ((*catalog)->Snapshot()->FindTable("messages"), nullptr);
  }
  const auto storage = OpenAt(directory.path());
  const auto catalog = Catalog::Load(*storage);
  ASSERT_TRUE(catalog);
  EXPECT_GT((*catalog)->Edit().NewId(), first);
}

TEST(Catalog, ASnapshotStaysAsItWasTaken) {
  const TemporaryDirectory directory;
  const auto storage = OpenAt(directory.path());
  const auto catalog = Catalog::Load(*storage);
  CatalogEdit edit = (*catalog)->Edit();
  edit.PutTable(SomeTable("messages", edit.NewId()));
  (*catalog)->Publish(std::move(edit));
  const auto before = (*catalog)->Snapshot();
  CatalogEdit drop = (*catalog)->Edit();
  drop.DropTable("messages");
  (*catalog)->Publish(std::move(drop));
  EXPECT_NE(before->FindTable("messages"), nullptr);
  EXPECT_EQ((*catalog)->Snapshot()->FindTable("messages"), nullptr);
}

}  // namespace
}  // namespace cruddur::engine
