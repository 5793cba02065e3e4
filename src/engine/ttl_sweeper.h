// Deletes expired items of tables with TTL, some at a time between commits, as DynamoDB's own
// process does. An item that was changed meanwhile is looked at as it stands: what doesn't expire
// any more stays. Woken by the earliest expiry that it knows of, not by a timer.
#pragma once

#include <vector>

#include "engine/committer.h"
#include "engine/ttl_index.h"

namespace cruddur::engine {

class TtlSweeper final : public BackgroundTask {
 public:
  // `interval`: how long it waits after it has deleted all there was.
  explicit TtlSweeper(base::Micros interval) : interval_(interval) {}

  std::optional<base::Micros> Due(const std::shared_ptr<const CatalogSnapshot>& catalog,
                                  base::Micros now) override;
  void Evaluate(Commit& commit) override;
  void Finish(const DbStatus& outcome) override;

 private:
  // What a step has done, of all tables.
  struct Work {
    size_t rows = 0;
    size_t bytes = 0;  // of the items that it deletes
    bool Enough() const;
  };
  // Where a table's progress will be.
  struct Reached {
    std::shared_ptr<TtlProgress> progress;
    TtlProgress next;
  };

  // False: a step's work is done, and there is more.
  bool Sweep(Commit& commit, const TableState& table, Work& work);
  // Answers the size of the item, if it is one to be deleted.
  static size_t Remove(Commit& commit, const TableState& table, std::string_view expiry_key);

  const base::Micros interval_;
  std::shared_ptr<const CatalogSnapshot> seen_;
  std::vector<std::shared_ptr<const TableState>> tables_;  // of seen_: those with TTL
  base::Micros next_{0};
  base::Micros now_{0};
  std::vector<Reached> reached_;
  bool more_ = false;
};

}  // namespace cruddur::engine
