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
  stream.shards.push_back(shard);

  table.stream = stream.id;
  table.open_shard = shard.number;
  table.description.stream_view = view;
  table.description.stream_label = stream.label;
  table.description.stream_arn = stream.arn;
  edit.PutStream(std::move(stream));
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
    edit.PutStream(std::move(ended));
  }
  table.stream = 0;
  table.description.stream_view.reset();
}

}  // namespace cruddur::engine
