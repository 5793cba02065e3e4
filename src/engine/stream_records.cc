#include <algorithm>

#include "engine/field_checks.h"
#include "engine/rows.h"
#include "engine/shard_iterator.h"
#include "engine/stream_checks.h"
#include "engine/stream_codec.h"
#include "engine/stream_reader.h"

namespace cruddur::engine {
namespace {

using model::DbErrorCode;
using model::DbFail;
using model::DbResult;
using model::DbStatus;
using model::Invalid;
using model::ShardIteratorType;

constexpr int64_t kMaxRecords = 1000;
constexpr int64_t kMaxBytes = 1024 * 1024;

auto Trimmed() {
  return DbFail(DbErrorCode::kTrimmedDataAccess,
                "The operation attempted to read past the oldest stream record in a shard.");
}

// The rows of one shard, from a sequence number on.
class ShardRows {
 public:
  ShardRows(const Storage& storage, const StreamState& stream, const ShardState& shard)
      : prefix_(ShardPrefix(stream.id, shard.number)), end_(PrefixEnd(prefix_)), end_slice_(end_) {
    rocksdb::ReadOptions options;
    options.iterate_upper_bound = &end_slice_;
    iterator_.reset(storage.db().NewIterator(options, storage.family(Family::kStreams)));
  }
  void Seek(uint64_t sequence) {
    std::string key = prefix_;
    AppendUint64(sequence, key);
    iterator_->Seek(key);
  }
  bool Valid() const { return iterator_->Valid(); }
  void Next() { iterator_->Next(); }
  std::string_view key() const { return iterator_->key().ToStringView(); }
  std::string_view value() const { return iterator_->value().ToStringView(); }
  uint64_t sequence() const { return SequenceOfRowKey(key()); }

  DbResult<base::Micros> Time() const {
    const auto time = StreamRecordTime(value());
    if (!time) return std::unexpected(InternalError("reading a stream", time.error().message));
    return *time;
  }
  DbStatus status() const {
    const rocksdb::Status status = iterator_->status();
    if (status.ok()) return {};
    return std::unexpected(InternalError("reading a stream", status.ToString()));
  }

