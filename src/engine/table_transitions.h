// What ends the statuses that pass, where the control plane takes its time (--control-plane-delay):
// tables and indexes that were CREATING or UPDATING become ACTIVE, those that were DELETING go.
#pragma once

#include "engine/committer.h"

namespace cruddur::engine {

// The text of a ResourceInUseException: "…still in use: Table is being updated: items".
std::unexpected<model::DbError> TableIsBusy(const model::TableDescription& table);

// Adds to the commit that the table goes, with all that is its own; its stream was ended before.
void DropTable(Commit& commit, CatalogEdit& edit, const TableState& table);

class TableTransitions final : public BackgroundTask {
 public:
  std::optional<base::Micros> Due(const std::shared_ptr<const CatalogSnapshot>& catalog,
                                  base::Micros now) override;
  void Evaluate(Commit& commit) override;
  void Finish(const DbStatus& outcome) override;

 private:
  std::shared_ptr<const CatalogSnapshot> seen_;
  std::optional<base::Micros> next_;
  base::Micros pause_until_{0};  // after a write that failed
  base::Micros now_{0};
};

}  // namespace cruddur::engine
