// Brings the copies of changed names up to date, in the background: rows and records of the message
// table, and the pages that show them.
//
// What is left to do stands in the users database (accounts/name_changes.h): it is gone on with
// after a crash, by whichever process comes first, and in each of them one change at a time is
// worked on. A store or a database that is away is a pause.
#pragma once

#include <boost/asio/basic_waitable_timer.hpp>
#include <chrono>
#include <future>
#include <optional>

#include "accounts/name_changes.h"
#include "accounts/user_directory.h"
#include "api/page_cache.h"
#include "base/task.h"
#include "messaging/renaming.h"

namespace cruddur::api {

class NameSpreader {
 public:
  // Runs on `loop`; everything must outlive it. `look`: how often it looks for changes of other
  // processes, and the pause after a failure.
  NameSpreader(base::Loop& loop, accounts::NameChanges& changes, accounts::UserDirectory& users,
               messaging::Renaming& renaming, PageCache& pages,
               std::chrono::milliseconds look = std::chrono::seconds(2));
  ~NameSpreader();  // as Stop()

  void Start();
  // Ends after the step under way. Blocks; call it from a thread that isn't the loop's, while the
  // loop still runs. Idempotent.
  void Stop();
  // A name was changed: there is something to do now. Any thread, between Start and Stop.
  void Wake();

 private:
  using Clock = std::chrono::steady_clock;
  using Timer =
      base::asio::basic_waitable_timer<Clock, base::asio::wait_traits<Clock>, base::Executor>;

  base::Task<void> Run();
  // One pass over a change. False: there is none, or it can't be gone on with now.
  base::Task<bool> Spread();
  base::Task<void> Sleep();

  base::Loop& loop_;
  accounts::NameChanges& changes_;
  accounts::UserDirectory& users_;
  messaging::Renaming& renaming_;
  PageCache& pages_;
  const std::chrono::milliseconds look_;

  std::atomic<bool> stopping_{false};
  std::optional<std::future<void>> ended_;
  Timer timer_;         // of the loop's thread
  bool woken_ = false;  // of the loop's thread
};

}  // namespace cruddur::api
