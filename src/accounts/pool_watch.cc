#include "accounts/pool_watch.h"

#include "accounts/built_in_token.h"
#include "accounts/pool_sessions.h"
#include "base/log.h"

namespace cruddur::accounts {
namespace {

// How much of what was read is read again: other machines' clocks differ, and what they wrote may
// have become visible after it was dated.
constexpr std::chrono::minutes kOverlap{5};

}  // namespace

PoolWatch::PoolWatch(DatabaseOptions database, std::vector<BuiltInKeys*> keys,
                     Revocations& revocations, const base::Clock& clock,
                     std::chrono::milliseconds interval)
    : database_(std::move(database)),
      keys_(std::move(keys)),
      revocations_(revocations),
      clock_(clock),
      interval_(interval) {
  Look();
  thread_ = std::thread([this] { Work(); });
}

PoolWatch::~PoolWatch() { Stop(); }

void PoolWatch::Stop() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  wake_.notify_all();
  if (thread_.joinable()) thread_.join();
}

void PoolWatch::Work() {
  for (;;) {
    {
      std::unique_lock lock(mutex_);
      if (wake_.wait_for(lock, interval_, [this] { return stopping_; })) return;
    }
    Look();
  }
}

void PoolWatch::Look() {
  for (BuiltInKeys* keys : keys_) keys->Look();
  const auto read = ReadEnded();
  if (!read && !away_) {
    base::Log(base::LogLevel::kWarn, "who signed out elsewhere isn't known for now",
              {{"reason", read.error().message}});
  }
  away_ = !read;
}

base::Status PoolWatch::ReadEnded() {
  const auto start = std::chrono::steady_clock::now();
  if (!connection_) {
    TRY_ASSIGN(connection_, OpenConnection(database_, start + database_.connect_time));
  }
  connection_->SetDeadline(start + database_.connect_time + database_.call_time);
  const base::Micros now = clock_.Now();
  const base::Micros since = seen_until_ ? *seen_until_ - kOverlap : now - kDefaultTokenLife;
  const auto read = ReadRevocations(*connection_, since, now, revocations_);
  if (!connection_->usable()) connection_.reset();
  TRY(read);
  seen_until_ = now;
  return {};
}

}  // namespace cruddur::accounts
