// The users of Cruddur, as the users database knows them.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "base/task.h"

namespace cruddur::accounts {

struct User {
  std::string uuid;  // lower case
  std::string display_name;
  std::string handle;  // as the user spelled it; unique whatever its case
  std::string email;
  std::string cognito_user_id;  // the `sub` of the user pool
  std::string created_at;       // as base/timestamp.h writes times

  bool operator==(const User&) const = default;
};

// The address of a user of whom no verified one is known: the column is never empty, and this
// domain is nobody's (RFC 2606).
std::string NoEmail(std::string_view uuid);
bool HasEmail(const User& user);

// Letters, digits, '_', '.' and '-', up to 64 of them: what the database takes for a handle.
bool IsHandle(std::string_view text);

inline constexpr size_t kMaxUuidsAtOnce = 256;
inline constexpr size_t kMostFound = 20;

// Look-ups. Thread-safe; never blocks the loop. nullopt: there is no such user. Whatever the text
// is, it is an ordinary question: no handle, uuid or id is an error. Errors are those of
// connection_pool.h.
class Users {
 public:
  virtual ~Users() = default;
  using Found = base::Task<base::Result<std::optional<User>>>;

  virtual Found FindByCognitoUserId(std::string cognito_user_id) = 0;
  virtual Found FindByHandle(std::string handle) = 0;  // in any case
  virtual Found FindByUuid(std::string uuid) = 0;      // in any case

  // Those that there are, in the order of the question. kInvalidArgument beyond kMaxUuidsAtOnce.
  virtual base::Task<base::Result<std::vector<User>>> FindByUuids(
      std::vector<std::string> uuids) = 0;

  // Whose handle begins with the text, by handle; then whose name does, by name. In any case; at
  // most kMostFound.
  virtual base::Task<base::Result<std::vector<User>>> Search(std::string beginning) = 0;

  // For whoever changes a user, with the names as they were: nothing that was read before is
  // answered from now on.
  virtual void Forget(const User&) {}
};

}  // namespace cruddur::accounts
