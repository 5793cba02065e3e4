#include "accounts/user_directory.h"

#include <unordered_map>

#include "base/ascii.h"

namespace cruddur::accounts {
namespace {

// The cache's keys: which name it is, and the name, lower-case where its case doesn't count.
std::string Key(char kind, std::string_view text, bool fold) {
  std::string key;
  key.reserve(text.size() + 1);
  key += kind;
  for (const char c : text) {
    key += fold ? base::LowerAscii(c) : c;
  }
  return key;
}

std::string CognitoKey(std::string_view text) { return Key('c', text, false); }
std::string HandleKey(std::string_view text) { return Key('h', text, true); }
std::string UuidKey(std::string_view text) { return Key('u', text, true); }

// Longer than any name that the database has: remembering those would let strangers fill the
// memory.
constexpr size_t kMaxKeyBytes = 1 + 128;

}  // namespace

UserDirectory::UserDirectory(Users& users, const base::Clock& clock, DirectoryOptions options)
    : users_(users), clock_(clock), options_(options), cache_(options.capacity) {}

UserDirectory::Found UserDirectory::ByCognitoUserId(std::string_view cognito_user_id) {
  return Look(CognitoKey(cognito_user_id), &Users::FindByCognitoUserId);
}
UserDirectory::Found UserDirectory::ByHandle(std::string_view handle) {
  return Look(HandleKey(handle), &Users::FindByHandle);
}
UserDirectory::Found UserDirectory::ByUuid(std::string_view uuid) {
  return Look(UuidKey(uuid), &Users::FindByUuid);
}

UserDirectory::Found UserDirectory::Look(std::string key, Find find) {
  Peeked peeked = Peek(key);
  if (peeked.state == State::kFresh) co_return std::move(peeked.user);

  const uint64_t forgets = forgets_.load();
  auto loaded = co_await (users_.*find)(key.substr(1));
  if (!loaded) {
    if (peeked.state == State::kStale) co_return std::move(peeked.user);
    co_return std::unexpected(std::move(loaded).error());
  }
  if (!*loaded) {
    if (forgets == forgets_.load()) Remember(key, nullptr);
    co_return nullptr;
  }
  auto user = std::make_shared<const User>(**std::move(loaded));
  if (forgets == forgets_.load()) RememberUser(user);
  co_return user;
}

base::Task<base::Result<std::vector<UserPtr>>> UserDirectory::ByUuids(
    std::vector<std::string> uuids) {
  std::unordered_map<std::string, UserPtr> known;  // by key; what is stale too, until it is loaded
  std::vector<std::string> missing;
  bool all_known = true;
  for (const auto& uuid : uuids) {
    std::string key = UuidKey(uuid);
    Peeked peeked = Peek(key);
    if (peeked.state != State::kFresh) missing.push_back(uuid);
    if (peeked.state == State::kAbsent) {
      all_known = false;
    } else {
      known.insert_or_assign(std::move(key), std::move(peeked.user));
    }
  }
  if (!missing.empty()) {
    const uint64_t forgets = forgets_.load();
    auto loaded = co_await users_.FindByUuids(missing);
    if (!loaded && !all_known) co_return std::unexpected(std::move(loaded).error());
    if (loaded) {
      for (const auto& uuid : missing) known[UuidKey(uuid)] = nullptr;
      for (User& user : *loaded) {
        auto shared = std::make_shared<const User>(std::move(user));
        if (forgets == forgets_.load()) RememberUser(shared);
        known[UuidKey(shared->uuid)] = std::move(shared);
      }
      for (const auto& uuid : missing) {
        const std::string key = UuidKey(uuid);
        if (!known[key] && forgets == forgets_.load()) Remember(key, nullptr);
      }
    }
  }
  std::vector<UserPtr> users;
  for (const auto& uuid : uuids) {
    if (const UserPtr& user = known[UuidKey(uuid)]) users.push_back(user);
  }
  co_return users;
}

void UserDirectory::Forget(const User& user) {
  users_.Forget(user);
  forgets_.fetch_add(1);
  for (const auto& key :
       {CognitoKey(user.cognito_user_id), HandleKey(user.handle), UuidKey(user.uuid)}) {
    cache_.Erase(HashedKey(key));
  }
}

UserDirectory::Peeked UserDirectory::Peek(std::string_view key) {
  Peeked peeked;
  const base::Micros now = clock_.Now();
  cache_.Visit(HashedKey(key), [&](Entry& entry) {
    // A clock that went back would otherwise keep an entry for as long.
    const bool fresh = now < entry.fresh_until && now >= entry.loaded_at;
    if (!fresh && !entry.user) return;  // that somebody was unknown once is worth nothing
    peeked.user = entry.user;
    if (fresh) {
      peeked.state = State::kFresh;
    } else {
      peeked.state = State::kStale;
      entry.loaded_at = now;
      entry.fresh_until = now + options_.renewal_time;
    }
  });
  return peeked;
}

void UserDirectory::Remember(std::string_view key, UserPtr user) {
  if (key.size() > kMaxKeyBytes) return;
  const base::Micros now = clock_.Now();
  const base::Micros until = now + (user ? options_.found_time : options_.unknown_time);
  cache_.Put(HashedKey(key), {std::move(user), now, until});
}

void UserDirectory::RememberUser(const UserPtr& user) {
  Remember(CognitoKey(user->cognito_user_id), user);
  Remember(HandleKey(user->handle), user);
  Remember(UuidKey(user->uuid), user);
}

}  // namespace cruddur::accounts
