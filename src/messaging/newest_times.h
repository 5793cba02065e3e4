// The sort key of each busy conversation's newest message, so that a writer needn't ask the store
// for it.
//
// Exact only where every commit of the table is told here before its writer is answered: in
// process, while the table has a stream. Then what is known counts every message that was
// acknowledged before. Elsewhere nothing is known, and writers ask. Bounded; thread-safe.
#pragma once

#include <atomic>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "cache/generations.h"

namespace cruddur::messaging {

class NewestTimes {
 public:
  explicit NewestTimes(size_t capacity) : entries_(capacity) {}

  struct Found {
    std::optional<std::string> newest;  // empty string: the conversation has no message
    uint64_t watch = 0;                 // where nothing is known: for Learn
  };
  // Where the answer is that nothing is known, the conversation is watched from now on.
  Found Find(std::string_view conversation);
  // What the store answered to a question asked after the Find that gave `watch`.
  void Learn(std::string_view conversation, uint64_t watch, std::string_view newest);

  // A commit stored a message, or deleted one: then the store has to be asked again.
  void Stored(std::string_view conversation, std::string_view sort_key);
  void Deleted(std::string_view conversation) { entries_.Erase(conversation); }

  // Forgets all, and knows anything only while `exact`: every commit is told here.
  void SetExact(bool exact);

 private:
  struct Entry {
    uint64_t watch = 0;
    bool known = false;  // false: `newest` counts only what was stored since the watch began
    std::string newest;
  };

  cache::Generations<Entry> entries_;
  std::atomic<bool> exact_{false};
  std::atomic<uint64_t> last_watch_{0};
};

}  // namespace cruddur::messaging
