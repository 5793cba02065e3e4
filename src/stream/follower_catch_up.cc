// How Follower reads the stream up to its end, and what it does where the stream can't tell all.
#include <algorithm>
#include <boost/asio/post.hpp>

#include "base/log.h"
#include "stream/follower.h"

namespace cruddur::stream {

using base::LogLevel;
using model::DbErrorCode;

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
    CountFailedBytes();
    co_return true;
  }
  // Also where the stream was switched off: what waited in the queue is lost with it.
  if (table->stream_arn != position_.stream_arn &&
      !co_await MakeUpForLostRecords(table->stream_arn)) {
    co_return false;
  }
  if (table->stream_arn.empty()) co_return true;

  model::DescribeStreamRequest request{.stream_arn = table->stream_arn};
  bool first_shard = true;
  do {
    const auto stream = co_await client_.DescribeStream(request);
    if (!stream) co_return false;
    for (const model::Shard& shard : stream->shards) {
      const std::string& seen = position_.sequence_number;
      const bool gap = first_shard && !seen.empty() && seen < shard.first_sequence_number;
      first_shard = false;
      if (gap && !co_await MakeUpForLostRecords(table->stream_arn)) co_return false;
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
  partly_handed_out_ = false;
  co_return true;
}

// The order matters: the stream is there when the table is read, so what is written meanwhile comes
// from the stream. Interrupted, it is done anew: the position says so until it is through.
base::Task<bool> Follower::MakeUpForLostRecords(std::string stream_arn) {
  // The first time it is a matter of course.
  const bool lost = !position_.sequence_number.empty();
  base::Log(lost ? LogLevel::kInfo : LogLevel::kDebug,
            "going over the table for what its stream doesn't tell",
            {{"table", options_.table}, {"after", position_.sequence_number}});
  passes_.fetch_add(1, std::memory_order_relaxed);
  model::Item after;
  bool more = options_.records_lost != nullptr;
  while (more) {
    auto next = co_await options_.records_lost(after);
    if (stopping_) co_return false;
    if (next) {
      after = *std::move(next);
      more = !after.empty();
      // Pages are read without waiting for anything: let the loop do its other work.
      co_await base::asio::post(loop_, base::kUseTask);
    } else if (next.error().code == DbErrorCode::kResourceNotFound) {
      co_return false;
    } else {
      base::Log(LogLevel::kWarn, "table not readable",
                {{"table", options_.table}, {"reason", next.error().message}});
      co_await Sleep(SteadyClock::now() + options_.unreadable_pause);
    }
  }
  position_ = settled_ = {.stream_arn = std::move(stream_arn)};
  failed_.clear();
  CountFailedBytes();
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
  bool again = partly_handed_out_;
  auto iterator = co_await client_.GetShardIterator(from);
  if (!iterator && from.type == model::ShardIteratorType::kAfterSequenceNumber &&
      (iterator.error().code == DbErrorCode::kTrimmedDataAccess ||
       iterator.error().code == DbErrorCode::kValidation)) {
    // Trimmed meanwhile, or a number of another life of this stream.
    if (!co_await MakeUpForLostRecords(position_.stream_arn)) {
      co_return std::unexpected(iterator.error());
    }
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

}  // namespace cruddur::stream
