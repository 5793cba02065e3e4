#include "engine/stream_trimmer.h"

#include <rocksdb/db.h>

#include "engine/stream_codec.h"
#include "engine/stream_lifecycle.h"

namespace cruddur::engine {
namespace {

constexpr base::Micros kPause = std::chrono::minutes(5);
// What one step reads at most: writes wait for it.
constexpr size_t kRecordsPerStep = 10'000;
constexpr size_t kBytesPerStep = 8 * 1024 * 1024;

}  // namespace

std::optional<base::Micros> StreamTrimmer::Due(const std::shared_ptr<const CatalogSnapshot>&,
                                               base::Micros now) {
  // A clock that was set back must not stop the trimming for long.
  if (next_ > now + kPause) next_ = now + kPause;
  return next_;
}

void StreamTrimmer::Evaluate(Commit& commit) {
  const base::Micros oldest = commit.now() - kStreamRetention;
  CatalogEdit edit = commit.Edit();
  Allowance left{kRecordsPerStep, kBytesPerStep};
  bool dropped = false;
  for (const auto& [arn, stream] : commit.catalog().streams) {
    if (stream->disabled_at.count() != 0 && stream->disabled_at < oldest) {
      commit.batch()
          .DeleteRange(commit.storage().family(Family::kStreams), ShardPrefix(stream->id, 0),
                       ShardPrefix(stream->id + 1, 0))
          .PermitUncheckedError();
      edit.DropStream(arn);
      dropped = true;
    } else if (!left.used_up()) {
      Trim(commit, *stream, oldest, left);
    }
  }
  if (dropped) commit.SetEdit(std::move(edit));
  next_ = left.used_up() ? commit.now() : commit.now() + kPause;
}

void StreamTrimmer::Trim(Commit& commit, const StreamState& stream, base::Micros oldest,
                         Allowance& left) {
  for (const ShardState& shard : stream.shards) {
    const std::string first = ShardPrefix(stream.id, shard.number);
    const std::string end = ShardPrefix(stream.id, shard.number + 1);
    rocksdb::ReadOptions options;
    const rocksdb::Slice upper(end);
    options.iterate_upper_bound = &upper;
    const std::unique_ptr<rocksdb::Iterator> rows(
        commit.storage().db().NewIterator(options, commit.storage().family(Family::kStreams)));
    std::string expired;
    for (rows->Seek(first); rows->Valid() && !left.used_up(); rows->Next()) {
      const auto time = StreamRecordTime({rows->value().data(), rows->value().size()});
      if (!time || *time >= oldest) break;
      left.Use(rows->value().size());
      expired.assign(rows->key().data(), rows->key().size());
    }
    if (expired.empty()) continue;
    // The end is exclusive: the number after the last one that goes.
    const std::string last = StreamRowKey(stream.id, shard.number, SequenceOfRowKey(expired) + 1);
    commit.batch()
        .DeleteRange(commit.storage().family(Family::kStreams), first, last)
        .PermitUncheckedError();
  }
}

}  // namespace cruddur::engine
