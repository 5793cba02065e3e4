#include "stream/lease_taking.h"

#include <algorithm>
#include <functional>
#include <utility>

namespace cruddur::stream {
namespace {

// Another order for each worker, so that they don't all want the same one first.
void Shuffle(std::vector<Lease>& leases, const std::string& worker) {
  std::ranges::sort(leases, {}, [&](const Lease& lease) {
    return std::pair(std::hash<std::string>()(worker + lease.key), lease.key);
  });
}

}  // namespace

void LeaseWatch::See(std::span<const Lease> leases, Time now) {
  std::map<std::string, Seen, std::less<>> seen;
  for (const Lease& lease : leases) {
    const auto before = seen_.find(lease.key);
    const bool same = before != seen_.end() && before->second.counter == lease.counter;
    seen[lease.key] = {lease.counter, same ? before->second.since : now};
  }
  seen_ = std::move(seen);
}

bool LeaseWatch::IsFree(const Lease& lease, Time now) const {
  return lease.owner.empty() || now - seen_.at(lease.key).since >= lease_time_;
}

std::vector<Lease> Workable(std::span<const Lease> leases) {
  std::set<std::string_view> unfinished;
  std::string_view oldest;  // the stream; ARNs of one table's end in the times of their creation
  for (const Lease& lease : leases) {
    if (lease.finished() || lease.of_table()) continue;
    unfinished.insert(lease.key);
    if (oldest.empty() || lease.stream_arn < oldest) oldest = lease.stream_arn;
  }
  std::vector<Lease> workable;
  for (const Lease& lease : leases) {
    if (lease.finished()) continue;
    if (!lease.of_table()) {
      if (lease.stream_arn != oldest) continue;
      if (!lease.parent_shard_id.empty() &&
          unfinished.contains(LeaseKeyOfShard(lease.stream_arn, lease.parent_shard_id))) {
        continue;
      }
    }
    workable.push_back(lease);
  }
  return workable;
}

std::vector<Lease> ChooseLeases(std::span<const Lease> workable, const LeaseWatch& watch,
                                const std::string& worker, const std::set<std::string>& held,
                                LeaseWatch::Time now) {
  std::map<std::string, std::vector<Lease>> of_others;
  std::vector<Lease> free;
  size_t mine = 0;
  for (const Lease& lease : workable) {
    if (held.contains(lease.key)) {
      ++mine;
    } else if (lease.owner == worker || watch.IsFree(lease, now)) {
      free.push_back(lease);  // ours without being held: the answer to taking it was lost
    } else {
      of_others[lease.owner].push_back(lease);
    }
  }
  const size_t workers = of_others.size() + 1;
  const size_t share = (workable.size() + workers - 1) / workers;
  Shuffle(free, worker);
  if (!free.empty()) {
    free.resize(std::min(free.size(), share - std::min(share, mine)));
    return free;
  }
  const auto most = std::ranges::max_element(of_others, {},
                                             [](const auto& other) { return other.second.size(); });
  if (most == of_others.end() || most->second.size() < mine + 2) return {};
  Shuffle(most->second, worker);
  return {most->second.front()};
}

}  // namespace cruddur::stream
