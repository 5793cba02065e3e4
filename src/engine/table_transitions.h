// What ends the statuses that pass, where the control plane takes its time (--control-plane-delay):
// tables and indexes that were CREATING or UPDATING become ACTIVE, those that were DELETING go. An
// index that a table comes to have later is allocated for half of the time (the table is UPDATING)
// and backfilling for the other half at least (the table is ACTIVE).
#pragma once

#include "engine/committer.h"

namespace cruddur::engine {

// The text of a ResourceInUseException: "…still in use: Table is being updated: items".
std::unexpected<model::DbError> TableIsBusy(const model::TableDescription& table);

// Adds to the commit that the table goes, with all that is its own; its stream was ended before.
void DropTable(Commit& commit, CatalogEdit& edit, const TableState& table);

class TableTransitions final : public BackgroundTask {
 public:
  explicit TableTransitions(base::Micros delay) : delay_(delay) {}

  std::optional<base::Micros> Due(const std::shared_ptr<const CatalogSnapshot>& catalog,
                                  base::Micros now) override;
  void Evaluate(Commit& commit) override;
  void Finish(const DbStatus& outcome) override;

 private:
  const base::Micros delay_;
  std::shared_ptr<const CatalogSnapshot> seen_;
  std::optional<base::Micros> next_;
  base::Micros pause_until_{0};  // after a write that failed
  base::Micros now_{0};
};

}  // namespace cruddur::engine
