// Rows of the streams column family: one record each, under stream(4) shard(4) sequence(8), so that
// a shard is read in order. The layout of the value is in docs/formats.md.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"
#include "engine/catalog.h"
#include "model/table_operations.h"

namespace cruddur::engine {

std::string StreamRowKey(StreamId stream, uint32_t shard, uint64_t sequence);
// What all rows of a shard begin with.
std::string ShardPrefix(StreamId stream, uint32_t shard);
// REQUIRES: a key of StreamRowKey's.
uint64_t SequenceOfRowKey(std::string_view key);

// Sequence numbers on the wire: 21 digits, so that their order as strings is their order as
// numbers. Numbers in rows, catalog and key are without the leading digit.
std::string FormatSequence(uint64_t sequence);
bool ParseSequence(std::string_view text, uint64_t& sequence);  // false: never one of ours

// A record to be written. Images come as model::EncodeItem's bytes, which the caller has at hand.
struct NewStreamRecord {
  model::StreamEventName event = model::StreamEventName::kInsert;
  model::StreamViewType view = model::StreamViewType::kKeysOnly;
  bool by_ttl = false;
  base::Micros created_at{0};
  uint64_t size_bytes = 0;  // keys and images, by DynamoDB's arithmetic
  model::Item keys;
  std::optional<std::string_view> new_image, old_image;
};
std::string EncodeStreamRecord(const NewStreamRecord& record);

// kCorruption for bytes that EncodeStreamRecord never makes.
base::Result<model::StreamRecord> DecodeStreamRecord(std::string_view key, std::string_view value);
// The time alone, to see whether a record is still to be had.
base::Result<base::Micros> StreamRecordTime(std::string_view value);

}  // namespace cruddur::engine
