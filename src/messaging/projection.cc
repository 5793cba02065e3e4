#include "messaging/projection.h"

#include <algorithm>
#include <unordered_map>

#include "base/log.h"
#include "base/timestamp.h"
#include "base/when_all.h"
#include "messaging/memberships.h"
#include "messaging/message_time.h"
#include "messaging/table.h"

namespace cruddur::messaging {
namespace {

using base::LogLevel;
using model::DbErrorCode;
using model::StreamRecord;

// Rows whose key another conversation of the member has take the next microsecond, this often.
constexpr int kMaxKeyTries = 1'000;

// Of a conversation that one transaction moves: two writes a member and one for the guard are at
// most 100.
constexpr size_t kMaxAtOnce = 49;

std::string_view SortKeyOf(const StreamRecord& record) { return record.keys.FindString("sk"); }

// A row newer than the guard knows belongs to a projection that is under way (or to older code).
bool IsBeyond(const Conversation& record, const ConversationRow& row) {
  return row.sort_key > record.RowKeyOf(row.member_uuid) &&
         row.last_message_at() > record.last_message_at;
}

}  // namespace

struct Projection::Group {
  const StreamRecord* newest = nullptr;
  std::vector<const StreamRecord*> records;
};

Projection::Projection(Store& store, People& people, ProjectionWatch& watch,
                       ProjectionOptions options)
    : store_(store), people_(people), watch_(watch), options_(options) {}

// Alternator can't always tell INSERT from MODIFY. Messages never change, so both are new ones. A
// key that is no timestamp isn't a message's: at the end of the byte order it would hold the rows
// for good.
bool Projection::Concerns(const StreamRecord& record) {
  return record.event_name != model::StreamEventName::kRemove &&
         ConversationOfMessage(record.keys.FindString("pk")) &&
         base::ParseTimestamp(SortKeyOf(record));
}

Task<std::vector<std::string>> Projection::Handle(std::span<const StreamRecord> records,
                                                  Delivery delivery) {
  std::vector<Group> groups;
  std::unordered_map<std::string_view, size_t> group_of;
  for (const StreamRecord& record : records) {
    if (!Concerns(record)) continue;
    const auto [found, is_new] = group_of.emplace(record.keys.FindString("pk"), groups.size());
    if (is_new) groups.emplace_back();
    Group& group = groups[found->second];
    group.records.push_back(&record);
    if (!group.newest || SortKeyOf(*group.newest) < SortKeyOf(record)) group.newest = &record;
  }

  std::vector<std::string> failed;
  for (size_t begin = 0; begin < groups.size(); begin += kSideBySide) {
    const size_t end = std::min(begin + kSideBySide, groups.size());
    std::vector<Task<DbStatus>> tasks;
    for (size_t i = begin; i < end; ++i) tasks.push_back(ProjectGroup(groups[i], delivery));
    const std::vector<DbStatus> outcomes = co_await base::WhenAll(std::move(tasks));
    for (size_t i = begin; i < end; ++i) {
      const DbStatus& outcome = outcomes[i - begin];
      if (outcome) continue;
      const std::string_view pk = groups[i].newest->keys.FindString("pk");
      if (GiveUp(*ConversationOfMessage(pk), outcome.error(), groups[i].records.size())) continue;
      for (const StreamRecord* record : groups[i].records) {
        failed.push_back(record->sequence_number);
      }
    }
  }
  co_return failed;
}

bool Projection::GiveUp(std::string_view conversation, const model::DbError& error,
                        size_t messages) {
  const bool permanent = IsPermanent(error.code);
  base::Log(permanent ? LogLevel::kError : LogLevel::kWarn,
            "conversation rows not brought up to date",
            {{"conversation", conversation}, {"reason", error.message}, {"given_up", permanent}});
  if (permanent) given_up_.fetch_add(messages, std::memory_order_relaxed);
  return permanent;
}

Task<DbStatus> Projection::ProjectGroup(const Group& group, Delivery delivery) {
  const StreamRecord& newest = *group.newest;
  if (newest.new_image) {
    co_return co_await Project(MessageOf(*newest.new_image), delivery);
  }
  // A stream of keys only: somebody made the table with other settings.
  const std::string conversation(*ConversationOfMessage(newest.keys.FindString("pk")));
  CO_TRY_ASSIGN(auto message, co_await store_.FindMessage(conversation, SortKeyOf(newest)));
  if (!message) co_return DbStatus();
  co_return co_await Project(*std::move(message), delivery);
}

Task<DbResult<Conversation>> Projection::RecordOf(std::string_view conversation) {
  CO_TRY_ASSIGN(auto record, co_await store_.FindRecord(conversation));
  if (record) co_return *std::move(record);
  CO_TRY_ASSIGN(const auto rows, co_await store_.RowsOf(conversation));
  Conversation made = RecordFromRows(conversation, rows);
  if (made.members.empty()) co_return made;
  CO_TRY_ASSIGN(const bool put, co_await store_.PutIfFree(ItemOf(made)));
  if (put) co_return made;
  CO_TRY_ASSIGN(record, co_await store_.FindRecord(conversation));
  co_return record.value_or(std::move(made));
}

Task<DbStatus> Projection::Project(Message message, Delivery delivery) {
  const std::string& conversation = message.conversation_uuid;
  CO_TRY_ASSIGN(const Conversation record, co_await RecordOf(conversation));
  if (record.members.empty()) co_return DbStatus();

  const bool thorough = delivery == Delivery::kPerhapsRepeated;
  if (message.created_at > record.last_message_at) {
    CO_TRY(co_await Move(record, message, thorough));
  } else if (thorough) {
    CO_TRY(co_await Repair(conversation));
  }
  watch_.Announce(conversation, std::max(message.created_at, record.last_message_at));
  co_return DbStatus();
}

Task<DbStatus> Projection::Move(const Conversation& record, const Message& message, bool thorough) {
  const bool at_once = options_.transactions && record.members.size() <= kMaxAtOnce;
  if (at_once && !thorough && !record.last_message_at.empty()) {
    const auto moved = co_await MoveInOneTransaction(record, message);
    if (!moved && moved.error().code != DbErrorCode::kUnknownOperation) {
      co_return std::unexpected(moved.error());
    }
    if (moved && *moved) co_return DbStatus();
    // Cancelled: somebody else moved meanwhile, or rows aren't where the guard says. Step by step.
  }

  std::vector<Task<DbResult<std::string>>> puts;
  for (const Person& member : record.members) {
    puts.push_back(PutRowAtFreeKey(co_await RowFor(record, member, message)));
  }
  auto keys = co_await base::WhenAll(std::move(puts));
  Conversation now = record;
  now.last_message_at = message.created_at;
  now.moved_rows.clear();
  for (size_t i = 0; i < keys.size(); ++i) {
    if (!keys[i]) co_return std::unexpected(std::move(keys[i]).error());
    if (*keys[i] != message.created_at) {
      now.moved_rows.emplace_back(record.members[i].uuid, *std::move(keys[i]));
    }
  }

  CO_TRY_ASSIGN(const auto before,
                co_await store_.MoveGuard(now.uuid, now.last_message_at, now.moved_rows));
  // Overtaken: newer rows exist, and the ones just put are leftovers.
  if (!before) co_return co_await Repair(now.uuid);
  co_return co_await DeleteOldRows(*before, now, thorough);
}

Task<DbResult<bool>> Projection::MoveInOneTransaction(const Conversation& record,
                                                      const Message& message) {
  std::vector<ConversationRow> rows;
  for (const Person& member : record.members) {
    rows.push_back(co_await RowFor(record, member, message));
  }
  co_return co_await store_.MoveAtOnce(record, message.created_at, rows);
}

Task<DbStatus> Projection::DeleteOldRows(const Conversation& before, const Conversation& now,
                                         bool thorough) {
  // Without an old guard nobody knows where old rows are: there are none, or older code put them.
  bool look_for_more = thorough || before.last_message_at.empty();
  if (!before.last_message_at.empty()) {
    std::vector<Task<DbResult<bool>>> deletes;
    for (const Person& member : now.members) {
      const std::string& old_key = before.RowKeyOf(member.uuid);
      if (old_key == now.RowKeyOf(member.uuid)) continue;
      deletes.push_back(store_.DeleteRow(member.uuid, old_key, now.uuid));
    }
    for (const auto& deleted : co_await base::WhenAll(std::move(deletes))) {
      if (!deleted) co_return std::unexpected(deleted.error());
      look_for_more = look_for_more || !*deleted;
    }
  }
  if (look_for_more) co_return co_await Repair(now.uuid);
  co_return DbStatus();
}

Task<DbStatus> Projection::Repair(std::string_view conversation) {
  CO_TRY_ASSIGN(auto record, co_await store_.FindRecord(conversation));
  if (!record || record->last_message_at.empty()) co_return DbStatus();
  CO_TRY_ASSIGN(const auto rows, co_await store_.RowsOf(conversation));
  CO_TRY(co_await RestoreRows(*record, rows));
  for (const ConversationRow& row : rows) {
    if (!record->HasMember(row.member_uuid)) continue;
    if (row.sort_key == record->RowKeyOf(row.member_uuid) || IsBeyond(*record, row)) continue;
    CO_TRY(co_await store_.DeleteRow(row.member_uuid, row.sort_key, conversation));
  }
  co_return DbStatus();
}

Task<DbStatus> Projection::RestoreRows(Conversation& record,
                                       const std::vector<ConversationRow>& rows) {
  std::optional<Message> message;
  auto moved_rows = record.moved_rows;
  for (const Person& member : record.members) {
    const std::string& key = record.RowKeyOf(member.uuid);
    const bool listed = std::ranges::any_of(rows, [&](const ConversationRow& row) {
      return row.member_uuid == member.uuid && (row.sort_key == key || IsBeyond(record, row));
    });
    if (listed) continue;
    CO_TRY_ASSIGN(const auto row, co_await store_.FindRow(member.uuid, key));
    if (row && row->conversation_uuid == record.uuid) continue;

    if (!message) {
      CO_TRY_ASSIGN(message, co_await store_.FindMessage(record.uuid, record.last_message_at));
      if (!message) co_return DbStatus();  // deleted by hand: there is nothing to show
    }
    CO_TRY_ASSIGN(const auto put,
                  co_await PutRowAtFreeKey(co_await RowFor(record, member, *message)));
    std::erase_if(moved_rows, [&](const auto& moved) { return moved.first == member.uuid; });
    if (put != record.last_message_at) moved_rows.emplace_back(member.uuid, put);
  }
  if (moved_rows != record.moved_rows) {
    record.moved_rows = std::move(moved_rows);
    CO_TRY(co_await store_.CorrectRowKeys(record.uuid, record.last_message_at, record.moved_rows));
  }
  co_return DbStatus();
}

Task<ConversationRow> Projection::RowFor(const Conversation& record, const Person& member,
                                         const Message& message) {
  ConversationRow row{.member_uuid = member.uuid,
                      .sort_key = std::max(message.created_at, record.RowKeyOf(member.uuid)),
                      .conversation_uuid = record.uuid,
                      .text = RowText(message.text)};
  if (const Person* other = record.OtherThan(member.uuid)) {
    // Today's name; else the sender's as of this message; else what the record holds.
    const std::vector<Person> known = co_await people_.Find({other->uuid});
    if (!known.empty()) {
      row.other = known.front();
    } else {
      row.other = other->uuid == message.sender.uuid ? message.sender : *other;
    }
  }
  if (row.sort_key != message.created_at) row.message_created_at = message.created_at;
  co_return row;
}

Task<DbResult<std::string>> Projection::PutRowAtFreeKey(ConversationRow row) {
  for (int tries = 0; tries < kMaxKeyTries; ++tries) {
    CO_TRY_ASSIGN(const bool put, co_await store_.PutRow(row));
    if (put) co_return row.sort_key;
    CO_TRY_ASSIGN(const auto there, co_await store_.FindRow(row.member_uuid, row.sort_key));
    // A newer message of this conversation was faster: its row serves as well.
    if (there && there->conversation_uuid == row.conversation_uuid) co_return row.sort_key;
    if (!there) continue;
    if (row.message_created_at.empty()) row.message_created_at = row.sort_key;
    const std::string next = base::FormatTimestamp(TimeBehind(row.sort_key, base::Micros(0)));
    if (next <= row.sort_key) break;
    row.sort_key = next;
  }
  co_return model::Invalid("no free key for a conversation row");
}

}  // namespace cruddur::messaging
