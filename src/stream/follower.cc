#include "stream/follower.h"

#include <algorithm>
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/use_future.hpp>
#include <exception>
#include <unordered_set>
#include <utility>

#include "base/log.h"

namespace cruddur::stream {
namespace {

using base::LogLevel;
using model::DbErrorCode;

}  // namespace

Follower::Follower(base::Loop& loop, dynamo::Client& client, SubscribeFunction subscribe,
                   BatchHandler handler, FollowerOptions options)
    : loop_(loop),
      client_(client),
      subscribe_(std::move(subscribe)),
      handler_(std::move(handler)),
      options_(std::move(options)),
      checkpoint_(options_.checkpoint_path),
      queue_(options_.max_queued, options_.max_queued_bytes, [this] { Wake(); }),
      timer_(loop.get_executor()),
      retry_pause_(options_.first_retry) {}

Follower::~Follower() { Stop(); }

void Follower::Start() {
  // Before the stream is read: what is committed meanwhile waits in the queue.
  queue_.Open();
  subscription_ = subscribe_(options_.table, [this](std::span<const model::StreamRecord> records) {
    queue_.Push(records, options_.concerns);
  });
  ended_ = base::asio::co_spawn(loop_, Run(), base::asio::use_future);
}

void Follower::Stop() {
  if (!ended_) return;
  stopping_.store(true);
  subscription_.reset();
  Wake();
  ended_->wait();
  ended_.reset();
  // What Wake posted before is done when this is.
  std::promise<void> flushed;
  base::asio::post(loop_, [&flushed] { flushed.set_value(); });
  flushed.get_future().wait();
}

// Posted and not called: the timer belongs to the loop.
void Follower::Wake() {
  base::asio::post(loop_, [this] {
    woken_ = true;
    timer_.cancel();
  });
}

base::Task<void> Follower::Sleep(SteadyClock::time_point until) {
  if (!woken_) {
    timer_.expires_at(until);
    co_await timer_.async_wait(base::asio::as_tuple(base::kUseTask));
  }
  woken_ = false;
}

// What an exception leaves half done is done again from the position on: records come at least
// once.
base::Task<void> Follower::Run() {
  std::exception_ptr failure;
  while (!stopping_) {
    try {
      if (failure) {
        restarts_.fetch_add(1, std::memory_order_relaxed);
        partly_handed_out_ = true;
        try {
          std::rethrow_exception(std::exchange(failure, nullptr));
        } catch (const std::exception& error) {
          base::Log(LogLevel::kError, "stream follower starts over",
                    {{"table", options_.table}, {"reason", std::string_view(error.what())}});
        }
        co_await Sleep(SteadyClock::now() + options_.unreadable_pause);
        if (!stopping_) queue_.Open();
      }
      co_await Follow();
    } catch (const std::exception&) {
      failure = std::current_exception();
    }
  }
  SaveCheckpoint();
}

base::Task<void> Follower::Follow() {
  if (!loaded_) {
    // Without one that can be read, the table is gone over.
    auto loaded = checkpoint_.Load();
    if (!loaded) {
      base::Log(LogLevel::kWarn, "checkpoint not readable", {{"reason", loaded.error().message}});
    }
    saved_ = loaded ? std::move(*loaded).value_or(Position()) : Position();
    // Of a checkpoint before the first record nobody knows what was trimmed since.
    position_ = saved_.sequence_number.empty() ? Position() : saved_;
    settled_ = saved_;
    loaded_ = true;
  }
  while (!stopping_) {
    if (co_await CatchUp()) {
      co_await FollowLive();
    } else if (!stopping_) {
      co_await Sleep(SteadyClock::now() + options_.unreadable_pause);
    }
    if (!stopping_) queue_.Open();
  }
}

base::Task<void> Follower::FollowLive() {
  while (!stopping_) {
    LiveQueue::Taken taken = queue_.Take();
    if (taken.lost) co_return;
    // What was pushed while the stream was read has been read with it.
    std::erase_if(taken.records, [&](const Record& record) {
      return record.sequence_number <= position_.sequence_number;
    });
    for (size_t begin = 0; begin < taken.records.size(); begin += options_.max_batch) {
      const auto first = taken.records.begin() + static_cast<std::ptrdiff_t>(begin);
      const size_t count = std::min(options_.max_batch, taken.records.size() - begin);
      const auto last = first + static_cast<std::ptrdiff_t>(count);
      co_await HandOut({std::move_iterator(first), std::move_iterator(last)}, false);
    }
    if (taken.last_sequence_number > position_.sequence_number) {
      Advance(taken.last_sequence_number);
    }

    auto until = next_save_;
    if (settled_ == saved_) until = SteadyClock::time_point::max();
    if (!failed_.empty()) until = std::min(until, next_retry_);
    if (taken.records.empty()) co_await Sleep(until);
    if (SteadyClock::now() >= next_save_) SaveCheckpoint();
    co_await RetryFailed();
  }
}

base::Task<void> Follower::HandOut(std::vector<Record> records, bool perhaps_repeated) {
  const auto full = [&] {
    return failed_.size() >= options_.max_failed || failed_bytes_ >= options_.max_failed_bytes;
  };
  while (full() && !stopping_) {
    co_await Sleep(next_retry_);
    co_await RetryFailed();
  }
  if (records.empty()) co_return;
  const std::vector<std::string> failures = co_await handler_(records, perhaps_repeated);
  handled_.fetch_add(records.size() - std::min(records.size(), failures.size()),
                     std::memory_order_relaxed);
  age_.store((base::SystemClock().Now() - records.back().created_at).count(),
             std::memory_order_relaxed);
  if (failures.empty()) co_return;

  failed_attempts_.fetch_add(failures.size(), std::memory_order_relaxed);
  if (failed_.empty()) {
    retry_pause_ = options_.first_retry;
    next_retry_ = SteadyClock::now() + retry_pause_;
  }
  const std::unordered_set<std::string_view> numbers(failures.begin(), failures.end());
  for (Record& record : records) {
    if (numbers.contains(record.sequence_number)) failed_.push_back(std::move(record));
  }
  CountFailedBytes();
}

base::Task<void> Follower::RetryFailed() {
  if (failed_.empty() || SteadyClock::now() < next_retry_) co_return;
  const std::vector<std::string> failures = co_await handler_(failed_, true);
  handled_.fetch_add(failed_.size() - std::min(failed_.size(), failures.size()),
                     std::memory_order_relaxed);
  failed_attempts_.fetch_add(failures.size(), std::memory_order_relaxed);
  const std::unordered_set<std::string_view> numbers(failures.begin(), failures.end());
  std::erase_if(failed_, [&](const Record& r) { return !numbers.contains(r.sequence_number); });
  CountFailedBytes();
  retry_pause_ = std::min(retry_pause_ * 2, options_.last_retry);
  next_retry_ = SteadyClock::now() + retry_pause_;
  if (failed_.empty()) settled_ = position_;
}

void Follower::CountFailedBytes() {
  failed_bytes_ = 0;
  for (const Record& record : failed_) failed_bytes_ += MemoryOf(record);
}

void Follower::Advance(const std::string& sequence_number) {
  position_.sequence_number = sequence_number;
  if (!failed_.empty()) return;
  if (settled_ == saved_) next_save_ = SteadyClock::now() + options_.checkpoint_interval;
  settled_ = position_;
}

void Follower::SaveCheckpoint() {
  if (settled_ == saved_) return;
  if (const auto saved = checkpoint_.Save(settled_); !saved) {
    base::Log(LogLevel::kWarn, "checkpoint not saved", {{"reason", saved.error().message}});
  }
  // Saved or not: a full disk isn't asked again before there is something new.
  saved_ = settled_;
}

}  // namespace cruddur::stream
