#include "messaging/newest_times.h"

namespace cruddur::messaging {

NewestTimes::Found NewestTimes::Find(std::string_view conversation) {
  if (!exact_.load()) return {};
  Entry entry = entries_.PutIfAbsent(conversation, Entry{.watch = ++last_watch_});
  if (entry.known) return {.newest = std::move(entry.newest)};
  return {.watch = entry.watch};
}

void NewestTimes::Learn(std::string_view conversation, uint64_t watch, std::string_view newest) {
  entries_.Update(conversation, [&](Entry& entry) {
    if (entry.watch != watch) return;  // forgotten meanwhile, and watched anew by somebody else
    if (entry.newest < newest) entry.newest = newest;
    entry.known = true;
  });
}

void NewestTimes::Stored(std::string_view conversation, std::string_view sort_key) {
  entries_.Update(conversation, [&](Entry& entry) {
    if (entry.newest < sort_key) entry.newest = sort_key;
  });
}

void NewestTimes::SetExact(bool exact) {
  if (!exact) exact_.store(false);
  entries_.Clear();
  if (exact) exact_.store(true);
}

}  // namespace cruddur::messaging
