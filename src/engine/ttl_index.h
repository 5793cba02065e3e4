// The expiry index of a table with TTL: a row without a value for each item that will expire,
// sorted by that time, in the same batches as the items. So a sweep reads what has expired and
// nothing else. There is none where TTL is off.
//
//   keyspace(4) ~seconds(8) the item's key without its keyspace
//
// The seconds are complemented, since the items column family is sorted downwards: Next() goes to
// what expires later. See key_codec.h.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/clock.h"
#include "engine/key_codec.h"
#include "model/value.h"

namespace cruddur::engine {

// After which second since 1970 the item expires. Nothing where the attribute is missing, no
// Number, or beyond 64 bits; parts of a second don't count.
std::optional<int64_t> ExpiryOf(const model::Item& item, std::string_view attribute);

// Items that expired longer ago stay: AWS takes such a time for a mistake.
inline constexpr base::Micros kOldestExpiry = std::chrono::years(5);

// The seconds whose items are to go at `now`: from `first` up to `last`.
struct ExpiredSeconds {
  int64_t first = 0, last = 0;
};
ExpiredSeconds ExpiredAt(base::Micros now);

std::string ExpiryKey(KeyspaceId index, int64_t expiry, std::string_view item_key);
// REQUIRES: an ExpiryKey.
int64_t ExpiryOfKey(std::string_view key);
std::string ItemKeyOf(std::string_view expiry_key, KeyspaceId table);

// The rows of `first` and all later seconds. REQUIRES: first > 0.
KeyRange RangeOfExpiries(KeyspaceId index, int64_t first);

// How far the removal of expired items has come. Of the committer's thread only.
struct TtlProgress {
  int64_t earliest = 0;  // nothing that is still to be gone through expires before this second
  // The rows above it were gone through. What is left of them is tombstones, which are slow to
  // skip, and rows that no item answers to.
  std::string reached{"\xFF"};

  // To be told of every row that is added.
  void NoteAdded(std::string_view expiry_key);
};

}  // namespace cruddur::engine
