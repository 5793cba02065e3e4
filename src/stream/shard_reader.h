// Reads one shard of a stream from a position on, page by page. An iterator that has expired is
// replaced. Belongs to one coroutine.
#pragma once

#include <optional>
#include <string>

#include "base/task.h"
#include "dynamo/client.h"

namespace cruddur::stream {

class ShardReader {
 public:
  // Behind `after`, a sequence number of this shard; from its beginning if that is empty. With
  // `iterator`, from where that leads as long as it does.
  ShardReader(dynamo::Client& client, std::string stream_arn, std::string shard_id,
              std::string after, std::string iterator = "")
      : client_(client),
        stream_arn_(std::move(stream_arn)),
        shard_id_(std::move(shard_id)),
        after_(std::move(after)),
        iterator_(std::move(iterator)) {}

  // What comes next; empty where nothing is there yet, or at the end. Errors are the client's;
  // where records are gone that weren't read yet, it goes on behind them and counts a gap.
  base::Task<model::DbResult<std::vector<model::StreamRecord>>> Read(int64_t limit);

  bool at_end() const { return at_end_; }  // closed, and read to the end
  uint64_t gaps() const { return gaps_; }

 private:
  base::Task<model::DbStatus> Find();

  dynamo::Client& client_;
  const std::string stream_arn_, shard_id_;
  std::string after_, iterator_;
  bool at_end_ = false;
  uint64_t gaps_ = 0;
};

}  // namespace cruddur::stream
