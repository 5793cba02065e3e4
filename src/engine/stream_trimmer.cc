#include "engine/stream_trimmer.h"

#include <rocksdb/db.h>

#include <algorithm>

#include "engine/stream_codec.h"
#include "engine/stream_lifecycle.h"

namespace cruddur::engine {
namespace {

constexpr base::Micros kPause = std::chrono::minutes(5);
// What one step reads at most: writes wait for it.
constexpr size_t kRecordsPerStep = 10'000;
constexpr size_t kBytesPerStep = 8 * 1024 * 1024;

bool IsGone(const ShardState& shard, base::Micros oldest) {
  return shard.closed_at.count() != 0 && shard.closed_at < oldest;
}

// How many of the first shards can go. The open one stays, and while it has had no record its
// parent too: whoever has read that to its end sees that nothing came since.
size_t CountGone(const CatalogSnapshot& catalog, const StreamState& stream, base::Micros oldest) {
  const auto table = catalog.FindTable(stream.table_name);
  const bool empty =
      table != nullptr && table->stream == stream.id &&
      table->last_sequence->load(std::memory_order_relaxed) < stream.shards.back().first_sequence;
  const size_t kept = empty ? 2 : 1;
  size_t count = 0;
  while (count + kept < stream.shards.size() && IsGone(stream.shards[count], oldest)) ++count;
  return count;
}

// From shard `first` on, up to and without `end`.
void DeleteShards(Commit& commit, StreamId stream, uint32_t first, uint32_t end) {
  commit.batch()
      .DeleteRange(commit.storage().family(Family::kStreams), ShardPrefix(stream, first),
                   ShardPrefix(stream, end))
      .PermitUncheckedError();
}

// The resource policy of a stream is kept with its table.
void DropPolicy(CatalogEdit& edit, const StreamState& stream) {
  const auto found = edit.next().FindTable(stream.table_name);
  if (found == nullptr || !found->policies.contains(stream.label)) return;
  TableState table = *found;
  table.policies.erase(stream.label);
  edit.PutTable(std::move(table));
}

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
  bool changed = false;
  for (const auto& [arn, stream] : commit.catalog().streams) {
    if (stream->disabled_at.count() != 0 && stream->disabled_at < oldest) {
      DeleteShards(commit, stream->id, 0, stream->shards.back().number + 1);
      DropPolicy(edit, *stream);
      edit.DropStream(arn);
      changed = true;
      continue;
    }
    if (const size_t count = CountGone(commit.catalog(), *stream, oldest); count != 0) {
      StreamState next = *stream;
      const auto rest = next.shards.begin() + static_cast<ptrdiff_t>(count);
      DeleteShards(commit, stream->id, next.shards.front().number, rest->number);
      next.shards.erase(next.shards.begin(), rest);
      edit.PutStream(std::move(next));
      changed = true;
    }
    if (!left.used_up()) Trim(commit, *stream, oldest, left);
  }
  if (changed) commit.SetEdit(std::move(edit));
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
