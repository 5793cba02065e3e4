#include "messaging/writer.h"

#include "base/log.h"
#include "base/random.h"
#include "base/timestamp.h"
#include "messaging/message_time.h"
#include "messaging/pause.h"

namespace cruddur::messaging {
namespace {

using model::DbErrorCode;

}  // namespace

Writer::Writer(Store& store, Memberships& memberships, Projection& projection,
               ProjectionWatch& watch, const base::Clock& clock, WriterOptions options)
    : store_(store),
      memberships_(memberships),
      projection_(projection),
      watch_(watch),
      clock_(clock),
      options_(options),
      project_inline_(options.project_inline) {}

Task<DbResult<Message>> Writer::Send(Person sender, KnownPtr conversation, std::string text) {
  const Deadline deadline = std::chrono::steady_clock::now() + options_.deadline;
  Message message{.conversation_uuid = conversation->record.uuid,
                  .uuid = base::NewUuid(),
                  .text = std::move(text),
                  .sender = std::move(sender)};
  std::shared_ptr<ProjectionWatch::Ticket> ticket;
  if (!project_inline_.load(std::memory_order_relaxed) &&
      options_.projection_patience.count() > 0) {
    ticket = watch_.Take(message.conversation_uuid);
  }
  CO_TRY_ASSIGN(Message stored,
                co_await Append(std::move(message), std::move(conversation), deadline));
  // Asked now: the stream may have ended before the message was stored.
  if (project_inline_.load()) {
    co_await Project(stored);
  } else if (ticket) {
    co_await ProjectionWatch::Wait(ticket, stored.created_at, options_.projection_patience);
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

Task<DbResult<Message>> Writer::Append(Message message, KnownPtr conversation, Deadline deadline) {
  for (int tries = 0;; ++tries) {
    CO_TRY_ASSIGN(const std::string newest,
                  co_await store_.NewestMessage(message.conversation_uuid));
    const base::Micros earliest = TimeBehind(newest, clock_.Now());
    message.created_at = base::FormatTimestamp(conversation->TakeTime(earliest));
    CO_TRY_ASSIGN(const bool stored, co_await PutOnce(message, deadline));
    if (stored) co_return message;
    if (IsOver(deadline)) break;
    co_await Pause(tries);
  }
  co_return model::DbFail(DbErrorCode::kServiceUnavailable,
                          "too many writers compete for one conversation");
}

// Of a put whose outcome isn't known. An endpoint's client has repeated it before.
constexpr int kMaxRepetitions = 3;

Task<DbResult<bool>> Writer::PutOnce(const Message& message, Deadline deadline) {
  for (int tries = 0;; ++tries) {
    const auto put = co_await store_.PutIfFree(ItemOf(message));
    if (put && *put) co_return true;
    if (!put && !IsAmbiguous(put.error().code)) co_return std::unexpected(put.error());
    // The key is taken, perhaps by this very message: an earlier try, here or inside the client,
    // may have arrived although its answer didn't.
    const auto there = co_await store_.FindMessage(message.conversation_uuid, message.created_at);
    if (there && *there) co_return (*there)->uuid == message.uuid;
    // Not there (yet). The same put again is safe, for only one of them can succeed; but a store
    // that has failed so often says so quickly, and it is the client's turn to try again later.
    if (IsOver(deadline) || tries == kMaxRepetitions) {
      if (!put) co_return std::unexpected(put.error());
      co_return model::DbFail(DbErrorCode::kServiceUnavailable, "the store contradicts itself");
    }
    co_await Pause(tries + 2);
  }
}

}  // namespace cruddur::messaging
