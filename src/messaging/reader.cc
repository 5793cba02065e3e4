#include "messaging/reader.h"

#include <algorithm>
#include <unordered_map>
#include <unordered_set>

#include "messaging/cursor.h"
#include "messaging/table.h"

namespace cruddur::messaging {

using base::Result;

// Going back in time is exact: `older` is there when something is. Going forward one can always ask
// again from where one stands.
Task<Result<Reader::Range>> Reader::Read(std::string partition, const PageRequest& request) {
  const bool forward = !request.after.empty();
  const std::string& cursor = forward ? request.after : request.before;
  std::string from;
  if (!cursor.empty()) {
    CO_TRY_ASSIGN(from, DecodeCursor(partition, cursor));
  }
  auto slice = forward ? co_await store_.OldestFirst(partition, from, request.limit)
                       : co_await store_.NewestFirst(partition, from, request.limit);
  if (!slice) co_return std::unexpected(ErrorOf(slice.error()));

  Range range{.slice = *std::move(slice)};
  auto& items = range.slice.items;
  if (forward) std::ranges::reverse(items);
  if (items.empty()) co_return range;
  range.newer = EncodeCursor(partition, items.front().FindString("sk"));
  if (forward || range.slice.more) {
    range.older = EncodeCursor(partition, items.back().FindString("sk"));
  }
  co_return range;
}

Task<Result<Page<Message>>> Reader::Messages(std::string_view conversation, PageRequest request) {
  CO_TRY_ASSIGN(Range range, co_await Read(MessagePartition(conversation), request));
  Page<Message> page{.older = std::move(range.older), .newer = std::move(range.newer)};
  page.items.reserve(range.slice.items.size());
  for (const model::Item& item : range.slice.items) page.items.push_back(MessageOf(item));
  std::ranges::reverse(page.items);
  std::vector<Person*> people;
  for (Message& message : page.items) people.push_back(&message.sender);
  co_await Rename(std::move(people));
  co_return page;
}

Task<Result<Page<ConversationRow>>> Reader::Conversations(std::string_view user,
                                                          PageRequest request) {
  CO_TRY_ASSIGN(Range range, co_await Read(RowPartition(user), request));
  Page<ConversationRow> page{.older = std::move(range.older), .newer = std::move(range.newer)};
  std::unordered_set<std::string> shown;
  for (const model::Item& item : range.slice.items) {
    ConversationRow row = RowOf(item);
    // Two rows of one conversation are the trace of a crash: the first is the newer one.
    if (shown.insert(row.conversation_uuid).second) page.items.push_back(std::move(row));
  }
  if (!request.before.empty() || !request.after.empty()) {
    CO_TRY_ASSIGN(const auto leftovers, co_await Leftovers(page.items));
    std::erase_if(page.items, [&](const ConversationRow& row) {
      return leftovers.contains(row.conversation_uuid);
    });
  }
  std::vector<Person*> people;
  for (ConversationRow& row : page.items) people.push_back(&row.other);
  co_await Rename(std::move(people));
  co_return page;
}

Task<Result<std::unordered_set<std::string>>> Reader::Leftovers(
    const std::vector<ConversationRow>& rows) {
  std::vector<std::string> uuids;
  std::unordered_set<std::string> leftovers;
  for (const ConversationRow& row : rows) uuids.push_back(row.conversation_uuid);
  const auto records = co_await store_.FindRecords(std::move(uuids));
  if (!records) co_return std::unexpected(ErrorOf(records.error()));
  std::unordered_map<std::string_view, const Conversation*> record_of;
  for (const Conversation& record : *records) record_of.emplace(record.uuid, &record);
  for (const ConversationRow& row : rows) {
    const auto record = record_of.find(row.conversation_uuid);
    if (record != record_of.end() && row.sort_key < record->second->RowKeyOf(row.member_uuid)) {
      leftovers.insert(row.conversation_uuid);
    }
  }
  co_return leftovers;
}

// One question for all who are on a page, each once.
Task<void> Reader::Rename(std::vector<Person*> people) {
  std::vector<std::string> uuids;
  for (const Person* person : people) {
    if (!person->uuid.empty() && std::ranges::find(uuids, person->uuid) == uuids.end()) {
      uuids.push_back(person->uuid);
    }
  }
  if (uuids.empty()) co_return;
  const std::vector<Person> known = co_await people_.Find(std::move(uuids));
  for (Person* person : people) {
    const auto found = std::ranges::find(known, person->uuid, &Person::uuid);
    if (found != known.end()) *person = *found;
  }
}

}  // namespace cruddur::messaging
