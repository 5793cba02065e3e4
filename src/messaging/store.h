// The message table's operations, one request each, typed: what requests look like is decided here
// and nowhere else in the module.
//
// Thread-safe as the client is. Reads of the table are strongly consistent (one's own write is
// seen); reads of the index are not.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "dynamo/client.h"
#include "messaging/items.h"

namespace cruddur::messaging {

using base::Task;
using model::DbResult;
using model::DbStatus;

// True where a write may have happened although it was answered with an error.
bool IsAmbiguous(model::DbErrorCode code);

// True where the same request will be refused for ever: an item that is too large, a key that is
// too long.
bool IsPermanent(model::DbErrorCode code);

// What the callers of the service see: kUnavailable for whatever passes (throttling, an endpoint or
// a table that is away), kInternal for what only a bug of ours can cause.
base::Error ErrorOf(const model::DbError& error);

class Store {
 public:
  Store(dynamo::Client& client, std::string table);

  Task<DbResult<std::optional<Conversation>>> FindRecord(std::string_view conversation);
  Task<DbResult<std::vector<Conversation>>> FindRecords(std::vector<std::string> conversations);
  // The uuid of the conversation of these two.
  Task<DbResult<std::optional<std::string>>> FindPair(std::string_view one, std::string_view other);
  Task<DbResult<std::optional<Message>>> FindMessage(std::string_view conversation,
                                                     std::string_view created_at);
  Task<DbResult<std::optional<ConversationRow>>> FindRow(std::string_view user,
                                                         std::string_view sort_key);
  // The sort key of the newest message, empty if there is none.
  Task<DbResult<std::string>> NewestMessage(std::string_view conversation);
  // By the index: all rows of all members, perhaps not the latest changes.
  Task<DbResult<std::vector<ConversationRow>>> RowsOf(std::string_view conversation);
  // The newest of the user's rows that names `other` as the other person.
  Task<DbResult<std::optional<ConversationRow>>> RowWith(std::string_view user,
                                                         std::string_view other);
  // The user's row of this conversation if it is among the newest ones: what the index, which lags,
  // may not know yet. A single small read, for anybody may ask for any uuid.
  Task<DbResult<std::optional<ConversationRow>>> NewestRowIn(std::string_view user,
                                                             std::string_view conversation);

  // Up to `limit` items of a partition, newest first from `before` down, or oldest first from
  // `after` up; both bounds exclusive, empty: from that end. `more`: something lies beyond.
  struct Slice {
    std::vector<model::Item> items;
    bool more = false;
  };
  Task<DbResult<Slice>> NewestFirst(std::string partition, std::string before, size_t limit);
  Task<DbResult<Slice>> OldestFirst(std::string partition, std::string after, size_t limit);

  // The conversations that have a record, among a bounded number of the table's items from `after`
  // on (empty: the first).
  struct RecordsPage {
    std::vector<std::string> conversations;
    model::Item after;  // empty: that was all
  };
  Task<DbResult<RecordsPage>> ListRecords(model::Item after);

  // False: the key is taken, and the item there stays as it is.
  Task<DbResult<bool>> PutIfFree(model::Item item);
  // False: the key is taken, by another conversation's row or by this one's of a newer message.
  Task<DbResult<bool>> PutRow(const ConversationRow& row);
  // False: there is no row of this conversation at that key.
  Task<DbResult<bool>> DeleteRow(std::string_view user, std::string_view sort_key,
                                 std::string_view conversation);

  using RowKeys = std::vector<std::pair<std::string, std::string>>;  // user uuid, sort key
  // Moves the guard forward to `last_message_at`. The record as it was; nullopt: there is no record
  // or its guard is there already or beyond.
  Task<DbResult<std::optional<Conversation>>> MoveGuard(std::string_view conversation,
                                                        std::string_view last_message_at,
                                                        const RowKeys& moved_rows);
  // Corrects where the rows of an unmoved guard are. False: the guard has moved.
  Task<DbResult<bool>> CorrectRowKeys(std::string_view conversation,
                                      std::string_view last_message_at, const RowKeys& moved_rows);
  // The names of the person whom a row shows. False: there is no row of this conversation and
  // person at its key.
  Task<DbResult<bool>> SetRowNames(const ConversationRow& row, const Person& person);
  // The names of a member in the record, who is the `index`-th of its list. False: he isn't.
  Task<DbResult<bool>> SetMemberNames(std::string_view conversation, size_t index,
                                      const Person& person);
  // False: the mark isn't `before` (empty: none) any more, or there is no record.
  Task<DbResult<bool>> SetImportMark(std::string_view conversation, std::string_view before,
                                     std::string_view mark);
  // A whole move in one transaction: guard, new rows, old rows. False: cancelled, for the record
  // isn't `before` any more, a key is taken or an old row isn't where it says.
  Task<DbResult<bool>> MoveAtOnce(const Conversation& before, std::string_view last_message_at,
                                  const std::vector<ConversationRow>& rows);

  Task<DbResult<model::TransactWriteItemsResponse>> Transact(model::TransactWriteItemsRequest r);
  model::PutItemRequest PutIfFreeRequest(model::Item item) const;

 private:
  Task<DbResult<std::optional<model::Item>>> Get(model::Item key);
  // Reads pages until `limit` items matched or the end.
  Task<DbResult<Slice>> Collect(model::QueryRequest request, size_t limit);
  model::UpdateItemRequest GuardUpdate(std::string_view conversation,
                                       std::string_view last_message_at,
                                       const RowKeys& moved_rows) const;
  model::PutItemRequest RowPut(const ConversationRow& row) const;
  model::DeleteItemRequest RowDelete(std::string_view user, std::string_view sort_key,
                                     std::string_view conversation) const;

  dynamo::Client& client_;
  const std::string table_;
};

}  // namespace cruddur::messaging
