#include "messaging/renaming.h"

#include <algorithm>
#include <iterator>
#include <unordered_map>

#include "base/log.h"
#include "base/when_all.h"
#include "messaging/table.h"

namespace cruddur::messaging {
namespace {

// Of a step; and of these side by side, so that others have room at the store.
constexpr size_t kConversations = 100, kSideBySide = 8;

// How often the rows of one conversation are looked for, which moves meanwhile.
constexpr int kMaxTries = 3;

bool HasNamesOf(const Person& copy, const Person& person) {
  return copy.handle == person.handle && copy.display_name == person.display_name;
}

}  // namespace

Task<DbResult<Renaming::Step>> Renaming::Rename(Person person, std::string from) {
  CO_TRY_ASSIGN(
      const Store::Slice slice,
      co_await store_.OldestFirst(RowPartition(person.uuid), std::move(from), kConversations));
  Step step;
  if (slice.more) step.next = slice.items.back().FindString("sk");
  std::vector<std::string> conversations;
  for (const model::Item& item : slice.items) {
    const std::string uuid(item.FindString("message_group_uuid"));
    if (!uuid.empty() && std::ranges::find(conversations, uuid) == conversations.end()) {
      conversations.push_back(uuid);
    }
  }
  CO_TRY_ASSIGN(auto records, co_await store_.FindRecords(conversations));
  std::unordered_map<std::string, Conversation> record_of;
  for (Conversation& record : records) record_of.try_emplace(record.uuid, std::move(record));

  for (size_t begin = 0; begin < conversations.size(); begin += kSideBySide) {
    const size_t end = std::min(begin + kSideBySide, conversations.size());
    std::vector<Task<DbResult<std::vector<std::string>>>> tasks;
    for (size_t i = begin; i < end; ++i) {
      const auto found = record_of.find(conversations[i]);
      std::optional<Conversation> record;
      if (found != record_of.end()) record = std::move(found->second);
      tasks.push_back(RenameIn(conversations[i], person, std::move(record)));
    }
    auto outcomes = co_await base::WhenAll(std::move(tasks));
    for (size_t i = begin; i < end; ++i) {
      auto& members = outcomes[i - begin];
      if (!members && !IsPermanent(members.error().code)) {
        co_return std::unexpected(std::move(members).error());
      }
      if (!members) {
        base::Log(base::LogLevel::kError, "a name not brought up to date",
                  {{"conversation", conversations[i]}, {"reason", members.error().message}});
        continue;
      }
      step.partitions.push_back(MessagePartition(conversations[i]));
      for (const std::string& member : *members) step.partitions.push_back(RowPartition(member));
    }
  }
  co_return step;
}

// The record first: who moves a row then, and knows nobody's name, takes it from there.
Task<DbResult<std::vector<std::string>>> Renaming::RenameIn(std::string conversation, Person person,
                                                            std::optional<Conversation> record) {
  std::vector<std::string> members;
  for (int tries = 0; tries < kMaxTries; ++tries) {
    if (!record || record->last_message_at.empty()) {
      co_return co_await RenameListed(conversation, person);
    }
    const auto own = std::ranges::find(record->members, person.uuid, &Person::uuid);
    if (own != record->members.end() && !HasNamesOf(*own, person)) {
      CO_TRY(co_await store_.SetMemberNames(
          conversation, static_cast<size_t>(own - record->members.begin()), person));
    }
    members.clear();
    bool all_there = true;
    for (const Person& member : record->members) {
      const Person* other = record->OtherThan(member.uuid);
      if (!other || other->uuid != person.uuid) continue;
      CO_TRY_ASSIGN(const bool there, co_await RenameRow(member.uuid, record->RowKeyOf(member.uuid),
                                                         conversation, person));
      all_there = all_there && there;
      members.push_back(member.uuid);
    }
    if (all_there) break;
    CO_TRY_ASSIGN(record, co_await store_.FindRecord(conversation));
  }
  co_return members;
}

// Where older code wrote no record, or no row was promised yet.
Task<DbResult<std::vector<std::string>>> Renaming::RenameListed(std::string_view conversation,
                                                                const Person& person) {
  CO_TRY_ASSIGN(const auto rows, co_await store_.RowsOf(conversation));
  std::vector<std::string> members;
  for (const ConversationRow& row : rows) {
    if (row.other.uuid != person.uuid) continue;
    members.push_back(row.member_uuid);
    CO_TRY(co_await RenameRow(row.member_uuid, row.sort_key, conversation, person));
  }
  co_return members;
}

Task<DbResult<bool>> Renaming::RenameRow(std::string member, std::string sort_key,
                                         std::string_view conversation, const Person& person) {
  CO_TRY_ASSIGN(const auto row, co_await store_.FindRow(member, sort_key));
  if (!row || row->conversation_uuid != conversation) co_return false;
  // A read costs less than a write that changes nothing, and most of a second pass is that.
  if (row->other.uuid != person.uuid || HasNamesOf(row->other, person)) co_return true;
  co_return co_await store_.SetRowNames(*row, person);
}

}  // namespace cruddur::messaging
