#include "engine/committer.h"

#include <exception>
#include <string_view>

#include "base/log.h"

namespace cruddur::engine {
namespace {

// A commit that has grown to this is written before the next operation is looked at: the others
// needn't wait for it to grow on, and memory stays bounded.
constexpr size_t kCommitBytes = 2 * 1024 * 1024;
// The batch's memory is given back after a commit that needed more.
constexpr size_t kKeptBatchBytes = 1024 * 1024;
constexpr size_t kMaxOperations = 1024;
// Tasks run by the wall clock, which may jump, and the store may fail in the background: look again
// after this long.
constexpr auto kLongestSleep = std::chrono::seconds(1);
constexpr auto kRevivalPause = std::chrono::milliseconds(100);

auto InternalError() {
  return model::DbFail(model::DbErrorCode::kInternalServerError, "Internal server error");
}
auto Unavailable(const char* why) {
  return model::DbFail(model::DbErrorCode::kServiceUnavailable, why);
}
auto NotWritable() {
  return Unavailable("The service is currently unavailable: its store takes no writes");
}

void LogFailure(const char* what, const std::exception& error) {
  base::Log(base::LogLevel::kError, what, {{"error", std::string_view(error.what())}});
}

}  // namespace

Committer::Committer(Storage& storage, Catalog& catalog, Subscriptions& subscriptions,
                     const base::Clock& clock, const CommitterOptions& options,
                     std::vector<std::unique_ptr<BackgroundTask>> tasks)
    : storage_(storage),
      catalog_(catalog),
      subscriptions_(subscriptions),
      clock_(clock),
      options_(options),
      tasks_(std::move(tasks)),
      thread_([this] { Run(); }) {}

Committer::~Committer() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  wake_.notify_one();
  thread_.join();
}

void Committer::Submit(std::unique_ptr<WriteOperation> operation) {
  if (!storage_.Writable()) return operation->Finish(NotWritable());
  const size_t bytes = operation->Bytes();
  bool stopping = false, wake = false;
  {
    const std::lock_guard lock(mutex_);
    stopping = stopping_;
    const bool full = queue_.size() >= options_.max_queued ||
                      unfinished_bytes_ + bytes > options_.max_queued_bytes;
    if (!stopping && !full) {
      wake = queue_.empty();
      unfinished_bytes_ += bytes;
      queue_.push_back(std::move(operation));
    }
  }
  if (wake) wake_.notify_one();
  if (operation == nullptr) return;
  operation->Finish(stopping ? Unavailable("The service is stopping")
                             : model::DbFail(model::DbErrorCode::kThrottling,
                                             "Rate of requests exceeds the allowed throughput."));
}

void Committer::Run() {
  std::deque<std::unique_ptr<WriteOperation>> waiting;
  task_due_ = RunTasks();
  while (TakeWaiting(waiting)) {
    while (!waiting.empty()) CommitSome(waiting);
    task_due_ = RunTasks();
  }
}

bool Committer::TakeWaiting(std::deque<std::unique_ptr<WriteOperation>>& taken) {
  std::unique_lock lock(mutex_);
  if (queue_.empty() && !stopping_) {
    const auto woken = [this] { return !queue_.empty() || stopping_; };
    if (task_due_) {
      const base::Micros pause = std::max(*task_due_ - clock_.Now(), base::Micros(0));
      wake_.wait_for(lock, std::min<base::Micros>(pause, kLongestSleep), woken);
    } else {
      wake_.wait_for(lock, kLongestSleep, woken);
    }
  }
  taken.swap(queue_);
  return !taken.empty() || !stopping_;
}

void Committer::CommitSome(std::deque<std::unique_ptr<WriteOperation>>& waiting) {
  std::vector<WriteOperation*> operations;
  size_t bytes = 0;
  for (const auto& operation : waiting) {
    if (operation->Alone() && !operations.empty()) break;
    operations.push_back(operation.get());
    bytes += operation->Bytes();
    if (operation->Alone() || bytes >= kCommitBytes || operations.size() == kMaxOperations) break;
  }
  CommitThese(operations);
  {
    const std::lock_guard lock(mutex_);
    unfinished_bytes_ -= bytes;
  }
  waiting.erase(waiting.begin(), waiting.begin() + static_cast<ptrdiff_t>(operations.size()));
}

void Committer::CommitThese(const std::vector<WriteOperation*>& operations) {
  const DbStatus outcome = WriteThese(operations);
  for (WriteOperation* operation : operations) {
    try {
      operation->Finish(outcome);
    } catch (const std::exception& error) {
      LogFailure("answering a write failed", error);
    }
  }
}

DbStatus Committer::WriteThese(const std::vector<WriteOperation*>& operations) {
  try {
    if (batch_.GetDataSize() > kKeptBatchBytes) batch_ = rocksdb::WriteBatch();
    batch_.Clear();
    Commit commit(storage_, catalog_, clock_.Now(), batch_);
    for (WriteOperation* operation : operations) operation->Evaluate(commit);
    commit.Seal();
    const base::Status written = batch_.Count() != 0 ? storage_.Write(batch_) : base::Status();
    if (!written && written.error().code == base::ErrorCode::kUnavailable) return NotWritable();
    if (!written) return InternalError();
    // From here on it has happened, and nothing may throw.
    commit.Publish(catalog_);
    if (commit.HasNews())
      subscriptions_.Notify([&](const auto& wanted) { return commit.News(wanted); });
    return {};
  } catch (const std::exception& error) {
    // Memory may run out; a commit that was not written then never happened.
    LogFailure("commit failed", error);
    return InternalError();
  }
}

std::optional<base::Micros> Committer::RunTasks() {
  // Refused writes don't come here: nobody else would notice that writes can go on.
  storage_.Revive();
  if (!storage_.Writable()) return clock_.Now() + kRevivalPause;
  std::optional<base::Micros> next;
  for (const std::unique_ptr<BackgroundTask>& task : tasks_) {
    std::optional<base::Micros> due = task->Due(catalog_.Snapshot(), clock_.Now());
    if (due && *due <= clock_.Now()) {
      CommitThese({task.get()});
      due = task->Due(catalog_.Snapshot(), clock_.Now());
    }
    if (due && (!next || *due < *next)) next = due;
  }
  return next;
}

}  // namespace cruddur::engine
