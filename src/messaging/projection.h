// Pattern E: brings the members' conversation rows up to the newest message.
//
// Takes messages in any order, repeated, cut off anywhere by a crash; it never moves a row back,
// never removes a row before its successor is there, and does nothing about what it has seen.
// Thread-safe; several projections may run on one table at once, in any number of processes.
//
// How: the new rows are put, then the guard on the conversation record is moved (to a later time
// only), then the old rows, whose keys the guard told, are deleted. So where the guard says t, all
// rows at t or later exist. A crash in between leaves a member with two rows, which readers show
// once; the repetition of the message, which every stream promises, finds the guard in place and
// repairs by the index. See docs/architecture.md, "Messaging".
#pragma once

#include <atomic>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "messaging/people.h"
#include "messaging/projection_watch.h"
#include "messaging/store.h"
#include "model/table_operations.h"

namespace cruddur::messaging {

// Whether a message may have been projected before, by a process that then crashed: only then are
// leftovers looked for, at the cost of an index query for each conversation.
enum class Delivery { kFirst, kPerhapsRepeated };

struct ProjectionOptions {
  // Move guard and rows in one transaction where the conversation has a record. In process that is
  // one commit instead of three; on AWS it costs 10 write units instead of 6.
  bool transactions = false;
};

class Projection {
 public:
  Projection(Store& store, People& people, ProjectionWatch& watch, ProjectionOptions options = {});

  // True for the records that Handle looks at.
  static bool Concerns(const model::StreamRecord& record);

  // Of each conversation only the newest message counts. Answers the sequence numbers of the
  // records of those conversations that could not be brought up to date, and may be another time.
  // What the store will refuse for ever is logged, counted and not asked for again.
  Task<std::vector<std::string>> Handle(std::span<const model::StreamRecord> records,
                                        Delivery delivery);

  // Brings the rows of one message's conversation up to it.
  Task<DbStatus> Project(Message message, Delivery delivery);

  // The same for the newest message of each conversation whose record is on this page of the
  // table, where nobody knows what the stream would have said. Answers where the next page goes on,
  // empty: that was all; an error that may pass.
  Task<DbResult<model::Item>> ProjectPage(model::Item after);

  // Messages whose rows can never be moved, for metrics.
  uint64_t given_up() const { return given_up_.load(std::memory_order_relaxed); }

 private:
  struct Group;
  // Conversations of one batch that are moved side by side.
  static constexpr size_t kSideBySide = 64;

  Task<DbStatus> ProjectGroup(const Group& group, Delivery delivery);
  Task<DbStatus> ProjectNewest(std::string conversation);
  // Logs it, and counts the messages if it is permanent, which is answered.
  bool GiveUp(std::string_view conversation, const model::DbError& error, size_t messages);
  // The record, made from the rows where older code wrote none; no members: nobody can be shown it.
  Task<DbResult<Conversation>> RecordOf(std::string_view conversation);

  Task<DbStatus> Move(const Conversation& record, const Message& message, bool thorough);
  Task<DbResult<bool>> MoveInOneTransaction(const Conversation& record, const Message& message);
  Task<DbStatus> DeleteOldRows(const Conversation& before, const Conversation& now, bool thorough);

  // Makes sure of a row for each member where the guard says, and deletes the older ones.
  Task<DbStatus> Repair(std::string_view conversation);
  Task<DbStatus> RestoreRows(Conversation& record, const std::vector<ConversationRow>& rows);

  // The row that shows `message` to `member`, at the first key from its time (and from the member's
  // present row) on that no other conversation has.
  Task<ConversationRow> RowFor(const Conversation& record, const Person& member,
                               const Message& message);
  Task<DbResult<std::string>> PutRowAtFreeKey(ConversationRow row);

  Store& store_;
  People& people_;
  ProjectionWatch& watch_;
  const ProjectionOptions options_;
  std::atomic<uint64_t> given_up_{0};
};

}  // namespace cruddur::messaging
