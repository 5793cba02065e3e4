#include "engine/stream_codec.h"

#include <fmt/format.h>

#include <charconv>

#include "model/stored_item.h"

namespace cruddur::engine {
namespace {

using base::ErrorCode;
using base::Fail;

// Value: event(1) view(1) flags(1) created_at(8) size_bytes(4), then keys and, as the flags say,
// new and old image, each as length(4) and item.
constexpr size_t kHeaderBytes = 15;
constexpr unsigned char kHasNew = 1, kHasOld = 2, kByTtl = 4;

constexpr size_t kSequenceDigits = 21;

auto Unreadable() { return Fail(ErrorCode::kCorruption, "a stream record does not read"); }

void AppendImage(std::string_view bytes, std::string& out) {
  AppendUint32(static_cast<uint32_t>(bytes.size()), out);
  out.append(bytes);
}

base::Result<model::Item> TakeItem(std::string_view& in) {
  if (in.size() < 4) return Unreadable();
  const size_t length = ReadUint32(in);
  in.remove_prefix(4);
  if (in.size() < length) return Unreadable();
  const std::string_view bytes = in.substr(0, length);
  in.remove_prefix(length);
  return model::DecodeItem(bytes);
}

// The same for every reading of a record, and another one for a table created anew.
std::string EventId(std::string_view key, uint64_t created_at) {
  return fmt::format("{:016x}{:016x}", StableHash(key, created_at), StableHash(key, ~created_at));
}

}  // namespace

std::string ShardPrefix(StreamId stream, uint32_t shard) {
  std::string key;
  AppendUint32(stream, key);
  AppendUint32(shard, key);
  return key;
}

std::string StreamRowKey(StreamId stream, uint32_t shard, uint64_t sequence) {
  std::string key = ShardPrefix(stream, shard);
  AppendUint64(sequence, key);
  return key;
}

uint64_t SequenceOfRowKey(std::string_view key) { return ReadUint64(key.substr(8)); }

std::string FormatSequence(uint64_t sequence) { return fmt::format("1{:020}", sequence); }

bool ParseSequence(std::string_view text, uint64_t& sequence) {
  if (text.size() != kSequenceDigits || text.front() != '1') return false;
  const char* end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data() + 1, end, sequence);
  return error == std::errc() && stop == end;
}

std::string EncodeStreamRecord(const NewStreamRecord& record) {
  std::string out;
  out.push_back(static_cast<char>(record.event));
  out.push_back(static_cast<char>(record.view));
  out.push_back(static_cast<char>((record.new_image ? kHasNew : 0) |
                                  (record.old_image ? kHasOld : 0) | (record.by_ttl ? kByTtl : 0)));
  AppendUint64(static_cast<uint64_t>(record.created_at.count()), out);
  AppendUint32(static_cast<uint32_t>(record.size_bytes), out);
  std::string keys;
  model::EncodeItem(record.keys, keys);
  AppendImage(keys, out);
  if (record.new_image) AppendImage(*record.new_image, out);
  if (record.old_image) AppendImage(*record.old_image, out);
  return out;
}

base::Result<model::StreamRecord> DecodeStreamRecord(std::string_view key, std::string_view value) {
  if (key.size() != 16 || value.size() < kHeaderBytes) return Unreadable();
  const auto event = static_cast<unsigned char>(value[0]);
  const auto view = static_cast<unsigned char>(value[1]);
  const auto flags = static_cast<unsigned char>(value[2]);
  if (event > static_cast<int>(model::StreamEventName::kRemove)) return Unreadable();
  if (view > static_cast<int>(model::StreamViewType::kNewAndOldImages)) return Unreadable();

  model::StreamRecord record;
  record.event_name = static_cast<model::StreamEventName>(event);
  record.view = static_cast<model::StreamViewType>(view);
  record.by_ttl = (flags & kByTtl) != 0;
  const uint64_t created_at = ReadUint64(value.substr(3));
  record.created_at = base::Micros(static_cast<int64_t>(created_at));
  record.size_bytes = ReadUint32(value.substr(11));
  record.sequence_number = FormatSequence(SequenceOfRowKey(key));
  record.event_id = EventId(key, created_at);
  value.remove_prefix(kHeaderBytes);
  TRY_ASSIGN(record.keys, TakeItem(value));
  if (flags & kHasNew) {
    TRY_ASSIGN(record.new_image, TakeItem(value));
  }
  if (flags & kHasOld) {
    TRY_ASSIGN(record.old_image, TakeItem(value));
  }
  if (!value.empty()) return Unreadable();
  return record;
}

base::Result<base::Micros> StreamRecordTime(std::string_view value) {
  if (value.size() < kHeaderBytes) return Unreadable();
  return base::Micros(static_cast<int64_t>(ReadUint64(value.substr(3))));
}

}  // namespace cruddur::engine
