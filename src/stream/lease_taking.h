// Which leases a worker takes: those whose owners are dead, and so many that the workers share them
// evenly. Without I/O and without a clock of its own; one worker's view, which the others needn't
// share: who is wrong loses a conditional write (lease_table.h).
#pragma once

#include <chrono>
#include <map>
#include <set>
#include <span>
#include <string>
#include <vector>

#include "stream/lease.h"

namespace cruddur::stream {

// Remembers when leases were seen to change. Clocks of different machines don't matter: an owner is
// dead whose lease hasn't changed for `lease_time` of this worker's.
class LeaseWatch {
 public:
  using Time = std::chrono::steady_clock::time_point;

  explicit LeaseWatch(std::chrono::milliseconds lease_time) : lease_time_(lease_time) {}

  // All leases that there are.
  void See(std::span<const Lease> leases, Time now);
  // Nobody's, or its owner's who is dead. REQUIRES: it was seen.
  bool IsFree(const Lease& lease, Time now) const;

 private:
  struct Seen {
    int64_t counter = 0;
    Time since;
  };
  const std::chrono::milliseconds lease_time_;
  std::map<std::string, Seen, std::less<>> seen_;
};

// Those that may be worked on now: not finished, the parent shard is, and so is every shard of the
// streams that the table had before.
std::vector<Lease> Workable(std::span<const Lease> leases);

// What `worker` is to take now of the workable leases, of which it holds those in `held`: free ones
// up to its fair share, else, where another has two more than it, one of that one's.
std::vector<Lease> ChooseLeases(std::span<const Lease> workable, const LeaseWatch& watch,
                                const std::string& worker, const std::set<std::string>& held,
                                LeaseWatch::Time now);

}  // namespace cruddur::stream
