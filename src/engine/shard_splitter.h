// Splits the shards of streams over time, as DynamoDB does after about four hours: the open one is
// closed and goes on in a child, so that whoever reads a stream meets shards that end.
//
// A shard that has had no record stays open: there is nothing in it that could become too old.
#pragma once

#include "engine/committer.h"

namespace cruddur::engine {

class ShardSplitter final : public BackgroundTask {
 public:
  explicit ShardSplitter(base::Micros interval) : interval_(interval) {}

  std::optional<base::Micros> Due(const std::shared_ptr<const CatalogSnapshot>& catalog,
                                  base::Micros now) override;
  void Evaluate(Commit& commit) override;
  void Finish(const DbStatus&) override {}

 private:
  const base::Micros interval_;
  base::Micros next_{0};
};

}  // namespace cruddur::engine
