// An event source mapping as AWS Lambda has them: invokes a function with the records of a table's
// stream, each at least once, in order for each item, from where it stopped before.
// https://docs.aws.amazon.com/lambda/latest/dg/with-ddb.html
//
// For a stream whose commits are told in this process: nothing is polled, and shards follow one
// another (docs/architecture.md, "Triggers"). A stream that is switched off is read to its end; the
// table's next one from its beginning.
#pragma once

#include <future>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "stream/checkpoint.h"
#include "stream/follower_options.h"
#include "stream/shard_runner.h"

namespace cruddur::stream {

struct MappingSettings {
  std::string name, table;
  MappingOptions options;
  FilterCriteria filters;
  std::string region = "us-east-1", function_arn;
  std::string checkpoint_path;                // empty: keeps none
  std::unique_ptr<DeadLetters> dead_letters;  // never null
  std::chrono::milliseconds stop_grace{10'000};
};

class EventSourceMapping {
 public:
  // Everything must outlive the mapping; client and target are used on `loop`.
  EventSourceMapping(base::Loop& loop, dynamo::Client& client, SubscribeFunction subscribe,
                     Target& target, base::Registry& registry, const base::Clock& clock,
                     MappingSettings settings);
  ~EventSourceMapping();  // as Stop()

  void Start();
  // As Stop, which is to follow, but without waiting: so that several stop at the same time.
  void BeginStop();
  // Lets invocations under way finish, for as long as stop_grace, and saves the checkpoint. Blocks;
  // not on the loop's thread, while the loop runs. Idempotent.
  void Stop();

  const MappingMetrics& metrics() const { return metrics_; }

 private:
  base::Task<void> Run();
  base::Task<void> Follow();
  // Runs the shards of the position's stream. True: it has ended, or is gone. False: a stop, or it
  // can't be read now.
  base::Task<bool> FollowStream();
  base::Task<bool> FollowShard(const model::Shard& shard);
  void LoadPosition();
  // Begins with a stream that it hasn't read from. False: it can't be read now.
  base::Task<bool> BeginStream(std::string arn);
  bool IsBeforeStart(const model::StreamRecord& record);
  void CountGap(std::string_view what);
  void Save(Checkpoint::Durability durability = Checkpoint::Durability::kProcess);
  base::Task<void> Pause();
  bool stopping() const { return signals_.stopping_; }

  base::Loop& loop_;
  const SubscribeFunction subscribe_;
  const std::string table_;
  MappingMetrics metrics_;
  Checkpoint checkpoint_;
  const std::unique_ptr<DeadLetters> dead_letters_;
  MappingContext context_;
  RunnerSignals signals_;
  Position position_;
  // The mapping was there before the streams that begin from now on: their records are all wanted.
  bool known_ = false;
  bool start_passed_ = false;                     // a record came that isn't before position_.since
  std::map<std::string, std::string> iterators_;  // of BeginStream, by shard
  std::shared_ptr<void> subscription_;
  std::optional<std::future<void>> ended_;
};

}  // namespace cruddur::stream
