#include "stream/shard_runner.h"

#include <algorithm>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/post.hpp>
#include <exception>
#include <utility>

#include "base/log.h"
#include "base/random.h"

namespace cruddur::stream {
namespace {

using base::LogLevel;

constexpr int64_t kPage = 1'000;  // GetRecords gives no more
constexpr std::chrono::milliseconds kTellInterval{50};

}  // namespace

ShardRunner::ShardRunner(MappingContext& context, RunnerSignals& signals, std::string stream_arn,
                         std::string shard_id, std::string after,
                         std::function<void(const std::string&)> checkpoint, std::string iterator)
    : context_(context),
      signals_(signals),
      stream_arn_(stream_arn),
      shard_id_(shard_id),
      started_at_(context.clock.Now()),
      started_(SteadyClock::now()),
      reader_(context.client, std::move(stream_arn), std::move(shard_id), std::move(after),
              std::move(iterator)),
      mapping_(context.options),
      tell_checkpoint_(std::move(checkpoint)) {}

base::Micros ShardRunner::Now() const {
  return started_at_ + std::chrono::duration_cast<base::Micros>(SteadyClock::now() - started_);
}

// What throws ends it, but not before all that it has begun has ended.
base::Task<bool> ShardRunner::Run() {
  bool finished = false;
  try {
    finished = co_await Work();
  } catch (...) {
    failure_ = std::current_exception();
  }
  co_await EndWork();
  TellProgress(true);
  if (failure_) std::rethrow_exception(failure_);
  co_return finished;
}

base::Task<bool> ShardRunner::Work() {
  bool finished = false;
  signals_.news_.store(true);
  while (!signals_.stopping_ && !finished && !failure_) {
    co_await ReadMore();
    StartWork();
    TellProgress(false);
    finished = (reader_.at_end() || gone_) && mapping_.settled();
    if (!finished && !signals_.stopping_ && !failure_) {
      co_await signals_.wake_up_->Wait(NextTime());
    }
  }
  co_return finished;
}

// Reads while there is room and something to read. A commit is readable before it is noticed.
base::Task<void> ShardRunner::ReadMore() {
  for (bool first = true; mapping_.HasRoom() && !reader_.at_end() && !gone_; first = false) {
    // An engine in this process answers without waiting: let the loop do its other work.
    if (!first) co_await base::asio::post(signals_.wake_up_->executor(), base::kUseTask);
    if (signals_.stopping_ || SteadyClock::now() < unreadable_until_) co_return;
    if (!signals_.news_.exchange(false)) co_return;
    const auto records = co_await reader_.Read(kPage);
    if (!records) {
      NotReadable(records.error());
      co_return;
    }
    CountGaps(reader_.gaps() - gaps_);
    gaps_ = reader_.gaps();
    for (const model::StreamRecord& record : *records) Take(record);
    if (!records->empty()) signals_.news_.store(true);
    StartWork();
  }
}

void ShardRunner::NotReadable(const model::DbError& error) {
  base::Log(LogLevel::kWarn, "stream not readable",
            {{"trigger", context_.name}, {"reason", error.message}});
  // A stream goes a day after it was switched off; what wasn't read by then is lost.
  gone_ = error.code == model::DbErrorCode::kResourceNotFound;
  if (gone_) CountGaps(1);
  unreadable_until_ = SteadyClock::now() + context_.unreadable_pause;
  signals_.news_.store(true);
}

void ShardRunner::CountGaps(uint64_t gaps) {
  if (gaps == 0) return;
  context_.metrics.gaps.Add(gaps);
  base::Log(LogLevel::kError, "records were gone before they were read",
            {{"trigger", context_.name}, {"shard", shard_id_}});
}

void ShardRunner::Take(const model::StreamRecord& record) {
  if (context_.before_start && context_.before_start(record)) {
    return mapping_.Skip(record.sequence_number);
  }
  StreamEvent event = EventOf(record, context_.region, stream_arn_);
  if (context_.filters.Pass(event.json)) {
    mapping_.Add(std::move(event), Now());
  } else {
    mapping_.Skip(std::move(event.sequence_number));
    context_.metrics.filtered.Add();
  }
}

void ShardRunner::StartWork() {
  while (!signals_.stopping_ && !failure_) {
    auto work = mapping_.Next(Now());
    if (!work) return;
    ++under_way_;
    base::asio::co_spawn(signals_.wake_up_->executor(), Perform(*std::move(work)),
                         [this](std::exception_ptr exception) {
                           --under_way_;
                           if (exception) failure_ = exception;
                           signals_.wake_up_->Wake();
                         });
  }
}

base::Task<void> ShardRunner::Perform(ShardMapping::Work work) {
  if (work.given_up) {
    co_await Keep(std::move(work));
  } else {
    co_await Invoke(std::move(work));
  }
}

base::Task<void> ShardRunner::Invoke(ShardMapping::Work work) {
  const Invocation invocation{base::NewUuid(), PayloadOf(work.events)};
  InvocationResult answer;
  try {
    answer = co_await context_.target.Invoke(invocation);
  } catch (const std::exception& e) {
    answer = FunctionFailed(e.what());
  }
  if (!answer && !answer.error().reached) {
    context_.metrics.unreached.Add();
    TellFailure(invocation, work, 0, "function not reached", answer.error().message);
    mapping_.PutBack(std::move(work), Now());
    co_return;
  }
  size_t handled = answer ? work.events.size() : 0;
  if (answer && context_.options.report_batch_item_failures) {
    handled = HandledOf(*answer, work.events);
  }
  context_.metrics.invocations.Add();
  context_.metrics.records.Add(handled);
  if (handled < work.events.size()) {
    context_.metrics.errors.Add();
    const std::string why = answer ? "the function reported failures" : answer.error().message;
    TellFailure(invocation, work, handled, "invocation failed", why);
    last_errors_[work.lane] = {invocation.request_id, why, !answer};
  } else if (!context_.options.report_batch_item_failures) {
    WarnOfUnreadReport(*answer);
  }
  mapping_.FinishInvocation(std::move(work), handled, Now());
}

void ShardRunner::TellFailure(const Invocation& invocation, const ShardMapping::Work& work,
                              size_t handled, std::string_view what, std::string_view why) const {
  base::Log(LogLevel::kWarn, what,
            {{"trigger", context_.name},
             {"request_id", invocation.request_id},
             {"records", static_cast<int64_t>(work.events.size())},
             {"handled", static_cast<int64_t>(handled)},
             {"reason", why}});
}

// Lambda doesn't read it either, and says nothing.
void ShardRunner::WarnOfUnreadReport(std::string_view answer) {
  if (warned_of_report_ || !answer.contains("\"itemIdentifier\"")) return;
  warned_of_report_ = true;
  base::Log(LogLevel::kWarn,
            "the function reports failed records, but report-batch-item-failures is off",
            {{"trigger", context_.name}});
}

base::Task<void> ShardRunner::Keep(ShardMapping::Work work) {
  const base::Micros now = Now();
  DeadLetter letter{.function_arn = context_.function_arn,
                    .stream_arn = stream_arn_,
                    .shard_id = shard_id_,
                    .request_id = base::NewUuid(),
                    .time = now};
  if (const auto last = last_errors_.find(work.lane);
      last != last_errors_.end() && work.attempts > 0) {
    letter.request_id = last->second.request_id;
    letter.error = last->second.message;
    letter.unhandled = last->second.unhandled;
  }
  const base::Status kept = co_await context_.dead_letters.Keep(FormatDeadLetter(letter, work));
  if (kept) context_.metrics.dead_letters.Add(work.events.size());
  base::Log(LogLevel::kError, kept ? "records given up, and kept" : "dead letter not kept",
            {{"trigger", context_.name},
             {"records", static_cast<int64_t>(work.events.size())},
             {"first", work.events.front().sequence_number},
             {"place", context_.dead_letters.place()},
             {"reason", kept ? letter.error : kept.error().message}});
  mapping_.FinishKeeping(std::move(work), kept.has_value(), Now());
}

void ShardRunner::TellProgress(bool at_once) {
  context_.metrics.SetOldest(mapping_.oldest().value_or(base::Micros(0)));
  if (mapping_.checkpoint() == told_) return;
  if (!at_once && SteadyClock::now() < tell_next_) return;
  tell_next_ = SteadyClock::now() + kTellInterval;
  told_ = mapping_.checkpoint();
  tell_checkpoint_(told_);
}

ShardRunner::SteadyClock::time_point ShardRunner::NextTime() const {
  auto next = SteadyClock::time_point::max();
  const base::Micros now = Now();
  if (const auto due = mapping_.Due(now)) {
    next = SteadyClock::now() + std::max(*due - now, base::Micros(0));
  }
  if (signals_.news_ && unreadable_until_ > SteadyClock::now()) {
    next = std::min(next, unreadable_until_);
  }
  if (mapping_.checkpoint() != told_) next = std::min(next, tell_next_);
  return next;
}

// Invocations under way may end by themselves, at a stop for as long as the grace.
base::Task<void> ShardRunner::EndWork() {
  auto deadline = SteadyClock::time_point::max();
  for (bool told = false, ended = false;;) {
    if (signals_.stopping_ && !told) {
      told = true;
      context_.target.Stop(false);
      deadline = SteadyClock::now() + context_.stop_grace;
    }
    if (under_way_ == 0) co_return;
    co_await signals_.wake_up_->Wait(ended ? SteadyClock::time_point::max() : deadline);
    if (!ended && SteadyClock::now() >= deadline) {
      ended = true;
      context_.target.Stop(true);
    }
  }
}

}  // namespace cruddur::stream
