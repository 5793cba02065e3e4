// What the conversation rows don't show yet: messages that are acknowledged while the projection is
// still on its way to them. Who reads rows in this process waits for those that matter to them, so
// a list that is read after an answer shows the message.
//
// Thread-safe. A ticket is taken before the message is stored, so that no announcement is missed.
#pragma once

#include <array>
#include <atomic>
#include <chrono>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "base/task.h"
#include "messaging/people.h"

namespace cruddur::messaging {

class ProjectionWatch {
 public:
  ProjectionWatch();
  ~ProjectionWatch();

  class Ticket;
  using TicketPtr = std::shared_ptr<Ticket>;
  TicketPtr Take(std::string_view conversation);

  // The ticket's message is stored, at `created_at`: from now on, until its rows are there or
  // `patience` is over, AwaitRows of a member waits. Called once a ticket.
  void Expect(const TicketPtr& ticket, std::string created_at, const std::vector<Person>& members,
              std::chrono::milliseconds patience);

  // Ends when the ticket's message is in the rows, or its patience over. After Expect; called once
  // a ticket, on any loop.
  static base::Task<void> Wait(TicketPtr ticket);

  // False: AwaitRows of anybody would end at once. Costs nothing.
  bool IsBehind() const { return expected_.load(std::memory_order_relaxed) != 0; }
  // How many rows are to be moved yet, at most: one a member of each expected message.
  size_t expected() const { return expected_.load(std::memory_order_relaxed); }
  // Ends when this user's rows show every message that was expected before the call.
  base::Task<void> AwaitRows(std::string user);

  // The rows of the conversation are at `last_message_at` or later.
  void Announce(std::string_view conversation, std::string_view last_message_at);

 private:
  using SteadyTime = std::chrono::steady_clock::time_point;
  struct Conversations;  // a shard of the tickets, by conversation
  struct Users;          // a shard of the expected ones, by member

  Conversations& ShardOf(std::string_view conversation);
  Users& UsersOf(std::string_view user);
  void Remove(const TicketPtr& ticket);

  static constexpr size_t kShards = 16;
  std::unique_ptr<std::array<Conversations, kShards>> conversations_;
  std::unique_ptr<std::array<Users, kShards>> users_;
  std::atomic<size_t> expected_{0};
};

}  // namespace cruddur::messaging
