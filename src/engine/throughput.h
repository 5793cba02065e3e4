// Enforces the throughput of tables and global indexes on requests: before one, whether anything is
// left; after it, what it has cost. One test of a pointer where nothing is enforced.
#pragma once

#include "engine/catalog.h"
#include "engine/target.h"
#include "engine/throttle.h"
#include "model/error.h"

namespace cruddur::engine {

// The errors are AWS's, with the reason and the resource that is short: kThrottling where a limit
// on demand is reached, else kProvisionedThroughputExceeded. Not inlined: see below.
model::DbStatus AdmitReadOf(const TableState& table, const model::IndexDescription* index);
model::DbStatus AdmitWriteTo(const TableState& table);
void ChargeUnits(const TableState& table, const model::IndexDescription* index, UnitKind kind,
                 double units);

// `index` is null for the table. A local index lives on its table's units.
inline model::DbStatus AdmitRead(const TableState& table,
                                 const model::IndexDescription* index = nullptr) {
  return table.throttle == nullptr ? model::DbStatus() : AdmitReadOf(table, index);
}

// Also where an index of the table is short of units, be it concerned by the write or not: AWS's
// back-pressure.
inline model::DbStatus AdmitWrite(const TableState& table) {
  return table.throttle == nullptr ? model::DbStatus() : AdmitWriteTo(table);
}

inline void Charge(const TableState& table, const model::IndexDescription* index, UnitKind kind,
                   double units) {
  if (table.throttle != nullptr) ChargeUnits(table, index, kind, units);
}

// Whether the error means that there was no throughput left.
bool IsThrottled(const model::DbError& error);

}  // namespace cruddur::engine
