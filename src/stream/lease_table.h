// The table in which the workers of one stream keep their leases, and one worker's way to it.
//
// Every change is conditional on what was read before, and raises the counter: of two workers that
// want the same lease one gets it, and one that was thought dead can't write any more once another
// has taken over. An answer that was lost is settled by reading the lease again. Errors are the
// client's. Thread-safe as the client is.
#pragma once

#include <string>
#include <vector>

#include "dynamo/client.h"
#include "stream/lease.h"

namespace cruddur::stream {

class LeaseTable {
 public:
  // `worker`: a name that no other process has or had. The client must outlive the table.
  LeaseTable(dynamo::Client& client, std::string table, std::string worker);

  const std::string& table() const { return table_; }
  const std::string& worker() const { return worker_; }

  // Makes the table where there is none. kResourceInUse while it is being made: ask again.
  base::Task<model::DbStatus> Ensure();

  // All leases, as they are now.
  base::Task<model::DbResult<std::vector<Lease>>> List();
  // Leaves one alone that is there already.
  base::Task<model::DbStatus> Add(const Lease& lease);
  // Leaves one alone that has changed.
  base::Task<model::DbStatus> Delete(const Lease& lease);
  // The lease of the table, new or not: nobody's, and to begin with.
  base::Task<model::DbStatus> BeginTablePass();

  // These bring `lease` up to date. False: it isn't ours (any more).
  base::Task<model::DbResult<bool>> Take(Lease& lease);
  base::Task<model::DbResult<bool>> Renew(Lease& lease, std::string checkpoint);
  // Nobody's then.
  base::Task<model::DbResult<bool>> Release(Lease& lease, std::string checkpoint);

 private:
  enum class Condition { kUnchanged, kUnchangedAndOurs };

  base::Task<model::DbResult<bool>> Write(Lease& lease, Lease wanted, Condition condition);
  base::Task<model::DbResult<std::optional<Lease>>> Find(std::string key);

  dynamo::Client& client_;
  const std::string table_, worker_;
};

}  // namespace cruddur::stream
