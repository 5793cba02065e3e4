#include "stream/event_source_mapping.h"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/use_future.hpp>
#include <exception>
#include <set>
#include <utility>

#include "base/log.h"
#include "stream/stream_start.h"

namespace cruddur::stream {
namespace {

using base::LogLevel;
using model::DbErrorCode;

// Sequence numbers are whole numbers of up to 40 digits.
bool Reached(const std::string& position, const std::string& number) {
  return position.size() != number.size() ? position.size() > number.size() : position >= number;
}

// The number behind that one.
std::string NumberAfter(std::string number) {
  for (auto digit = number.rbegin(); digit != number.rend(); ++digit) {
    if (*digit != '9') {
      ++*digit;
      return number;
    }
    *digit = '0';
  }
  return "1" + number;
}

// The numbers of a table's records follow one another, so the first shard that is left tells
// whether there were others before it that nobody has read.
bool ShardsAreMissing(const std::vector<model::Shard>& shards, const Position& position) {
  if (shards.empty() || position.sequence_number.empty()) return false;
  const std::string& first = shards.front().first_sequence_number;
  return Reached(first, position.sequence_number) && first != position.sequence_number &&
         first != NumberAfter(position.sequence_number);
}

bool IsMissing(const model::DbError& error) {
  return error.code == DbErrorCode::kResourceNotFound || error.code == DbErrorCode::kTableNotFound;
}

}  // namespace

EventSourceMapping::EventSourceMapping(base::Loop& loop, dynamo::Client& client,
                                       SubscribeFunction subscribe, Target& target,
                                       base::Registry& registry, const base::Clock& clock,
                                       MappingSettings settings)
    : loop_(loop),
      subscribe_(std::move(subscribe)),
      table_(std::move(settings.table)),
      metrics_(registry, settings.name, clock),
      checkpoint_(std::move(settings.checkpoint_path)),
      dead_letters_(std::move(settings.dead_letters)),
      context_{.name = std::move(settings.name),
               .options = settings.options,
               .filters = std::move(settings.filters),
               .region = std::move(settings.region),
               .function_arn = std::move(settings.function_arn),
               .stop_grace = settings.stop_grace,
               .client = client,
               .target = target,
               .dead_letters = *dead_letters_,
               .metrics = metrics_,
               .clock = clock,
               .before_start = [this](const auto& record) { return IsBeforeStart(record); }},
      signals_(loop.get_executor()) {}

EventSourceMapping::~EventSourceMapping() { Stop(); }

void EventSourceMapping::Start() {
  subscription_ =
      subscribe_(table_, [this](std::span<const model::StreamRecord>) { signals_.Notice(); });
  ended_ = base::asio::co_spawn(loop_, Run(), base::asio::use_future);
}

void EventSourceMapping::BeginStop() {
  if (!ended_) return;
  subscription_.reset();
  signals_.Stop();
}

void EventSourceMapping::Stop() {
  if (!ended_) return;
  BeginStop();
  ended_->wait();
  ended_.reset();
}

// What an exception leaves half done is done again from the checkpoint on.
base::Task<void> EventSourceMapping::Run() {
  LoadPosition();
  while (!stopping()) {
    try {
      co_await Follow();
      continue;
    } catch (const std::exception& error) {
      base::Log(LogLevel::kError, "trigger starts over",
                {{"trigger", context_.name}, {"reason", std::string_view(error.what())}});
    }
    co_await Pause();
  }
}

void EventSourceMapping::LoadPosition() {
  auto loaded = checkpoint_.Load();
  if (loaded) {
    known_ = loaded->has_value();
    position_ = std::move(*loaded).value_or(Position());
    return;
  }
  // What is there may all have been handled, or not: LATEST would skip it.
  known_ = context_.options.starting_position == StartingPosition::kLatest;
  base::Log(LogLevel::kError, "checkpoint lost: records are handed over again",
            {{"trigger", context_.name}, {"reason", loaded.error().message}});
}

base::Task<void> EventSourceMapping::Follow() {
  while (!stopping()) {
    if (!position_.stream_arn.empty() && !co_await FollowStream()) {
      if (!stopping()) co_await Pause();
      continue;
    }
    // That one is over: is there another?
    signals_.news_.store(false);
    const auto table = co_await context_.client.DescribeTable(table_);
    if (!table && !IsMissing(table.error())) {
      co_await Pause();
      continue;
    }
    const std::string arn = table ? table->stream_arn : "";
    if (arn.empty() || arn == position_.stream_arn) {
      // A stream that begins is told. All of it is wanted, also after a crash.
      if (!known_) Save(Checkpoint::Durability::kDisk);
      known_ = true;
      base::Log(LogLevel::kInfo,
                table ? "the table has no stream to go on with" : "no such table yet",
                {{"trigger", context_.name}, {"table", table_}});
      while (!signals_.news_ && !stopping()) co_await signals_.wake_up_->Wait();
      continue;
    }
    if (!co_await BeginStream(arn)) co_await Pause();
  }
}

base::Task<bool> EventSourceMapping::BeginStream(std::string arn) {
  MappingOptions options = context_.options;
  if (known_) options.starting_position = StartingPosition::kTrimHorizon;
  auto start = co_await FindStart(context_.client, arn, options, context_.clock.Now());
  if (!start) co_return false;
  base::Log(LogLevel::kInfo, "trigger begins with a stream",
            {{"trigger", context_.name},
             {"stream", arn},
             {"position", NameOf(options.starting_position)}});
  position_ = std::move(start->position);
  iterators_ = std::move(start->iterators);
  known_ = true;
  // Without it, LATEST would begin anew after a crash, and skip what came between.
  Save(Checkpoint::Durability::kDisk);
  co_return true;
}

base::Task<bool> EventSourceMapping::FollowStream() {
  start_passed_ = false;
  std::set<std::string> done;
  for (bool more = true; more;) {
    more = false;
    const auto shards = co_await ListShards(context_.client, position_.stream_arn);
    if (!shards && !IsMissing(shards.error())) co_return false;
    if (!shards) {
      if (!position_.ended) CountGap("a stream was gone before it was read to its end");
      co_return true;
    }
    if (done.empty() && ShardsAreMissing(*shards, position_)) {
      CountGap("shards were gone before they were read");
    }
    for (const model::Shard& shard : *shards) {
      if (done.contains(shard.id)) continue;
      const bool behind = !shard.last_sequence_number.empty() &&
                          !position_.sequence_number.empty() &&
                          Reached(position_.sequence_number, shard.last_sequence_number);
      if (!behind) {
        if (!co_await FollowShard(shard)) co_return false;
        more = true;
      }
      done.insert(shard.id);
    }
  }
  position_.ended = true;
  Save();
  co_return true;
}

base::Task<bool> EventSourceMapping::FollowShard(const model::Shard& shard) {
  const bool inside = !position_.sequence_number.empty() &&
                      Reached(position_.sequence_number, shard.first_sequence_number);
  const auto iterator = iterators_.extract(shard.id);
  ShardRunner runner(
      context_, signals_, position_.stream_arn, shard.id, inside ? position_.sequence_number : "",
      [this](const std::string& number) {
        position_.sequence_number = number;
        if (start_passed_) position_.since = base::Micros(0);
        Save();
      },
      iterator ? iterator.mapped() : "");
  const bool finished = co_await runner.Run();
  if (runner.gone()) position_.ended = true;  // that it was gone is counted
  co_return finished;
}

bool EventSourceMapping::IsBeforeStart(const model::StreamRecord& record) {
  if (start_passed_ || position_.since.count() == 0) return false;
  start_passed_ = record.created_at >= position_.since;
  return !start_passed_;
}

void EventSourceMapping::CountGap(std::string_view what) {
  metrics_.gaps.Add();
  base::Log(LogLevel::kError, what, {{"trigger", context_.name}, {"stream", position_.stream_arn}});
}

void EventSourceMapping::Save(Checkpoint::Durability durability) {
  if (const auto saved = checkpoint_.Save(position_, durability); !saved) {
    base::Log(LogLevel::kWarn, "checkpoint not saved",
              {{"trigger", context_.name}, {"reason", saved.error().message}});
  }
}

base::Task<void> EventSourceMapping::Pause() {
  const auto until = std::chrono::steady_clock::now() + context_.unreadable_pause;
  while (!stopping() && std::chrono::steady_clock::now() < until) {
    co_await signals_.wake_up_->Wait(until);
  }
}

}  // namespace cruddur::stream
