// Lets a writer wait until the projection has brought the rows up to its message.
//
// Thread-safe. A ticket is taken before the message is stored, so that no announcement is missed.
#pragma once

#include <array>
#include <chrono>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <unordered_map>

#include "base/task.h"

namespace cruddur::messaging {

class ProjectionWatch {
 public:
  ProjectionWatch();
  ~ProjectionWatch();

  class Ticket;
  std::shared_ptr<Ticket> Take(std::string_view conversation);

  // True once the rows are at `created_at` or later; false after `patience`. Called once a ticket,
  // on any loop.
  static base::Task<bool> Wait(std::shared_ptr<Ticket> ticket, std::string created_at,
                               std::chrono::milliseconds patience);

  // The rows of the conversation are at `last_message_at` or later.
  void Announce(std::string_view conversation, std::string_view last_message_at);

 private:
  struct Shard;
  Shard& ShardOf(std::string_view conversation);

  static constexpr size_t kShards = 16;
  std::unique_ptr<std::array<Shard, kShards>> shards_;
};

}  // namespace cruddur::messaging
