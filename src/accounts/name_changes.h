// The users whose new name isn't in all copies of it yet: a list in the users database of what is
// left to do, for whoever brings the copies up to date.
//
// A change is worked off in passes of many steps. Whoever takes it has it for a short time, which
// each step renews: if he is gone, another process (or the same one, started again) goes on at the
// last step. A process that remembers users knows the old name for up to a minute and may write it
// into a copy meanwhile; so after the first pass there is another one, when that can't be any more.
#pragma once

#include <chrono>
#include <optional>
#include <string>

#include "accounts/connection_pool.h"
#include "accounts/users.h"
#include "base/clock.h"

namespace cruddur::accounts {

struct NameChange {
  User user;  // as he is now
  std::string changed_at;
  std::string began_at;  // when the pass that is under way did
  std::string progress;  // where it goes on; empty: at the beginning
};

struct NameChangesOptions {
  std::chrono::seconds step_time{5};
  // Longer than DirectoryOptions::found_time and what a step may take.
  std::chrono::seconds settle_time{90};
};

// Thread-safe; never blocks the loop. Errors are those of connection_pool.h. What it is given must
// outlive it.
class NameChanges {
 public:
  NameChanges(ConnectionPool& database, const base::Clock& clock, NameChangesOptions options = {})
      : database_(database), clock_(clock), options_(options) {}

  // The one that is due the longest; nullopt: none is.
  base::Task<base::Result<std::optional<NameChange>>> Take();
  // A step is done. False: the name has changed again, and the change is to be taken anew.
  base::Task<base::Result<bool>> Advance(NameChange change, std::string progress);
  // The pass is done. True: nothing is left of the change; else there will be another pass.
  base::Task<base::Result<bool>> Finish(NameChange change);

 private:
  ConnectionPool& database_;
  const base::Clock& clock_;
  const NameChangesOptions options_;
};

// For whoever changes a name, in the transaction that does.
base::Status NoteNameChange(Connection& connection, std::string_view user_uuid, base::Micros now);

}  // namespace cruddur::accounts
