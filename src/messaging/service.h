// The product, as the routes and the commands use it: access patterns A to E on any DynamoDB.
//
// Thread-safe; each call runs on the caller's loop. Errors: kNotFound (a conversation that doesn't
// exist and one that is somebody else's are told apart by nobody), kInvalidArgument (a cursor),
// kUnavailable (the store is away or throttles; a write may have happened), kInternal.
#pragma once

#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "messaging/memberships.h"
#include "messaging/newest_times.h"
#include "messaging/people.h"
#include "messaging/projection.h"
#include "messaging/projection_watch.h"
#include "messaging/reader.h"
#include "messaging/renaming.h"
#include "messaging/store.h"
#include "messaging/table.h"
#include "messaging/writer.h"

namespace cruddur::messaging {

// Told of the partitions whose newest page may be another one, before whoever changed it is
// answered. For stores whose commits nobody in this process is told of.
using Changed = std::function<Task<void>(std::vector<std::string> partitions)>;

struct ServiceOptions {
  std::string table{kTableName};
  size_t remembered_conversations = 65'536;
  WriterOptions writer;
  ProjectionOptions projection;
  Changed changed;  // empty: nobody asks
  // That other processes share: keeps who the members are. Null: none.
  cache::Cache* cache = nullptr;
};

class Service {
 public:
  // The collaborators must outlive the service.
  Service(dynamo::Client& client, People& people, const base::Clock& clock,
          ServiceOptions options = {});

  // Pattern A: a page of a conversation that the user is a member of, oldest message first.
  Task<base::Result<Page<Message>>> ListMessages(std::string user, std::string conversation,
                                                 PageRequest request);
  // The same for who has asked before whether the user is one.
  Task<base::Result<Page<Message>>> ListMessagesUnchecked(std::string conversation,
                                                          PageRequest request);
  // Pattern B: a page of the user's conversations, the one with the latest message first.
  Task<base::Result<Page<ConversationRow>>> ListConversations(std::string user,
                                                              PageRequest request);
  // Before a list is read from elsewhere, a cache say: ends when the user's rows show every message
  // that was acknowledged before, or WriterOptions::projection_patience is over.
  bool AreRowsBehind() const { return watch_.IsBehind(); }
  Task<void> AwaitRows(std::string user) { return watch_.AwaitRows(std::move(user)); }
  // Pattern C. The text has been checked (TextFaults).
  Task<base::Result<Message>> Send(Person sender, std::string conversation, std::string text);
  // Pattern D. Sender and receiver are two.
  Task<base::Result<Message>> Start(Person sender, Person receiver, std::string text);

  // Pattern E, for whoever reads the table's stream in the process that has the store.
  Projection& projection() { return projection_; }
  // The same for who reads it elsewhere: also tells `changed` of the partitions that these records
  // and their projection concern.
  Task<std::vector<std::string>> Project(std::span<const model::StreamRecord> records,
                                         Delivery delivery);
  // The table's commits, each before its writer is answered, so that what is remembered is what
  // they left. No records: the table or its stream was replaced.
  void SeeCommit(std::span<const model::StreamRecord> records);
  // Whether somebody reads the table's stream now and SeeCommit is called for it; until this is
  // said, WriterOptions::project_inline tells who moves the rows.
  void SetStreamed(bool streamed);
  // What follows a changed name.
  Renaming& renaming() { return renaming_; }
  Memberships& memberships() { return memberships_; }
  Store& store() { return store_; }

  // kNotFound for who isn't a member.
  Task<base::Status> CheckMember(std::string user, std::string conversation);
  // True if the user is a member, as far as this process remembers: the short way to a cached page.
  bool IsRememberedMember(std::string_view conversation, std::string_view user) {
    return memberships_.FindRemembered(conversation, user) != nullptr;
  }

 private:
  // A message was perhaps written: into this conversation, whose members are these.
  Task<void> TellChanged(std::string_view conversation, std::vector<std::string> members);

  Store store_;
  const Changed changed_;
  Memberships memberships_;
  ProjectionWatch watch_;
  Projection projection_;
  Renaming renaming_;
  NewestTimes newest_times_;
  Writer writer_;
  Reader reader_;
};

}  // namespace cruddur::messaging
