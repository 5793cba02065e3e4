#include "messaging/append_order.h"

#include <functional>

namespace cruddur::messaging {

AppendOrder::AppendOrder() : shards_(std::make_unique<std::array<Shard, kShards>>()) {}
AppendOrder::~AppendOrder() = default;

AppendOrder::Place AppendOrder::Enter(std::string_view conversation) {
  Shard& shard = (*shards_)[std::hash<std::string_view>()(conversation) % kShards];
  return Place(shard, std::string(conversation));
}

// Places in the map stay where they are, whatever comes and goes beside them.
AppendOrder::Place::Place(Shard& shard, std::string conversation)
    : shard_(shard), conversation_(std::move(conversation)), lane_([this]() -> Lane& {
        const std::lock_guard lock(shard_.mutex);
        Lane& lane = shard_.lanes[conversation_];
        ++lane.writers;
        return lane;
      }()) {}

AppendOrder::Place::~Place() {
  const std::lock_guard lock(shard_.mutex);
  if (--lane_.writers == 0) shard_.lanes.erase(conversation_);
}

}  // namespace cruddur::messaging
