#include "engine/shard_splitter.h"

#include <algorithm>

#include "engine/stream_lifecycle.h"

namespace cruddur::engine {
namespace {

// Looked for this often: a shard that is old enough may get its first record at any time.
constexpr base::Micros kLongestPause = std::chrono::minutes(1);

}  // namespace

std::optional<base::Micros> ShardSplitter::Due(const std::shared_ptr<const CatalogSnapshot>&,
                                               base::Micros now) {
  // A clock that was set back must not stop the splitting for long.
  next_ = std::min(next_, now + kLongestPause);
  return next_;
}

void ShardSplitter::Evaluate(Commit& commit) {
  const base::Micros now = commit.now();
  next_ = now + std::min(interval_, kLongestPause);
  CatalogEdit edit = commit.Edit();
  bool any = false;
  for (const auto& [name, table] : commit.catalog().tables) {
    if (table->stream == 0) continue;
    const auto stream = commit.catalog().FindStream(table->description.stream_arn);
    if (stream == nullptr) continue;
    const ShardState& open = stream->shards.back();
    const base::Micros due = open.opened_at + interval_;
    if (due > now) {
      next_ = std::min(next_, due);
    } else if (table->last_sequence->load(std::memory_order_relaxed) >= open.first_sequence) {
      SplitShard(edit, *table, now);
      any = true;
    }
  }
  if (any) commit.SetEdit(std::move(edit));
}

}  // namespace cruddur::engine
