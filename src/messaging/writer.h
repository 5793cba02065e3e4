// Patterns C and D: a message into a conversation, and the conversation of two people with its
// first message. Thread-safe.
#pragma once

#include <atomic>
#include <chrono>
#include <string>
#include <string_view>

#include "base/clock.h"
#include "messaging/append_order.h"
#include "messaging/memberships.h"
#include "messaging/newest_times.h"
#include "messaging/projection.h"

namespace cruddur::messaging {

struct WriterOptions {
  // Who moves the rows. False: whoever reads the table's stream, in this process, which announces
  // it to the ProjectionWatch. True: the writer itself, before it answers.
  bool project_inline = false;
  // How long after a message was stored who reads a list waits for the stream's projection to have
  // moved its rows: 0 for not at all. So a list that is read after the answer shows the message.
  std::chrono::milliseconds projection_patience{250};
  // The store commits puts in the order in which they are handed to it: the engine of this process.
  // Then a message whose commit failed isn't put again behind a newer one.
  bool commits_in_order = false;
  // Retries end here; a request under way then still ends in its own time.
  std::chrono::milliseconds deadline{5'000};
};

class Writer {
 public:
  Writer(Store& store, Memberships& memberships, NewestTimes& newest_times, Projection& projection,
         ProjectionWatch& watch, const base::Clock& clock, WriterOptions options);

  // The sender is a member: who asks has looked. Of two messages whose Send calls don't overlap in
  // time the later one has the greater created_at, in any number of processes, whatever their
  // clocks say; with commits_in_order those of this process become visible in the order of their
  // times, overlapping or not. An error of the store means that the message may or may not be
  // there.
  Task<DbResult<Message>> Send(Person sender, KnownPtr conversation, std::string text);

  // The conversation of these two is made if there is none (or adopted from older code), and the
  // message appended. When this ends well, both have a row of the conversation. `conversation` is
  // set before anything is written into one that others may know.
  Task<DbResult<Message>> Start(Person sender, Person receiver, std::string text,
                                std::string& conversation);

  // Instead of what the options say. Whoever sets it when a stream ends does so before a message
  // that is stored without a record is answered; then no row stays behind.
  void SetProjectInline(bool yes) { project_inline_.store(yes); }

 private:
  using Deadline = std::chrono::steady_clock::time_point;

  // The sort key of the conversation's newest message. Asks the store where it isn't known, or was
  // wrong.
  Task<DbResult<std::string>> NewestOf(const std::string& conversation, bool ask);
  // Puts the message at the next free time; a repetition never makes two of it.
  Task<DbResult<Message>> Append(Message message, Deadline deadline);
  // Waits for the put at the time that was `given`, and repeats it where its outcome isn't known.
  // True: stored. False: the key is somebody else's.
  Task<DbResult<bool>> Settle(const Message& message, Task<DbResult<bool>> put,
                              AppendOrder::Place& place, base::Micros given, Deadline deadline);
  Task<void> Project(const Message& message);

  // All of a new conversation in one transaction. nullopt: the pair has one meanwhile, or the store
  // has no transactions.
  Task<DbResult<std::optional<Message>>> StartAtOnce(const Person& sender, const Person& receiver,
                                                     const std::string& text, Deadline deadline);
  model::TransactWriteItemsRequest StartRequest(const Person& receiver, const Message& message);
  // The uuid that the pair item decides on, made now if there is none.
  Task<DbResult<std::string>> PairConversation(const Person& sender, const Person& receiver);
  Task<DbResult<Message>> Continue(Person sender, Person receiver, std::string conversation,
                                   std::string text, Deadline deadline);

  Store& store_;
  Memberships& memberships_;
  NewestTimes& newest_times_;
  Projection& projection_;
  ProjectionWatch& watch_;
  const base::Clock& clock_;
  const WriterOptions options_;
  AppendOrder order_;
  std::atomic<bool> project_inline_;
  std::atomic<bool> transactions_{true};  // until the store says that it has none
};

}  // namespace cruddur::messaging
