// Patterns A and B: the pages of a conversation and of the conversation list, over all of history.
// Thread-safe.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <unordered_set>
#include <vector>

#include "base/result.h"
#include "messaging/people.h"
#include "messaging/store.h"

namespace cruddur::messaging {

inline constexpr size_t kDefaultPage = 20;
inline constexpr size_t kMaxPage = 100;

// Neither cursor: the newest page. At most one of them.
struct PageRequest {
  size_t limit = kDefaultPage;  // 1 to kMaxPage
  std::string before, after;    // cursors that a Page gave
};

// Cursors are empty where there is nothing to ask for.
template <class T>
struct Page {
  std::vector<T> items;
  std::string older;  // for `before`: what lies behind this page in time
  std::string newer;  // for `after`: what comes; also what will only be written later
};

class Reader {
 public:
  Reader(Store& store, People& people) : store_(store), people_(people) {}

  // Errors: kInvalidArgument for a cursor that isn't one of this list, kUnavailable, kInternal.
  // Messages come oldest first, conversations newest first, names as they are today.
  Task<base::Result<Page<Message>>> Messages(std::string_view conversation, PageRequest request);
  Task<base::Result<Page<ConversationRow>>> Conversations(std::string_view user,
                                                          PageRequest request);

 private:
  struct Range {
    Store::Slice slice;  // newest first
    std::string older, newer;
  };
  Task<base::Result<Range>> Read(std::string partition, const PageRequest& request);
  // Rows that a crash left behind: a newer one of the same conversation was on an earlier page.
  Task<base::Result<std::unordered_set<std::string>>> Leftovers(
      const std::vector<ConversationRow>& rows);
  Task<void> Rename(std::vector<Person*> people);

  Store& store_;
  People& people_;
};

}  // namespace cruddur::messaging
