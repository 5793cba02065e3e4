// Who may read and write a conversation, looked up once and remembered.
//
// Thread-safe. Members of a conversation never change (groups that do come later), so what is
// remembered is right until the table is replaced or a record deleted: Clear and Forget are for
// that. Nothing is remembered of conversations that don't exist, nor what was read before one of
// those calls and comes after it. Of those who ask for the same conversation at the same time one
// reads the store.
#pragma once

#include <atomic>
#include <memory>
#include <string_view>

#include "cache/cache.h"
#include "cache/generations.h"
#include "cache/shared_loads.h"
#include "messaging/store.h"

namespace cruddur::messaging {

// As it was when it was looked up: only what never changes is meant.
using KnownPtr = std::shared_ptr<const Conversation>;

class Memberships {
 public:
  // `cache` is one that other processes share, for conversations that have a record; null: none.
  Memberships(Store& store, size_t capacity, cache::Cache* cache = nullptr)
      : store_(store), cache_(cache), known_(capacity) {}

  // Null: it doesn't exist or isn't theirs, which nobody is told apart. Conversations without a
  // record, which older code wrote, are known by their rows.
  Task<base::Result<KnownPtr>> Find(std::string_view conversation, std::string_view user);

  // From memory alone; null where it isn't remembered or isn't theirs.
  KnownPtr FindRemembered(std::string_view conversation, std::string_view user);

  // Taken before the record is read that is to be remembered.
  uint64_t epoch() const { return epoch_.load(); }
  // What is remembered already stays; answered is what the caller may use.
  KnownPtr Remember(Conversation record, uint64_t epoch);
  // Instead of what is remembered.
  KnownPtr Replace(Conversation record, uint64_t epoch);
  void Forget(std::string_view conversation);
  void Clear();

 private:
  void ForgetIfLate(std::string_view conversation, uint64_t epoch);
  // The record, or what the rows of older code amount to; no members: nobody has such a one.
  Task<base::Result<Conversation>> Load(std::string_view conversation, std::string_view user);
  // The record, from the cache where that has it; null: there is none.
  Task<base::Result<cache::Bytes>> LoadRecord(std::string conversation);

  Store& store_;
  cache::Cache* const cache_;
  cache::SharedLoads loads_;
  cache::Generations<KnownPtr> known_;
  std::atomic<uint64_t> epoch_{0};  // moved on before anything is forgotten
};

// The record that rows of older code amount to: their members, by whose row it is and by whom it
// names as the other person. No members: there are no rows.
Conversation RecordFromRows(std::string_view conversation,
                            const std::vector<ConversationRow>& rows);

}  // namespace cruddur::messaging
