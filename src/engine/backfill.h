// Fills new indexes, and the expiry index where TTL was switched on, with the items that are there
// already, some at a time between commits. Writes to items that it has not come to leave the index
// alone, so each item is entered exactly once.
#pragma once

#include "engine/committer.h"

namespace cruddur::engine {

class Backfill final : public BackgroundTask {
 public:
  std::optional<base::Micros> Due(const std::shared_ptr<const CatalogSnapshot>& catalog,
                                  base::Micros now) override;
  void Evaluate(Commit& commit) override;
  void Finish(const DbStatus& outcome) override;

 private:
  std::shared_ptr<const CatalogSnapshot> seen_;
  bool wanted_ = false;          // an index of seen_ is to be filled
  base::Micros pause_until_{0};  // after a failure
  base::Micros now_{0};
  // The step under way: what it will have reached.
  std::shared_ptr<BackfillProgress> progress_;
  std::string reached_;
};

}  // namespace cruddur::engine
