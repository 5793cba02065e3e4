#include "messaging/memberships.h"

#include <algorithm>

#include "messaging/table.h"
#include "model/stored_item.h"

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
  if (cache_ != nullptr) cache_->Drop(RecordPartition(conversation));
}

void Memberships::Clear() {
  epoch_.fetch_add(1);
  known_.Clear();
  if (cache_ != nullptr) cache_->DropAll();
}

KnownPtr Memberships::FindRemembered(std::string_view conversation, std::string_view user) {
  auto known = known_.Find(conversation);
  return known && (*known)->HasMember(user) ? *std::move(known) : nullptr;
}

Task<base::Result<KnownPtr>> Memberships::Find(std::string_view conversation,
                                               std::string_view user) {
  if (const auto known = known_.Find(conversation)) {
    co_return (*known)->HasMember(user) ? *known : nullptr;
  }
  const uint64_t before = epoch();
  CO_TRY_ASSIGN(Conversation record, co_await Load(conversation, user));
  if (record.members.empty()) co_return nullptr;
  const KnownPtr known = Remember(std::move(record), before);
  co_return known->HasMember(user) ? known : nullptr;
}

Task<base::Result<Conversation>> Memberships::Load(std::string_view conversation,
                                                   std::string_view user) {
  const std::string name(conversation);
  bool loaded_here = false;
  const auto load = [&] {
    loaded_here = true;
    return LoadRecord(name);
  };
  // The epoch is never 0 there: that would be to share nothing.
  CO_TRY_ASSIGN(cache::Bytes bytes, co_await loads_.Run(name, epoch() + 1, load));
  // What somebody else didn't find may have been written since, and acknowledged to this caller.
  if (!bytes && !loaded_here) {
    CO_TRY_ASSIGN(bytes, co_await LoadRecord(name));
  }
  if (bytes) {
    const auto item = model::DecodeItem(*bytes);
    if (item) co_return ConversationOf(*item);
  }
  auto rows = co_await store_.RowsOf(conversation);
  if (!rows) co_return std::unexpected(ErrorOf(rows.error()));
  if (rows->empty()) {
    // The index lags on some stores; the user's own rows don't.
    auto row = co_await store_.NewestRowIn(user, conversation);
    if (!row) co_return std::unexpected(ErrorOf(row.error()));
    if (*row) rows->push_back(**std::move(row));
  }
  co_return RecordFromRows(conversation, *rows);
}

Task<base::Result<cache::Bytes>> Memberships::LoadRecord(std::string conversation) {
  const std::string key = RecordPartition(conversation);
  cache::Lookup lookup;
  if (cache_ != nullptr) {
    lookup = co_await cache_->Get(key);
    if (lookup.bytes && model::DecodeItem(*lookup.bytes)) co_return lookup.bytes;
  }
  const auto record = co_await store_.FindRecord(conversation);
  if (!record) co_return std::unexpected(ErrorOf(record.error()));
  if (!*record) co_return nullptr;
  auto bytes = std::make_shared<std::string>();
  model::EncodeItem(ItemOf(**record), *bytes);
  // Without rows it isn't a conversation yet (Writer::Continue).
  if (lookup.version != 0 && !(*record)->last_message_at.empty()) {
    co_await cache_->SetIfNewer(key, lookup.version, bytes);
  }
  co_return bytes;
}

}  // namespace cruddur::messaging
