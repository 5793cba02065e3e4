#include "engine/stream_lifecycle.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/timestamp.h"

namespace cruddur::engine {
namespace {

// "2023-03-24T09:45:01.561"
std::string Label(base::Micros time) {
  constexpr size_t kThroughMilliseconds = 23;
  return base::FormatTimestamp(time).substr(0, kThroughMilliseconds);
}

// In AWS's form; a stream's shards are to sort in their order.
std::string ShardId(base::Micros time, uint32_t number) {
  return fmt::format("shardId-{:020}-{:08x}",
                     std::chrono::duration_cast<std::chrono::milliseconds>(time).count(), number);
}

// The least id for a child of that parent.
std::string NextShardId(const std::string& parent, uint32_t number) {
  const size_t time = parent.rfind('-');
  return fmt::format("{}-{:08x}", parent.substr(0, time), number);
}

}  // namespace

void StartStream(CatalogEdit& edit, TableState& table, model::StreamViewType view,
                 base::Micros now) {
  StreamState stream;
  stream.id = edit.NewId();
  stream.created_at = now;
  do {
    stream.label = Label(stream.created_at);
    stream.arn = table.description.arn + "/stream/" + stream.label;
    stream.created_at += std::chrono::milliseconds(1);
  } while (edit.next().FindStream(stream.arn) != nullptr);
  stream.created_at -= std::chrono::milliseconds(1);
  stream.table_name = table.description.name;
  stream.table_id = table.description.id;
  stream.view = view;
  stream.keys = table.description.keys;
  ShardState shard;
  shard.id = ShardId(stream.created_at, shard.number);
  shard.first_sequence = table.last_sequence->load(std::memory_order_relaxed) + 1;
  shard.opened_at = now;
  stream.shards.push_back(shard);

  table.stream = stream.id;
  table.open_shard = shard.number;
  table.description.stream_view = view;
  table.description.stream_label = stream.label;
  table.description.stream_arn = stream.arn;
  edit.PutStream(std::move(stream));
}

void SplitShard(CatalogEdit& edit, TableState table, base::Micros now) {
  StreamState stream = *edit.next().FindStream(table.description.stream_arn);
  ShardState& parent = stream.shards.back();
  parent.last_sequence = table.last_sequence->load(std::memory_order_relaxed);
  parent.closed_at = now;
  ShardState child;
  child.number = parent.number + 1;
  // Ids sort as numbers do, also where the clock went back.
  child.id = std::max(ShardId(now, child.number), NextShardId(parent.id, child.number));
  child.parent_id = parent.id;
  child.first_sequence = parent.last_sequence + 1;
  child.opened_at = now;
  table.open_shard = child.number;
  stream.shards.push_back(std::move(child));
  edit.PutStream(std::move(stream));
  edit.PutTable(std::move(table));
}

void EndStream(CatalogEdit& edit, TableState& table, base::Micros now) {
  if (const auto current = edit.next().FindStream(table.description.stream_arn);
      current != nullptr && table.stream != 0) {
    StreamState ended = *current;
    ended.disabled_at = now;
    ShardState& shard = ended.shards.back();
    // Never 0, which would mean that it is open: an empty shard ends with its first number.
    shard.last_sequence =
        std::max(table.last_sequence->load(std::memory_order_relaxed), shard.first_sequence);
    shard.closed_at = now;
    edit.PutStream(std::move(ended));
  }
  table.stream = 0;
  table.description.stream_view.reset();
}

}  // namespace cruddur::engine
