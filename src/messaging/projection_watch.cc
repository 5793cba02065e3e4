#include "messaging/projection_watch.h"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/basic_waitable_timer.hpp>
#include <boost/asio/post.hpp>
#include <functional>
#include <optional>
#include <vector>

namespace cruddur::messaging {
namespace {

using Timer = base::asio::basic_waitable_timer<
    std::chrono::steady_clock, base::asio::wait_traits<std::chrono::steady_clock>, base::Executor>;

}  // namespace

struct ProjectionWatch::Shard {
  std::mutex mutex;
  std::unordered_multimap<std::string, Ticket*> tickets;
};

class ProjectionWatch::Ticket : public std::enable_shared_from_this<Ticket> {
 public:
  Ticket(Shard& shard, std::string conversation)
      : shard_(shard), conversation_(std::move(conversation)) {}

  ~Ticket() {
    const std::lock_guard lock(shard_.mutex);
    const auto [first, last] = shard_.tickets.equal_range(conversation_);
    for (auto it = first; it != last; ++it) {
      if (it->second == this) {
        shard_.tickets.erase(it);
        return;
      }
    }
  }

  // Under the shard's lock, by the announcer. Cancelling a timer is for its own loop's thread.
  void Reach(std::string_view last_message_at) {
    if (last_message_at > reached_) reached_ = last_message_at;
    if (!timer_ || reached_ < wanted_) return;
    // Null: the last owner is at this moment waiting for the lock to unregister. The pointer moves
    // on, so that the ticket can't end here, under the lock that its destructor takes.
    if (auto self = weak_from_this().lock()) {
      const base::Executor executor = timer_->get_executor();
      base::asio::post(executor, [self = std::move(self)] { self->timer_->cancel(); });
    }
  }

  // Arms the timer; false: there is nothing to wait for.
  bool Arm(const base::Executor& executor, std::string wanted, std::chrono::milliseconds patience) {
    const std::lock_guard lock(shard_.mutex);
    wanted_ = std::move(wanted);
    if (reached_ >= wanted_) return false;
    timer_.emplace(executor, patience);
    return true;
  }

  bool Reached() {
    const std::lock_guard lock(shard_.mutex);
    return reached_ >= wanted_;
  }

  Timer& timer() { return *timer_; }

 private:
  Shard& shard_;
  const std::string conversation_;
  std::string reached_, wanted_;
  std::optional<Timer> timer_;
};

ProjectionWatch::ProjectionWatch() : shards_(std::make_unique<std::array<Shard, kShards>>()) {}
ProjectionWatch::~ProjectionWatch() = default;

ProjectionWatch::Shard& ProjectionWatch::ShardOf(std::string_view conversation) {
  return (*shards_)[std::hash<std::string_view>()(conversation) % kShards];
}

std::shared_ptr<ProjectionWatch::Ticket> ProjectionWatch::Take(std::string_view conversation) {
  Shard& shard = ShardOf(conversation);
  auto ticket = std::make_shared<Ticket>(shard, std::string(conversation));
  const std::lock_guard lock(shard.mutex);
  shard.tickets.emplace(conversation, ticket.get());
  return ticket;
}

base::Task<bool> ProjectionWatch::Wait(std::shared_ptr<Ticket> ticket, std::string created_at,
                                       std::chrono::milliseconds patience) {
  const base::Executor executor = co_await base::asio::this_coro::executor;
  if (!ticket->Arm(executor, std::move(created_at), patience)) co_return true;
  if (!ticket->Reached()) {
    co_await ticket->timer().async_wait(base::asio::as_tuple(base::kUseTask));
  }
  co_return ticket->Reached();
}

void ProjectionWatch::Announce(std::string_view conversation, std::string_view last_message_at) {
  Shard& shard = ShardOf(conversation);
  const std::lock_guard lock(shard.mutex);
  const auto [first, last] = shard.tickets.equal_range(std::string(conversation));
  for (auto it = first; it != last; ++it) it->second->Reach(last_message_at);
}

}  // namespace cruddur::messaging
