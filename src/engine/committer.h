// The one thread that writes: takes all operations that wait, evaluates them in order, writes one
// synced batch, makes it visible, and calls the operations back. Transactions are serializable
// because nothing else writes.
#pragma once

#include <rocksdb/write_batch.h>

#include <condition_variable>
#include <deque>
#include <memory>
#include <mutex>
#include <optional>
#include <thread>
#include <vector>

#include "base/clock.h"
#include "engine/catalog.h"
#include "engine/commit.h"
#include "engine/storage.h"
#include "engine/subscriptions.h"

namespace cruddur::engine {

class WriteOperation {
 public:
  virtual ~WriteOperation() = default;

  // Reads the state as the earlier operations of the commit left it and writes to the commit: all
  // of the operation or nothing. Keeps its answer, which is not given before Finish.
  virtual void Evaluate(Commit& commit) = 0;

  // Once, when what the commit wrote is durable and visible; or with the error that keeps it from
  // being so, also of operations that were never evaluated.
  virtual void Finish(const DbStatus& outcome) = 0;

  // True: shares its commit with no other operation, since it changes the catalog.
  virtual bool Alone() const { return false; }

  // What the operation keeps in memory while it waits, roughly.
  virtual size_t Bytes() const { return 0; }
};

// Work of the committer's thread between commits, a step at a time.
class BackgroundTask : public WriteOperation {
 public:
  // When the next step is due; nullopt: not before the catalog changes. Called after each commit.
  virtual std::optional<base::Micros> Due(const std::shared_ptr<const CatalogSnapshot>& catalog,
                                          base::Micros now) = 0;
  bool Alone() const final { return true; }
};

struct CommitterOptions {
  size_t max_queued = 16'384;
  size_t max_queued_bytes = 256 * 1024 * 1024;  // of all that isn't finished
};

class Committer {
 public:
  // The collaborators outlive the committer.
  Committer(Storage& storage, Catalog& catalog, Subscriptions& subscriptions,
            const base::Clock& clock, const CommitterOptions& options,
            std::vector<std::unique_ptr<BackgroundTask>> tasks);
  // Finishes what is queued, then ends the thread.
  ~Committer();
  Committer(const Committer&) = delete;
  Committer& operator=(const Committer&) = delete;

  // Thread-safe. A full queue finishes the operation at once, on this thread, with kThrottling; so
  // does a store that takes no writes, with kServiceUnavailable.
  void Submit(std::unique_ptr<WriteOperation> operation);

 private:
  using Operations = std::vector<std::unique_ptr<WriteOperation>>;

  void Run();
  // Waits for operations or a task's time. False: the end has come and nothing is left.
  bool TakeWaiting(std::deque<std::unique_ptr<WriteOperation>>& taken);
  // Evaluates operations from the front as far as one commit goes, and finishes them.
  void CommitSome(std::deque<std::unique_ptr<WriteOperation>>& waiting);
  void CommitThese(const std::vector<WriteOperation*>& operations);
  DbStatus WriteThese(const std::vector<WriteOperation*>& operations);
  std::optional<base::Micros> RunTasks();

  Storage& storage_;
  Catalog& catalog_;
  Subscriptions& subscriptions_;
  const base::Clock& clock_;
  const CommitterOptions options_;
  std::vector<std::unique_ptr<BackgroundTask>> tasks_;
  rocksdb::WriteBatch batch_;  // kept for its memory
  std::optional<base::Micros> task_due_;

  std::mutex mutex_;
  std::condition_variable wake_;
  std::deque<std::unique_ptr<WriteOperation>> queue_;  // protected by mutex_
  size_t unfinished_bytes_ = 0;                        // protected by mutex_
  bool stopping_ = false;                              // protected by mutex_

  std::thread thread_;  // last: it uses all of the above
};

}  // namespace cruddur::engine
