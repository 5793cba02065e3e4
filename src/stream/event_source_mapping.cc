#include "stream/event_source_mapping.h"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/use_future.hpp>
#include <exception>
#include <set>
#include <utility>

#include "base/log.h"

namespace cruddur::stream {
namespace {

using base::LogLevel;
using model::DbErrorCode;

// Sequence numbers are whole numbers of up to 40 digits.
bool Reached(const std::string& position, const std::string& number) {
  return position.size() != number.size() ? position.size() > number.size() : position >= number;
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
      dead_letters_(std::move(settings.dead_letter_path)),
      context_{.name = std::move(settings.name),
               .options = settings.options,
               .filters = std::move(settings.filters),
               .region = std::move(settings.region),
               .function_arn = std::move(settings.function_arn),
               .stop_grace = settings.stop_grace,
               .client = client,
               .target = target,
               .dead_letters = dead_letters_,
               .metrics = metrics_,
               .clock = clock},
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
  position_ = checkpoint_.Load();
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
      // A stream that begins is told.
      base::Log(LogLevel::kInfo,
                table ? "the table has no stream to go on with" : "no such table yet",
                {{"trigger", context_.name}, {"table", table_}});
      while (!signals_.news_ && !stopping()) co_await signals_.wake_up_->Wait();
      continue;
    }
    auto first = co_await FirstPosition(arn);
    if (first) {
      position_ = *std::move(first);
      Save();
    } else {
      co_await Pause();
    }
  }
}

base::Task<bool> EventSourceMapping::FollowStream() {
  std::set<std::string> done;
  for (bool more = true; more;) {
    more = false;
    const auto shards = co_await Shards(position_.stream_arn);
    if (!shards) co_return IsMissing(shards.error());
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
  co_return true;
}

base::Task<bool> EventSourceMapping::FollowShard(const model::Shard& shard) {
  const bool inside = !position_.sequence_number.empty() &&
                      Reached(position_.sequence_number, shard.first_sequence_number);
  ShardRunner runner(context_, signals_, position_.stream_arn, shard.id,
                     inside ? position_.sequence_number : "", [this](const std::string& number) {
                       position_.sequence_number = number;
                       Save();
                     });
  co_return co_await runner.Run();
}

base::Task<model::DbResult<Position>> EventSourceMapping::FirstPosition(std::string stream_arn) {
  Position first{.stream_arn = std::move(stream_arn)};
  const bool latest = context_.options.starting_position == StartingPosition::kLatest;
  // What a stream holds that began while this mapping was there is all new to it.
  if (!latest || !position_.stream_arn.empty()) co_return first;
  CO_TRY_ASSIGN(const auto shards, co_await Shards(first.stream_arn));
  for (const model::Shard& shard : shards) {
    if (!shard.last_sequence_number.empty()) {
      first.sequence_number = shard.last_sequence_number;
      continue;
    }
    ShardReader reader(context_.client, first.stream_arn, shard.id, "");
    for (bool more = true; more;) {
      CO_TRY_ASSIGN(const auto records, co_await reader.Read(1000));
      more = !records.empty();
      if (more) first.sequence_number = records.back().sequence_number;
    }
  }
  co_return first;
}

base::Task<model::DbResult<std::vector<model::Shard>>> EventSourceMapping::Shards(
    std::string stream_arn) {
  std::vector<model::Shard> shards;
  model::DescribeStreamRequest request{.stream_arn = std::move(stream_arn)};
  do {
    CO_TRY_ASSIGN(auto page, co_await context_.client.DescribeStream(request));
    std::ranges::move(page.shards, std::back_inserter(shards));
    request.exclusive_start_shard_id = page.last_evaluated_shard_id;
  } while (!request.exclusive_start_shard_id.empty());
  co_return shards;
}

void EventSourceMapping::Save() {
  if (const auto saved = checkpoint_.Save(position_); !saved) {
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
