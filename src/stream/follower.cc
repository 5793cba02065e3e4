#include "stream/follower.h"

#include <algorithm>
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/use_future.hpp>
#include <unordered_set>

#include "base/log.h"

namespace cruddur::stream {
namespace {

using base::LogLevel;
using model::DbErrorCode;

constexpr std::chrono::milliseconds kUnreadablePause{500};

}  // namespace

Follower::Follower(base::Loop& loop, dynamo::Client& client, SubscribeFunction subscribe,
                   BatchHandler handler, FollowerOptions options)
    : loop_(loop),
      client_(client),
      subscribe_(std::move(subscribe)),
      handler_(std::move(handler)),
      options_(std::move(options)),
      checkpoint_(options_.checkpoint_path),
      queue_(options_.max_queued, [this] { Wake(); }),
      timer_(loop.get_executor()),
      retry_pause_(options_.first_retry) {}

Follower::~Follower() { Stop(); }

void Follower::Start() {
  // Before the stream is read: what is committed meanwhile waits in the queue.
  queue_.Open();
  subscription_ =
      subscribe_([this](std::string_view table, std::span<const model::StreamRecord> records) {
        if (table == options_.table) queue_.Push(records, options_.concerns);
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

base::Task<void> Follower::Run() {
  saved_ = settled_ = position_ = checkpoint_.Load();
  while (!stopping_) {
    if (co_await CatchUp()) {
      co_await FollowLive();
    } else if (!stopping_) {
      co_await Sleep(SteadyClock::now() + kUnreadablePause);
    }
    if (!stopping_) queue_.Open();
  }
  SaveCheckpoint();
}

base::Task<bool> Follower::CatchUp() {
  catch_ups_.fetch_add(1, std::memory_order_relaxed);
  const auto table = co_await client_.DescribeTable(options_.table);
  if (!table) {
    const auto code = table.error().code;
    if (code != DbErrorCode::kResourceNotFound && code != DbErrorCode::kTableNotFound) {
      co_return false;
    }
    // No table: nothing to catch up with, and whatever a new one brings comes live.
    position_ = settled_ = {};
    failed_.clear();
    co_return true;
  }
  if (table->stream_arn != position_.stream_arn) {
    position_ = settled_ = {.stream_arn = table->stream_arn};
    failed_.clear();
  }
  if (table->stream_arn.empty()) co_return true;

  model::DescribeStreamRequest request{.stream_arn = table->stream_arn};
  do {
    const auto stream = co_await client_.DescribeStream(request);
    if (!stream) co_return false;
    for (const model::Shard& shard : stream->shards) {
      const auto read = co_await ReadShard(shard);
      if (!read) {
        base::Log(LogLevel::kWarn, "stream not readable",
                  {{"table", options_.table}, {"reason", read.error().message}});
        co_return false;
      }
      if (stopping_) co_return true;
    }
    request.exclusive_start_shard_id = stream->last_evaluated_shard_id;
  } while (!request.exclusive_start_shard_id.empty());
  co_return true;
}

base::Task<model::DbStatus> Follower::ReadShard(const model::Shard& shard) {
  const std::string& seen = position_.sequence_number;
  if (!shard.last_sequence_number.empty() && seen >= shard.last_sequence_number) {
    co_return model::DbStatus();
  }
  model::GetShardIteratorRequest from{.stream_arn = position_.stream_arn, .shard_id = shard.id};
  if (!seen.empty() && seen >= shard.first_sequence_number) {
    from.type = model::ShardIteratorType::kAfterSequenceNumber;
    from.sequence_number = seen;
  }
  bool again = false;
  auto iterator = co_await client_.GetShardIterator(from);
  if (!iterator && from.type == model::ShardIteratorType::kAfterSequenceNumber) {
    // Trimmed meanwhile, or a number of another life of this stream.
    from.type = model::ShardIteratorType::kTrimHorizon;
    from.sequence_number.clear();
    again = true;
    iterator = co_await client_.GetShardIterator(from);
  }
  if (!iterator) co_return std::unexpected(iterator.error());

  std::string next = *std::move(iterator);
  while (!next.empty() && !stopping_) {
    model::GetRecordsRequest request{.shard_iterator = std::move(next)};
    request.limit = static_cast<int64_t>(options_.max_batch);
    auto page = co_await client_.GetRecords(std::move(request));
    if (!page) co_return std::unexpected(page.error());
    if (page->records.empty()) break;
    const std::string last = page->records.back().sequence_number;
    std::erase_if(page->records, [&](const Record& record) { return !options_.concerns(record); });
    co_await HandOutRead(std::move(page->records), again);
    Advance(last);
    next = std::move(page->next_shard_iterator);
  }
  co_return model::DbStatus();
}

// What was committed in this process's time is behind the position: nobody has had it yet, unless
// the stream is read `again`. A handler that took everything for a repetition might never catch up
// with those who write.
base::Task<void> Follower::HandOutRead(std::vector<Record> records, bool again) {
  const std::string first = queue_.FirstSequenceNumber();
  const auto own = again || first.empty()
                       ? records.end()
                       : std::ranges::lower_bound(records, first, {}, &Record::sequence_number);
  std::vector<Record> fresh(std::move_iterator(own), std::move_iterator(records.end()));
  records.erase(own, records.end());
  co_await HandOut(std::move(records), true);
  co_await HandOut(std::move(fresh), false);
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
  while (failed_.size() >= options_.max_failed && !stopping_) {
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
}

base::Task<void> Follower::RetryFailed() {
  if (failed_.empty() || SteadyClock::now() < next_retry_) co_return;
  const std::vector<std::string> failures = co_await handler_(failed_, true);
  handled_.fetch_add(failed_.size() - std::min(failed_.size(), failures.size()),
                     std::memory_order_relaxed);
  failed_attempts_.fetch_add(failures.size(), std::memory_order_relaxed);
  const std::unordered_set<std::string_view> numbers(failures.begin(), failures.end());
  std::erase_if(failed_, [&](const Record& r) { return !numbers.contains(r.sequence_number); });
  retry_pause_ = std::min(retry_pause_ * 2, options_.last_retry);
  next_retry_ = SteadyClock::now() + retry_pause_;
  if (failed_.empty()) settled_ = position_;
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
