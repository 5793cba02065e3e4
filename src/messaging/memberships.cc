#include "messaging/memberships.h"

#include <algorithm>

namespace cruddur::messaging {
namespace {

// A row names the other person; the names of its owner stand in the other's row.
void AddMember(Conversation& conversation, Person person) {
  if (person.uuid.empty()) return;
  for (Person& member : conversation.members) {
    if (member.uuid != person.uuid) continue;
    if (member.handle.empty()) member = std::move(person);
    return;
  }
  conversation.members.push_back(std::move(person));
}

}  // namespace

Conversation RecordFromRows(std::string_view conversation,
                            const std::vector<ConversationRow>& rows) {
  Conversation record{.uuid = std::string(conversation)};
  for (const ConversationRow& row : rows) {
    AddMember(record, {.uuid = row.member_uuid});
    AddMember(record, row.other);
    if (record.created_at.empty() || row.sort_key < record.created_at) {
      record.created_at = row.sort_key;
    }
  }
  return record;
}

KnownPtr Memberships::Remember(Conversation record, uint64_t epoch) {
  const auto known = std::make_shared<const Conversation>(std::move(record));
  KnownPtr kept = known_.PutIfAbsent(known->uuid, known);
  ForgetIfLate(known->uuid, epoch);
  return kept;
}

KnownPtr Memberships::Replace(Conversation record, uint64_t epoch) {
  const auto known = std::make_shared<const Conversation>(std::move(record));
  known_.Put(known->uuid, known);
  ForgetIfLate(known->uuid, epoch);
  return known;
}

// Looked at after the put: whoever moves the epoch on later erases what was put.
void Memberships::ForgetIfLate(std::string_view conversation, uint64_t epoch) {
  if (epoch_.load() != epoch) known_.Erase(conversation);
}

void Memberships::Forget(std::string_view conversation) {
  epoch_.fetch_add(1);
  known_.Erase(conversation);
}

void Memberships::Clear() {
  epoch_.fetch_add(1);
  known_.Clear();
}

KnownPtr Memberships::FindRemembered(std::string_view conversation, std::string_view user) {
  auto known = known_.Find(conversation);
  return known && (*known)->HasMember(user) ? *std::move(known) : nullptr;
}

Task<DbResult<KnownPtr>> Memberships::Find(std::string_view conversation, std::string_view user) {
  if (const auto known = known_.Find(conversation)) {
    co_return (*known)->HasMember(user) ? *known : nullptr;
  }
  const uint64_t before = epoch();
  CO_TRY_ASSIGN(auto record, co_await store_.FindRecord(conversation));
  if (!record) {
    CO_TRY_ASSIGN(auto rows, co_await store_.RowsOf(conversation));
    if (rows.empty()) {
      // The index lags on some stores; the user's own rows don't.
      CO_TRY_ASSIGN(auto row, co_await store_.NewestRowIn(user, conversation));
      if (row) rows.push_back(*std::move(row));
    }
    record = RecordFromRows(conversation, rows);
  }
  if (record->members.empty()) co_return nullptr;
  const KnownPtr known = Remember(*std::move(record), before);
  co_return known->HasMember(user) ? known : nullptr;
}

}  // namespace cruddur::messaging
