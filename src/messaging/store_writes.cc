// The writes of Store. Conditions make each of them safe to repeat.
#include "messaging/cancellation.h"
#include "messaging/store.h"
#include "messaging/table.h"

namespace cruddur::messaging {
namespace {

using model::DbErrorCode;
using model::Item;

constexpr std::string_view kFree = "attribute_not_exists(pk)";
// Free, or an older row of the same conversation.
constexpr std::string_view kFreeOrOlder =
    "attribute_not_exists(pk) OR (message_group_uuid = :g AND (message_created_at <= :t OR "
    "(attribute_not_exists(message_created_at) AND sk <= :t)))";
constexpr std::string_view kOwn = "message_group_uuid = :g";

// A failed condition is an answer here, not an error.
template <class Response>
DbResult<bool> Done(const DbResult<Response>& response) {
  if (response) return true;
  if (response.error().code == DbErrorCode::kConditionalCheckFailed) return false;
  return std::unexpected(response.error());
}

}  // namespace

model::PutItemRequest Store::PutIfFreeRequest(Item item) const {
  model::PutItemRequest request;
  request.table = table_;
  request.item = std::move(item);
  request.condition_expression = kFree;
  return request;
}

model::PutItemRequest Store::RowPut(const ConversationRow& row) const {
  model::PutItemRequest request;
  request.table = table_;
  request.item = ItemOf(row);
  request.condition_expression = kFreeOrOlder;
  request.placeholders.values.Set(":g", row.conversation_uuid);
  request.placeholders.values.Set(":t", row.last_message_at());
  return request;
}

model::DeleteItemRequest Store::RowDelete(std::string_view user, std::string_view sort_key,
                                          std::string_view conversation) const {
  model::DeleteItemRequest request;
  request.table = table_;
  request.key = Key(RowPartition(user), sort_key);
  request.condition_expression = kOwn;
  request.placeholders.values.Set(":g", conversation);
  return request;
}

model::UpdateItemRequest Store::GuardUpdate(std::string_view conversation,
                                            std::string_view last_message_at,
                                            const RowKeys& moved_rows) const {
  model::UpdateItemRequest request;
  request.table = table_;
  request.key = Key(RecordPartition(conversation), kRecordSort);
  request.placeholders.values.Set(":t", last_message_at);
  if (moved_rows.empty()) {
    request.update_expression = "SET last_message_at = :t REMOVE moved_rows";
  } else {
    request.update_expression = "SET last_message_at = :t, moved_rows = :rows";
    request.placeholders.values.Set(":rows", MovedRowsAttribute(moved_rows));
  }
  return request;
}

Task<DbResult<bool>> Store::PutIfFree(Item item) {
  co_return Done(co_await client_.PutItem(PutIfFreeRequest(std::move(item))));
}

Task<DbResult<bool>> Store::PutRow(const ConversationRow& row) {
  co_return Done(co_await client_.PutItem(RowPut(row)));
}

Task<DbResult<bool>> Store::DeleteRow(std::string_view user, std::string_view sort_key,
                                      std::string_view conversation) {
  co_return Done(co_await client_.DeleteItem(RowDelete(user, sort_key, conversation)));
}

Task<DbResult<std::optional<Conversation>>> Store::MoveGuard(std::string_view conversation,
                                                             std::string_view last_message_at,
                                                             const RowKeys& moved_rows) {
  model::UpdateItemRequest request = GuardUpdate(conversation, last_message_at, moved_rows);
  request.condition_expression =
      "attribute_exists(pk) AND (attribute_not_exists(last_message_at) OR last_message_at < :t)";
  request.return_values = model::ReturnValues::kAllOld;
  const auto response = co_await client_.UpdateItem(std::move(request));
  if (!response) {
    if (response.error().code == DbErrorCode::kConditionalCheckFailed) co_return std::nullopt;
    co_return std::unexpected(response.error());
  }
  co_return ConversationOf(response->attributes.value_or(Item()));
}

Task<DbResult<bool>> Store::CorrectRowKeys(std::string_view conversation,
                                           std::string_view last_message_at,
                                           const RowKeys& moved_rows) {
  model::UpdateItemRequest request = GuardUpdate(conversation, last_message_at, moved_rows);
  request.condition_expression = "last_message_at = :t";
  co_return Done(co_await client_.UpdateItem(std::move(request)));
}

Task<DbResult<bool>> Store::SetRowNames(const ConversationRow& row, const Person& person) {
  model::UpdateItemRequest request;
  request.table = table_;
  request.key = Key(RowPartition(row.member_uuid), row.sort_key);
  request.update_expression = "SET user_display_name = :name, user_handle = :handle";
  request.condition_expression = "message_group_uuid = :g AND user_uuid = :u";
  request.placeholders.values.Set(":name", person.display_name);
  request.placeholders.values.Set(":handle", person.handle);
  request.placeholders.values.Set(":g", row.conversation_uuid);
  request.placeholders.values.Set(":u", person.uuid);
  co_return Done(co_await client_.UpdateItem(std::move(request)));
}

Task<DbResult<bool>> Store::SetMemberNames(std::string_view conversation, size_t index,
                                           const Person& person) {
  const std::string member = "members[" + std::to_string(index) + "].";
  model::UpdateItemRequest request;
  request.table = table_;
  request.key = Key(RecordPartition(conversation), kRecordSort);
  request.update_expression =
      "SET " + member + "user_display_name = :name, " + member + "user_handle = :handle";
  request.condition_expression = member + "user_uuid = :u";
  request.placeholders.values.Set(":name", person.display_name);
  request.placeholders.values.Set(":handle", person.handle);
  request.placeholders.values.Set(":u", person.uuid);
  co_return Done(co_await client_.UpdateItem(std::move(request)));
}

Task<DbResult<bool>> Store::SetImportMark(std::string_view conversation, std::string_view before,
                                          std::string_view mark) {
  model::UpdateItemRequest request;
  request.table = table_;
  request.key = Key(RecordPartition(conversation), kRecordSort);
  request.update_expression = "SET import_mark = :mark";
  request.placeholders.values.Set(":mark", mark);
  if (before.empty()) {
    request.condition_expression = "attribute_exists(pk) AND attribute_not_exists(import_mark)";
  } else {
    request.condition_expression = "import_mark = :before";
    request.placeholders.values.Set(":before", before);
  }
  co_return Done(co_await client_.UpdateItem(std::move(request)));
}

Task<DbResult<bool>> Store::MoveAtOnce(const Conversation& before, std::string_view last_message_at,
                                       const std::vector<ConversationRow>& rows) {
  RowKeys moved_rows;
  model::TransactWriteItemsRequest request;
  for (const ConversationRow& row : rows) {
    if (row.sort_key != last_message_at) moved_rows.emplace_back(row.member_uuid, row.sort_key);
    request.items.emplace_back(RowPut(row));
    const std::string& old_key = before.RowKeyOf(row.member_uuid);
    if (old_key != row.sort_key) {
      request.items.emplace_back(RowDelete(row.member_uuid, old_key, before.uuid));
    }
  }
  model::UpdateItemRequest guard = GuardUpdate(before.uuid, last_message_at, moved_rows);
  guard.condition_expression = "last_message_at = :before";
  guard.placeholders.values.Set(":before", before.last_message_at);
  request.items.emplace_back(std::move(guard));

  const auto response = co_await client_.TransactWriteItems(std::move(request));
  if (response) co_return true;
  const bool cancelled = response.error().code == DbErrorCode::kTransactionCanceled;
  if (cancelled && !IsThrottledTransaction(response.error())) co_return false;
  co_return std::unexpected(response.error());
}

Task<DbResult<model::TransactWriteItemsResponse>> Store::Transact(
    model::TransactWriteItemsRequest request) {
  co_return co_await client_.TransactWriteItems(std::move(request));
}

}  // namespace cruddur::messaging
