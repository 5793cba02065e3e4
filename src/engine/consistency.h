// Of the tests: whether a table, its indexes, its counts and its stream agree.
#pragma once

#include <gtest/gtest.h>

#include <map>
#include <string>
#include <vector>

#include "engine/engine.h"
#include "engine/key_checks.h"
#include "model/stored_item.h"

namespace cruddur::engine {

// All items of a table or index.
inline std::vector<model::Item> ScanAll(Engine& engine, const std::string& table,
                                        const std::string& index = "") {
  std::vector<model::Item> items;
  model::Item start;
  do {
    auto page = engine.Scan({.table = table, .index = index, .exclusive_start_key = start});
    EXPECT_TRUE(page) << (page ? "" : page.error().message);
    if (!page) return items;
    for (model::Item& item : page->items) items.push_back(std::move(item));
    start = std::move(page->last_evaluated_key);
  } while (!start.empty());
  return items;
}

inline std::string BytesOf(const model::Item& item) {
  std::string bytes;
  model::EncodeItem(item, bytes);
  return bytes;
}

inline std::multiset<std::string> BytesOf(const std::vector<model::Item>& items) {
  std::multiset<std::string> bytes;
  for (const model::Item& item : items) bytes.insert(BytesOf(item));
  return bytes;
}

// All records of a table's present stream, in order.
inline std::vector<model::StreamRecord> ReadStream(Engine& engine, const std::string& arn) {
  std::vector<model::StreamRecord> records;
  auto stream = engine.DescribeStream({.stream_arn = arn});
  EXPECT_TRUE(stream) << (stream ? "" : stream.error().message);
  if (!stream) return records;
  for (const model::Shard& shard : stream->shards) {
    auto iterator = engine.GetShardIterator({.stream_arn = arn, .shard_id = shard.id});
    while (iterator && !iterator->empty()) {
      auto page = engine.GetRecords({.shard_iterator = *iterator});
      EXPECT_TRUE(page) << (page ? "" : page.error().message);
      if (!page || page->records.empty()) break;
      for (auto& record : page->records) records.push_back(std::move(record));
      iterator = std::move(page->next_shard_iterator);
    }
  }
  return records;
}

// What an index holds of the table's items.
inline std::vector<model::Item> ExpectedEntries(const std::vector<model::Item>& items,
                                                const model::TableDescription& table,
                                                const model::IndexDescription& index) {
  std::vector<model::Item> entries;
  for (const model::Item& item : items) {
    if (!FitsIndex(item, index.keys)) continue;
    if (index.projection.type == model::ProjectionType::kAll) {
      entries.push_back(item);
      continue;
    }
    model::Item entry = ExtractKey(item, index.keys, table.keys);
    for (const std::string& name : index.projection.non_key_attributes) {
      if (const auto* value = item.Find(name)) entry.Set(name, *value);
    }
    entries.push_back(std::move(entry));
  }
  return entries;
}

// `stream`: replaying the table's stream of NEW_AND_OLD_IMAGES, which holds all of its writes, must
// give the table.
inline void ExpectConsistent(Engine& engine, const std::string& name, bool stream) {
  const auto table = engine.DescribeTable(name);
  ASSERT_TRUE(table);
  const std::vector<model::Item> items = ScanAll(engine, name);
  EXPECT_EQ(table->item_count, items.size());
  size_t bytes = 0;
  for (const model::Item& item : items) bytes += model::SizeInBytes(item);
  EXPECT_EQ(table->size_bytes, bytes);
  for (const model::IndexDescription& index : table->indexes) {
    const auto entries = ScanAll(engine, name, index.name);
    EXPECT_EQ(BytesOf(entries), BytesOf(ExpectedEntries(items, *table, index))) << index.name;
    EXPECT_EQ(index.item_count, entries.size()) << index.name;
    size_t entry_bytes = 0;
    for (const model::Item& entry : entries) entry_bytes += model::SizeInBytes(entry);
    EXPECT_EQ(index.size_bytes, entry_bytes) << index.name;
  }
  if (!stream) return;
  std::map<std::string, model::Item> replayed;
  std::string last;
  for (const model::StreamRecord& record : ReadStream(engine, table->stream_arn)) {
    EXPECT_LT(last, record.sequence_number);
    last = record.sequence_number;
    const std::string key = BytesOf(record.keys);
    const auto before = replayed.find(key);
    EXPECT_EQ(record.event_name == model::StreamEventName::kInsert, before == replayed.end());
    if (before != replayed.end()) EXPECT_EQ(record.old_image, before->second);
    EXPECT_NE(record.old_image, record.new_image) << "a write that changed nothing";
    if (record.new_image) {
      replayed[key] = *record.new_image;
    } else {
      replayed.erase(key);
    }
  }
  std::multiset<std::string> images;
  for (const auto& [key, item] : replayed) images.insert(BytesOf(item));
  EXPECT_EQ(images, BytesOf(items));
}

}  // namespace cruddur::engine
