#include "messaging/store.h"

#include "messaging/table.h"

namespace cruddur::messaging {
namespace {

using base::ErrorCode;
using model::DbErrorCode;
using model::Item;

// Pages of the index and of a member's rows that one search may read: far more than any
// conversation or anybody's list has, and an end for a table that was written by a vandal.
constexpr int kMaxPages = 200;

}  // namespace

bool IsAmbiguous(DbErrorCode code) {
  return code == DbErrorCode::kUnreachable || code == DbErrorCode::kInternalServerError ||
         code == DbErrorCode::kServiceUnavailable;
}

bool IsPermanent(DbErrorCode code) {
  return code == DbErrorCode::kValidation || code == DbErrorCode::kSerialization ||
         code == DbErrorCode::kItemCollectionSizeLimitExceeded;
}

base::Error ErrorOf(const model::DbError& error) {
  switch (error.code) {
    case DbErrorCode::kValidation:
    case DbErrorCode::kSerialization:
    case DbErrorCode::kConditionalCheckFailed:
      return {ErrorCode::kInternal, "the store refused a request: " + error.message};
    default:
      return {ErrorCode::kUnavailable, "the store is not available: " + error.message};
  }
}

Store::Store(dynamo::Client& client, std::string table)
    : client_(client), table_(std::move(table)) {}

Task<DbResult<std::optional<Item>>> Store::Get(Item key) {
  model::GetItemRequest request;
  request.table = table_;
  request.key = std::move(key);
  request.consistent_read = true;
  CO_TRY_ASSIGN(auto response, co_await client_.GetItem(std::move(request)));
  co_return std::move(response.item);
}

Task<DbResult<std::optional<Conversation>>> Store::FindRecord(std::string_view conversation) {
  CO_TRY_ASSIGN(const auto item, co_await Get(Key(RecordPartition(conversation), kRecordSort)));
  if (!item) co_return std::nullopt;
  co_return ConversationOf(*item);
}

Task<DbResult<std::vector<Conversation>>> Store::FindRecords(
    std::vector<std::string> conversations) {
  std::vector<Conversation> records;
  if (conversations.empty()) co_return records;
  model::KeysAndAttributes wanted;
  wanted.consistent_read = true;
  for (const std::string& uuid : conversations) {
    wanted.keys.push_back(Key(RecordPartition(uuid), kRecordSort));
  }
  model::BatchGetItemRequest request;
  request.tables.emplace_back(table_, std::move(wanted));
  CO_TRY_ASSIGN(const auto response, co_await client_.BatchGetItem(std::move(request)));
  for (const auto& [table, items] : response.items) {
    for (const Item& item : items) records.push_back(ConversationOf(item));
  }
  co_return records;
}

Task<DbResult<std::optional<std::string>>> Store::FindPair(std::string_view one,
                                                           std::string_view other) {
  CO_TRY_ASSIGN(const auto item, co_await Get(Key(PairPartition(one, other), kPairSort)));
  if (!item) co_return std::nullopt;
  co_return std::string(item->FindString("conversation_uuid"));
}

Task<DbResult<std::optional<Message>>> Store::FindMessage(std::string_view conversation,
                                                          std::string_view created_at) {
  CO_TRY_ASSIGN(const auto item, co_await Get(Key(MessagePartition(conversation), created_at)));
  if (!item) co_return std::nullopt;
  co_return MessageOf(*item);
}

Task<DbResult<std::optional<ConversationRow>>> Store::FindRow(std::string_view user,
                                                              std::string_view sort_key) {
  CO_TRY_ASSIGN(const auto item, co_await Get(Key(RowPartition(user), sort_key)));
  if (!item) co_return std::nullopt;
  co_return RowOf(*item);
}

Task<DbResult<std::string>> Store::NewestMessage(std::string_view conversation) {
  model::QueryRequest request;
  request.table = table_;
  request.key_condition_expression = "pk = :pk";
  request.placeholders.values.Set(":pk", MessagePartition(conversation));
  request.projection_expression = "sk";
  request.scan_index_forward = false;
  request.consistent_read = true;
  request.limit = 1;
  CO_TRY_ASSIGN(const auto page, co_await client_.Query(std::move(request)));
  if (page.items.empty()) co_return std::string();
  co_return std::string(page.items.front().FindString("sk"));
}

Task<DbResult<std::vector<ConversationRow>>> Store::RowsOf(std::string_view conversation) {
  model::QueryRequest request;
  request.index = kIndexName;
  request.key_condition_expression = "message_group_uuid = :g";
  request.placeholders.values.Set(":g", conversation);
  // The newest first: over what moved rows have left behind an embedded store reads faster so.
  request.scan_index_forward = false;
  // Two members have two rows, four for a moment; a thousand is a vandal's doing.
  CO_TRY_ASSIGN(const auto slice, co_await Collect(std::move(request), 1'000));
  std::vector<ConversationRow> rows;
  for (const Item& item : slice.items) {
    if (UserOfRow(item.FindString("pk"))) rows.push_back(RowOf(item));
  }
  co_return rows;
}

Task<DbResult<std::optional<ConversationRow>>> Store::RowWith(std::string_view user,
                                                              std::string_view other) {
  model::QueryRequest request;
  request.key_condition_expression = "pk = :pk";
  request.filter_expression = "user_uuid = :other";
  request.placeholders.values.Set(":pk", RowPartition(user));
  request.placeholders.values.Set(":other", other);
  request.scan_index_forward = false;
  request.consistent_read = true;
  CO_TRY_ASSIGN(const auto slice, co_await Collect(std::move(request), 1));
  if (slice.items.empty()) co_return std::nullopt;
  co_return RowOf(slice.items.front());
}

Task<DbResult<std::optional<ConversationRow>>> Store::NewestRowIn(std::string_view user,
                                                                  std::string_view conversation) {
  constexpr int64_t kRowsRead = 100;
  model::QueryRequest request;
  request.table = table_;
  request.key_condition_expression = "pk = :pk";
  request.filter_expression = "message_group_uuid = :g";
  request.placeholders.values.Set(":pk", RowPartition(user));
  request.placeholders.values.Set(":g", conversation);
  request.scan_index_forward = false;
  request.consistent_read = true;
  request.limit = kRowsRead;
  CO_TRY_ASSIGN(const auto page, co_await client_.Query(std::move(request)));
  if (page.items.empty()) co_return std::nullopt;
  co_return RowOf(page.items.front());
}

Task<DbResult<Store::Slice>> Store::NewestFirst(std::string partition, std::string before,
                                                size_t limit) {
  model::QueryRequest request;
  request.key_condition_expression = before.empty() ? "pk = :pk" : "pk = :pk AND sk < :before";
  request.placeholders.values.Set(":pk", std::move(partition));
  if (!before.empty()) request.placeholders.values.Set(":before", std::move(before));
  request.scan_index_forward = false;
  request.consistent_read = true;
  request.limit = static_cast<int64_t>(limit + 1);
  co_return co_await Collect(std::move(request), limit);
}

Task<DbResult<Store::Slice>> Store::OldestFirst(std::string partition, std::string after,
                                                size_t limit) {
  model::QueryRequest request;
  request.key_condition_expression = after.empty() ? "pk = :pk" : "pk = :pk AND sk > :after";
  request.placeholders.values.Set(":pk", std::move(partition));
  if (!after.empty()) request.placeholders.values.Set(":after", std::move(after));
  request.consistent_read = true;
  request.limit = static_cast<int64_t>(limit + 1);
  co_return co_await Collect(std::move(request), limit);
}

Task<DbResult<Store::RecordsPage>> Store::ListRecords(model::Item after) {
  // In process a page is read without a pause: a few milliseconds' worth.
  constexpr int64_t kItemsRead = 1'000;
  model::ScanRequest request;
  request.table = table_;
  request.filter_expression = "sk = :record AND begins_with(pk, :prefix)";
  request.placeholders.values.Set(":record", kRecordSort);
  request.placeholders.values.Set(":prefix", RecordPartition(""));
  request.projection_expression = "pk";
  request.consistent_read = true;
  request.limit = kItemsRead;
  request.exclusive_start_key = std::move(after);
  CO_TRY_ASSIGN(auto page, co_await client_.Scan(std::move(request)));
  RecordsPage records{.after = std::move(page.last_evaluated_key)};
  for (const Item& item : page.items) {
    records.conversations.emplace_back(*ConversationOfRecord(item.FindString("pk")));
  }
  co_return records;
}

Task<DbResult<Store::Slice>> Store::Collect(model::QueryRequest request, size_t limit) {
  request.table = table_;
  Slice slice;
  for (int pages = 0; pages < kMaxPages; ++pages) {
    CO_TRY_ASSIGN(auto page, co_await client_.Query(request));
    for (Item& item : page.items) {
      if (slice.items.size() == limit) {
        slice.more = true;
        co_return slice;
      }
      slice.items.push_back(std::move(item));
    }
    if (page.last_evaluated_key.empty()) co_return slice;
    request.exclusive_start_key = std::move(page.last_evaluated_key);
  }
  slice.more = true;
  co_return slice;
}

}  // namespace cruddur::messaging
