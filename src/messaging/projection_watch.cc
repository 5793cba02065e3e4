#include "messaging/projection_watch.h"

#include <algorithm>
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/basic_waitable_timer.hpp>
#include <boost/asio/post.hpp>
#include <functional>
#include <optional>

namespace cruddur::messaging {
namespace {

using SteadyClock = std::chrono::steady_clock;
using Timer = base::asio::basic_waitable_timer<SteadyClock, base::asio::wait_traits<SteadyClock>,
                                               base::Executor>;

// Of one user. Who is expected longer than that is behind for other reasons than a moment's work.
constexpr size_t kMaxExpected = 64;

}  // namespace

struct ProjectionWatch::Conversations {
  std::mutex mutex;
  std::unordered_multimap<std::string, Ticket*> tickets;
};

struct ProjectionWatch::Users {
  std::mutex mutex;
  std::unordered_map<std::string, std::vector<TicketPtr>> expected;
};

class ProjectionWatch::Ticket : public std::enable_shared_from_this<Ticket> {
 public:
  Ticket(Conversations& shard, std::string conversation)
      : conversation(std::move(conversation)), shard_(shard) {}

  ~Ticket() {
    const std::lock_guard lock(shard_.mutex);
    const auto [first, last] = shard_.tickets.equal_range(conversation);
    for (auto it = first; it != last; ++it) {
      if (it->second == this) {
        shard_.tickets.erase(it);
        return;
      }
    }
  }

  // Set by the first Want, and read only by who got the ticket after it.
  const std::string conversation;
  std::string wanted;
  std::vector<std::string> users;
  SteadyTime expires;

  // False: the rows are there already.
  bool Want(std::string created_at, std::vector<std::string> members, SteadyTime until) {
    const std::lock_guard lock(shard_.mutex);
    wanted = std::move(created_at);
    users = std::move(members);
    expires = until;
    return reached_ < wanted;
  }

  // Under the shard's lock, by the announcer. Null while nobody wants it or it isn't reached, and
  // where the last owner is at this moment waiting for the lock to unregister.
  TicketPtr Reach(std::string_view last_message_at) {
    if (last_message_at > reached_) reached_ = last_message_at;
    if (wanted.empty() || reached_ < wanted) return nullptr;
    auto self = weak_from_this().lock();
    // Cancelling a timer is for its own loop's thread.
    if (self && timer_) {
      const base::Executor executor = timer_->get_executor();
      base::asio::post(executor, [self] { self->timer_->cancel(); });
    }
    return self;
  }

  // False: there is nothing to wait for.
  bool Arm(const base::Executor& executor) {
    const std::lock_guard lock(shard_.mutex);
    if (reached_ >= wanted) return false;
    timer_.emplace(executor, expires);
    return true;
  }

  bool Reached() {
    const std::lock_guard lock(shard_.mutex);
    return reached_ >= wanted;
  }

  Timer& timer() { return *timer_; }

 private:
  Conversations& shard_;
  std::string reached_;
  std::optional<Timer> timer_;
};

ProjectionWatch::ProjectionWatch()
    : conversations_(std::make_unique<std::array<Conversations, kShards>>()),
      users_(std::make_unique<std::array<Users, kShards>>()) {}
// Tickets unregister with their conversation's shard: they go first.
ProjectionWatch::~ProjectionWatch() { users_.reset(); }

ProjectionWatch::Conversations& ProjectionWatch::ShardOf(std::string_view conversation) {
  return (*conversations_)[std::hash<std::string_view>()(conversation) % kShards];
}

ProjectionWatch::Users& ProjectionWatch::UsersOf(std::string_view user) {
  return (*users_)[std::hash<std::string_view>()(user) % kShards];
}

ProjectionWatch::TicketPtr ProjectionWatch::Take(std::string_view conversation) {
  Conversations& shard = ShardOf(conversation);
  auto ticket = std::make_shared<Ticket>(shard, std::string(conversation));
  const std::lock_guard lock(shard.mutex);
  shard.tickets.emplace(conversation, ticket.get());
  return ticket;
}

void ProjectionWatch::Expect(const TicketPtr& ticket, std::string created_at,
                             const std::vector<Person>& members,
                             std::chrono::milliseconds patience) {
  const SteadyTime now = SteadyClock::now();
  std::vector<std::string> users;
  users.reserve(members.size());
  for (const Person& member : members) users.push_back(member.uuid);
  if (!ticket->Want(std::move(created_at), std::move(users), now + patience)) return;

  std::vector<TicketPtr> dropped;  // ends outside of the lock
  for (const std::string& user : ticket->users) {
    Users& shard = UsersOf(user);
    const std::lock_guard lock(shard.mutex);
    std::vector<TicketPtr>& expected = shard.expected[user];
    std::erase_if(expected, [&](TicketPtr& other) {
      const bool over = other->expires <= now;
      if (over) dropped.push_back(std::move(other));
      return over;
    });
    if (expected.size() == kMaxExpected) {
      dropped.push_back(std::move(expected.front()));
      expected.erase(expected.begin());
    }
    expected.push_back(ticket);
    expected_.fetch_add(1, std::memory_order_relaxed);
  }
  expected_.fetch_sub(dropped.size(), std::memory_order_relaxed);
  // Announced since Want: whoever did may have looked before it was entered.
  if (ticket->Reached()) Remove(ticket);
}

void ProjectionWatch::Remove(const TicketPtr& ticket) {
  for (const std::string& user : ticket->users) {
    Users& shard = UsersOf(user);
    const std::lock_guard lock(shard.mutex);
    const auto found = shard.expected.find(user);
    if (found == shard.expected.end()) continue;
    const size_t erased = std::erase(found->second, ticket);
    expected_.fetch_sub(erased, std::memory_order_relaxed);
    if (found->second.empty()) shard.expected.erase(found);
  }
}

base::Task<void> ProjectionWatch::Wait(TicketPtr ticket) {
  const base::Executor executor = co_await base::asio::this_coro::executor;
  if (!ticket->Arm(executor)) co_return;
  if (ticket->Reached()) co_return;
  co_await ticket->timer().async_wait(base::asio::as_tuple(base::kUseTask));
}

base::Task<void> ProjectionWatch::AwaitRows(std::string user) {
  std::vector<TicketPtr> expected;
  {
    Users& shard = UsersOf(user);
    const std::lock_guard lock(shard.mutex);
    const auto found = shard.expected.find(user);
    if (found != shard.expected.end()) expected = found->second;
  }
  for (const TicketPtr& ticket : expected) {
    if (ticket->expires <= SteadyClock::now()) continue;
    // Its own, for each waits on the loop that it runs on.
    const TicketPtr own = Take(ticket->conversation);
    own->Want(ticket->wanted, {}, ticket->expires);
    if (!ticket->Reached()) co_await Wait(own);
  }
}

void ProjectionWatch::Announce(std::string_view conversation, std::string_view last_message_at) {
  std::vector<TicketPtr> reached;
  {
    Conversations& shard = ShardOf(conversation);
    const std::lock_guard lock(shard.mutex);
    const auto [first, last] = shard.tickets.equal_range(std::string(conversation));
    for (auto it = first; it != last; ++it) {
      if (auto ticket = it->second->Reach(last_message_at)) reached.push_back(std::move(ticket));
    }
  }
  for (const TicketPtr& ticket : reached) Remove(ticket);
}

}  // namespace cruddur::messaging