 private:
  std::string prefix_, end_;
  rocksdb::Slice end_slice_;
  std::unique_ptr<rocksdb::Iterator> iterator_;
};

DbResult<uint64_t> GivenSequence(const std::string& text) {
  if (text.empty()) {
    return Invalid(
        "The SequenceNumber parameter is required when ShardIteratorType is AT_SEQUENCE_NUMBER or "
        "AFTER_SEQUENCE_NUMBER");
  }
  uint64_t sequence = 0;
  if (!ParseSequence(text, sequence)) return Invalid("Invalid SequenceNumber");
  return sequence;
}

}  // namespace

// The number is read before the shards are, so that where a shard is open the number is none of its
// child's.
DbResult<StreamReader::Found> StreamReader::Find(std::string_view arn) const {
  Found found;
  TRY_ASSIGN(const auto before, FindStream(catalog_, arn));
  const auto table = catalog_.Snapshot()->FindTable(before->table_name);
  if (table != nullptr && table->stream == before->id) {
    found.last_sequence = table->last_sequence->load(std::memory_order_acquire);
  }
  TRY_ASSIGN(found.stream, FindStream(catalog_, arn));
  return found;
}

// Every number from a shard's first to its last was given to a record: one that has no row has
// been trimmed.
uint64_t StreamReader::Found::End(const ShardState& shard) const {
  if (shard.last_sequence != 0) return shard.last_sequence + 1;
  return std::max(shard.first_sequence, last_sequence + 1);
}

// The first record that is not too old; the end if all are.
DbResult<uint64_t> StreamReader::TrimHorizon(const Found& found, const ShardState& shard) const {
  ShardRows rows(storage_, *found.stream, shard);
  for (rows.Seek(shard.first_sequence); rows.Valid(); rows.Next()) {
    TRY_ASSIGN(const base::Micros time, rows.Time());
    if (!Expired(time)) return rows.sequence();
  }
  TRY(rows.status());
  return found.End(shard);
}

DbResult<uint64_t> StreamReader::PositionOf(const model::GetShardIteratorRequest& request,
                                            const Found& found, const ShardState& shard) const {
  const bool numbered = request.type == ShardIteratorType::kAtSequenceNumber ||
                        request.type == ShardIteratorType::kAfterSequenceNumber;
  if (!numbered && !request.sequence_number.empty()) {
    return Invalid(
        "The SequenceNumber parameter cannot be specified when ShardIteratorType is TRIM_HORIZON "
        "or LATEST");
  }
  if (request.type == ShardIteratorType::kLatest) return found.End(shard);
  if (request.type == ShardIteratorType::kTrimHorizon) return TrimHorizon(found, shard);

  TRY_ASSIGN(uint64_t position, GivenSequence(request.sequence_number));
  // The first number may be named before it is given.
  const bool in_shard = position == shard.first_sequence ||
                        (position > shard.first_sequence && position < found.End(shard));
  if (!in_shard) return Invalid("Invalid SequenceNumber");
  if (request.type == ShardIteratorType::kAfterSequenceNumber) ++position;
  TRY_ASSIGN(const uint64_t horizon, TrimHorizon(found, shard));
  if (position < horizon) return Trimmed();
  return position;
}

DbResult<std::string> StreamReader::GetShardIterator(
    const model::GetShardIteratorRequest& request) const {
  FieldChecks fields;
  CheckStreamArn(request.stream_arn, fields);
  CheckShardId(request.shard_id, "shardId", fields);
  TRY(fields.Result());
  TRY_ASSIGN(const Found found, Find(request.stream_arn));
  TRY_ASSIGN(const ShardState* const shard, FindShard(*found.stream, request.shard_id));
  TRY_ASSIGN(const uint64_t position, PositionOf(request, found, *shard));
  return EncodeShardIterator(*found.stream, {shard->number, position, clock_.Now()});
}

DbResult<model::GetRecordsResponse> StreamReader::GetRecords(
    const model::GetRecordsRequest& request) const {
  FieldChecks fields;
  if (request.shard_iterator.empty()) {
    fields.Fail("null", "shardIterator", "Member must not be null");
  }
  fields.Between("limit", request.limit, 1, kMaxRecords);
  TRY(fields.Result());
  const auto arn = StreamArnOf(request.shard_iterator);
  if (!arn) return Invalid("Invalid ShardIterator");
  TRY_ASSIGN(const Found found, Find(*arn));
  const auto& stream = found.stream;
  const auto iterator = DecodeShardIterator(*stream, request.shard_iterator);
  if (!iterator) return Invalid("Invalid ShardIterator");
  const base::Micros now = clock_.Now();
  if (now - iterator->issued_at > kShardIteratorLife) {
    return DbFail(DbErrorCode::kExpiredIterator,
                  "The shard iterator has expired and can no longer be used to retrieve stream "
                  "records.");
  }
  const auto shard = std::ranges::find(stream->shards, iterator->shard, &ShardState::number);
  if (shard == stream->shards.end()) return Trimmed();

  model::GetRecordsResponse response;
  uint64_t position = iterator->position;
  int64_t bytes = 0;
  const uint64_t end = found.End(*shard);  // before the rows are read: they may become more
  ShardRows rows(storage_, *stream, *shard);
  rows.Seek(position);
  // A closed shard that never had a record ends with its first number all the same.
  const bool may_be_empty = shard->last_sequence == shard->first_sequence;
  if (position < end && !may_be_empty && (!rows.Valid() || rows.sequence() != position)) {
    TRY(rows.status());
    return Trimmed();
  }
  for (; rows.Valid(); rows.Next()) {
    if (std::ssize(response.records) == request.limit) break;
    auto record = DecodeStreamRecord(rows.key(), rows.value());
    if (!record) {
      return std::unexpected(InternalError("reading a stream", record.error().message));
    }
    // It was there to be had when the iterator was made. Later ones are younger, whatever their
    // time says: clocks go back.
    if (response.records.empty() && Expired(record->created_at)) return Trimmed();
    bytes += static_cast<int64_t>(record->size_bytes);
    if (bytes > kMaxBytes && !response.records.empty()) break;
    position = rows.sequence() + 1;
    response.records.push_back(*std::move(record));
  }
  TRY(rows.status());
  const bool closed = shard->last_sequence != 0;
  if (!closed || rows.Valid()) {
    response.next_shard_iterator = EncodeShardIterator(*stream, {shard->number, position, now});
  }
  return response;
}

}  // namespace cruddur::engine
