// Pattern D of Writer: a conversation of two people, all or nothing, and only one.
#include "base/random.h"
#include "base/timestamp.h"
#include "messaging/cancellation.h"
#include "messaging/pause.h"
#include "messaging/table.h"
#include "messaging/writer.h"

namespace cruddur::messaging {
namespace {

using model::DbErrorCode;

// The order of StartRequest.
enum StartItem : size_t { kPair, kRecord, kMessage, kSenderRow, kReceiverRow, kStartItems };

bool Failed(const model::DbError& error, StartItem item, std::string_view code) {
  return error.details && item < error.details->reasons.size() &&
         error.details->reasons[item].code == code;
}

}  // namespace

Task<DbResult<Message>> Writer::Start(Person sender, Person receiver, std::string text,
                                      std::string& conversation) {
  const Deadline deadline = std::chrono::steady_clock::now() + options_.deadline;
  CO_TRY_ASSIGN(std::optional<std::string> known,
                co_await store_.FindPair(sender.uuid, receiver.uuid));
  if (!known) {
    // What older code started, by either one's row, for it could lose the other's.
    CO_TRY_ASSIGN(auto row, co_await store_.RowWith(sender.uuid, receiver.uuid));
    if (!row) {
      CO_TRY_ASSIGN(row, co_await store_.RowWith(receiver.uuid, sender.uuid));
    }
    if (row && !row->conversation_uuid.empty()) {
      CO_TRY(
          co_await store_.PutIfFree(PairItem(sender.uuid, receiver.uuid, row->conversation_uuid)));
    } else if (transactions_.load(std::memory_order_relaxed)) {
      CO_TRY_ASSIGN(auto started, co_await StartAtOnce(sender, receiver, text, deadline));
      if (started) {
        conversation = started->conversation_uuid;
        co_return *std::move(started);
      }
    }
    CO_TRY_ASSIGN(known, co_await PairConversation(sender, receiver));
  }
  conversation = *known;
  co_return co_await Continue(std::move(sender), std::move(receiver), *std::move(known),
                              std::move(text), deadline);
}

model::TransactWriteItemsRequest Writer::StartRequest(const Person& receiver,
                                                      const Message& message) {
  const Person& sender = message.sender;
  const std::string& uuid = message.conversation_uuid;
  const std::string& now = message.created_at;
  const auto row = [&](const Person& member, const Person& other) {
    return ItemOf(ConversationRow{.member_uuid = member.uuid,
                                  .sort_key = now,
                                  .conversation_uuid = uuid,
                                  .text = RowText(message.text),
                                  .other = other});
  };
  model::TransactWriteItemsRequest request;
  request.items.resize(kStartItems);
  request.items[kPair] = store_.PutIfFreeRequest(PairItem(sender.uuid, receiver.uuid, uuid));
  request.items[kRecord] = store_.PutIfFreeRequest(ItemOf(Conversation{
      .uuid = uuid, .members = {sender, receiver}, .created_at = now, .last_message_at = now}));
  request.items[kMessage] = store_.PutIfFreeRequest(ItemOf(message));
  request.items[kSenderRow] = store_.PutIfFreeRequest(row(sender, receiver));
  request.items[kReceiverRow] = store_.PutIfFreeRequest(row(receiver, sender));
  return request;
}

Task<DbResult<std::optional<Message>>> Writer::StartAtOnce(const Person& sender,
                                                           const Person& receiver,
                                                           const std::string& text,
                                                           Deadline deadline) {
  Message message{.conversation_uuid = base::NewUuid(),
                  .uuid = base::NewUuid(),
                  .text = text,
                  .sender = sender};
  base::Micros time = clock_.Now();
  for (int tries = 0;; ++tries) {
    message.created_at = base::FormatTimestamp(time);
    const auto response = co_await store_.Transact(StartRequest(receiver, message));
    if (response) co_return message;
    const model::DbError& error = response.error();
    if (error.code == DbErrorCode::kUnknownOperation) {
      transactions_.store(false, std::memory_order_relaxed);
      co_return std::nullopt;
    }
    const bool cancelled = error.code == DbErrorCode::kTransactionCanceled;
    if (!cancelled && !IsAmbiguous(error.code)) co_return std::unexpected(error);

    // Who won the pair: possibly this very message, whose answer was lost.
    CO_TRY_ASSIGN(const auto winner, co_await store_.FindPair(sender.uuid, receiver.uuid));
    if (winner && *winner == message.conversation_uuid) {
      CO_TRY_ASSIGN(auto stored, co_await store_.FindMessage(*winner, message.created_at));
      if (stored) co_return std::move(stored);
    }
    if (winner) co_return std::nullopt;
    // The caller comes again later: until then each try would be refused just so.
    if (IsOver(deadline) || IsThrottledTransaction(error)) co_return std::unexpected(error);
    if (cancelled && (Failed(error, kSenderRow, "ConditionalCheckFailed") ||
                      Failed(error, kReceiverRow, "ConditionalCheckFailed"))) {
      // One of the two has a row of another conversation at this very microsecond.
      time += base::Micros(1);
      continue;
    }
    co_await Pause(tries + 2);
  }
}

Task<DbResult<std::string>> Writer::PairConversation(const Person& sender, const Person& receiver) {
  CO_TRY_ASSIGN(auto conversation, co_await store_.FindPair(sender.uuid, receiver.uuid));
  if (conversation) co_return *std::move(conversation);
  std::string uuid = base::NewUuid();
  CO_TRY_ASSIGN(const bool mine,
                co_await store_.PutIfFree(PairItem(sender.uuid, receiver.uuid, uuid)));
  if (mine) co_return uuid;
  CO_TRY_ASSIGN(conversation, co_await store_.FindPair(sender.uuid, receiver.uuid));
  if (!conversation) {
    co_return model::DbFail(DbErrorCode::kServiceUnavailable, "the pair item went away");
  }
  co_return *std::move(conversation);
}

// The order makes each cut harmless: the pair item and the record show nothing to anybody, the
// message brings its rows with it when its stream record is projected, and the guard says whether
// rows were ever promised.
Task<DbResult<Message>> Writer::Continue(Person sender, Person receiver, std::string conversation,
                                         std::string text, Deadline deadline) {
  KnownPtr known = memberships_.FindRemembered(conversation, sender.uuid);
  if (!known || known->last_message_at.empty()) {
    const uint64_t epoch = memberships_.epoch();
    CO_TRY_ASSIGN(auto record, co_await store_.FindRecord(conversation));
    if (!record) {
      record = Conversation{.uuid = conversation,
                            .members = {sender, receiver},
                            .created_at = base::FormatTimestamp(clock_.Now())};
      CO_TRY(co_await store_.PutIfFree(ItemOf(*record)));
    }
    known = memberships_.Replace(*std::move(record), epoch);
  }
  if (!known->last_message_at.empty()) {
    co_return co_await Send(std::move(sender), std::move(known), std::move(text));
  }

  Message message{.conversation_uuid = std::move(conversation),
                  .uuid = base::NewUuid(),
                  .text = std::move(text),
                  .sender = std::move(sender)};
  CO_TRY_ASSIGN(message, co_await Append(std::move(message), deadline));
  // Only rows make a conversation: until both have one nothing is acknowledged.
  CO_TRY(co_await projection_.Project(message, Delivery::kPerhapsRepeated));
  memberships_.Forget(message.conversation_uuid);
  co_return message;
}

}  // namespace cruddur::messaging
