#include "messaging/writer.h"

#include "base/log.h"
#include "base/random.h"
#include "base/start_now.h"
#include "base/timestamp.h"
#include "messaging/message_time.h"
#include "messaging/pause.h"

namespace cruddur::messaging {

using model::DbErrorCode;

Writer::Writer(Store& store, Memberships& memberships, NewestTimes& newest_times,
               Projection& projection, ProjectionWatch& watch, const base::Clock& clock,
               WriterOptions options)
    : store_(store),
      memberships_(memberships),
      newest_times_(newest_times),
      projection_(projection),
      watch_(watch),
      clock_(clock),
      options_(options),
      project_inline_(options.project_inline) {}

// Writers wait for the projection where it is that far behind them.
constexpr size_t kMaxExpectedRows = 2'000;

Task<DbResult<Message>> Writer::Send(Person sender, KnownPtr conversation, std::string text) {
  const Deadline deadline = std::chrono::steady_clock::now() + options_.deadline;
  Message message{.conversation_uuid = conversation->uuid,
                  .uuid = base::NewUuid(),
                  .text = std::move(text),
                  .sender = std::move(sender)};
  ProjectionWatch::TicketPtr ticket;
  if (!project_inline_.load(std::memory_order_relaxed) &&
      options_.projection_patience.count() > 0) {
    ticket = watch_.Take(message.conversation_uuid);
  }
  CO_TRY_ASSIGN(Message stored, co_await Append(std::move(message), deadline));
  // Asked now: the stream may have ended before the message was stored.
  if (project_inline_.load()) {
    co_await Project(stored);
  } else if (ticket) {
    watch_.Expect(ticket, stored.created_at, conversation->members, options_.projection_patience);
    if (watch_.expected() > kMaxExpectedRows) co_await ProjectionWatch::Wait(ticket);
  }
  co_return stored;
}

// The message is stored and its sender will be told so; rows that stay behind are moved by the next
// message.
Task<void> Writer::Project(const Message& message) {
  Delivery delivery = Delivery::kFirst;
  for (int tries = 0; tries < 3; ++tries) {
    const DbStatus projected = co_await projection_.Project(message, delivery);
    if (projected) co_return;
    base::Log(base::LogLevel::kWarn, "conversation rows not brought up to date",
              {{"conversation", message.conversation_uuid}, {"reason", projected.error().message}});
    if (IsPermanent(projected.error().code)) co_return;
    delivery = Delivery::kPerhapsRepeated;
    co_await Pause(tries + 3);
  }
}

Task<DbResult<std::string>> Writer::NewestOf(const std::string& conversation, bool ask) {
  NewestTimes::Found found;
  if (!ask) found = newest_times_.Find(conversation);
  if (found.newest) co_return *std::move(found.newest);
  CO_TRY_ASSIGN(std::string newest, co_await store_.NewestMessage(conversation));
  newest_times_.Learn(conversation, found.watch, newest);
  co_return newest;
}

Task<DbResult<Message>> Writer::Append(Message message, Deadline deadline) {
  const base::Executor executor = co_await base::asio::this_coro::executor;
  AppendOrder::Place place = order_.Enter(message.conversation_uuid);
  for (int tries = 0;; ++tries) {
    CO_TRY_ASSIGN(const std::string newest,
                  co_await NewestOf(message.conversation_uuid, tries > 0));
    base::Micros given{0};
    Task<DbResult<bool>> put = place.Take(TimeBehind(newest, clock_.Now()), [&](base::Micros time) {
      given = time;
      message.created_at = base::FormatTimestamp(time);
      return base::StartNow(executor, store_.PutIfFree(ItemOf(message)));
    });
    CO_TRY_ASSIGN(const bool stored,
                  co_await Settle(message, std::move(put), place, given, deadline));
    if (stored) co_return message;
    if (IsOver(deadline)) break;
    co_await Pause(tries);
  }
  co_return model::DbFail(DbErrorCode::kServiceUnavailable,
                          "too many writers compete for one conversation");
}

// Of a put whose outcome isn't known. An endpoint's client has repeated it before.
constexpr int kMaxRepetitions = 3;

Task<DbResult<bool>> Writer::Settle(const Message& message, Task<DbResult<bool>> put,
                                    AppendOrder::Place& place, base::Micros given,
                                    Deadline deadline) {
  const base::Executor executor = co_await base::asio::this_coro::executor;
  for (int tries = 0;; ++tries) {
    const auto outcome = co_await std::move(put);
    if (outcome && *outcome) co_return true;
    if (!outcome && !IsAmbiguous(outcome.error().code)) co_return std::unexpected(outcome.error());
    // The key is taken, perhaps by this very message: an earlier try, here or inside the client,
    // may have arrived although its answer didn't.
    const auto there = co_await store_.FindMessage(message.conversation_uuid, message.created_at);
    if (there && *there) co_return (*there)->uuid == message.uuid;
    // Not there (yet). The same put again is safe, for only one of them can succeed; but a store
    // that has failed so often says so quickly, and it is the client's turn to try again later.
    bool again = !IsOver(deadline) && tries < kMaxRepetitions;
    if (again) {
      co_await Pause(tries + 2);
      const auto hand_over = [&] {
        put = base::StartNow(executor, store_.PutIfFree(ItemOf(message)));
      };
      if (options_.commits_in_order) {
        again = place.TakeAgain(given, hand_over);
      } else {
        hand_over();
      }
    }
    if (again) continue;
    if (!outcome) co_return std::unexpected(outcome.error());
    co_return model::DbFail(DbErrorCode::kServiceUnavailable, "the store contradicts itself");
  }
}

}  // namespace cruddur::messaging
