// A user pool: who may sign in, as Amazon Cognito keeps it. The built-in one is in
// built_in_user_pool.h; a real one answers the same questions over HTTPS.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "base/result.h"
#include "base/task.h"
#include "json/writer.h"

namespace cruddur::accounts {

// Cognito's UserType. Times as base/timestamp.h writes them.
struct PoolUser {
  std::string sub;
  std::string username;
  std::string preferred_username;  // the handle; empty if there is none
  std::string email;
  bool email_verified = false;
  bool enabled = true;
  std::string status;  // CONFIRMED, …
  std::string created_at;
  std::string updated_at;
  std::string name;  // empty if there is none

  bool operator==(const PoolUser&) const = default;
};

struct PoolPage {
  std::vector<PoolUser> users;
  std::string next_token;  // for the next page; empty: this was the last one
};

// Thread-safe; never blocks the loop.
class UserPool {
 public:
  virtual ~UserPool() = default;

  // `pagination_token`: empty for the first page. Pages come in a stable order.
  virtual base::Task<base::Result<PoolPage>> ListUsers(std::string pagination_token) = 0;
};

// Every page. A pool that gives the same page again and again is an error, not an endless loop.
base::Task<base::Result<std::vector<PoolUser>>> ListAllUsers(UserPool& pool);

// The names and values that Cognito shows of a user, in its order.
std::vector<std::pair<std::string, std::string>> AttributesOf(const PoolUser& user);
// [{"Name":…,"Value":…},…], those in `only` or, where that is empty, all.
void WriteAttributes(json::Writer& writer, const PoolUser& user,
                     const std::vector<std::string>& only = {});

// As ListUsers of the Cognito API writes a user:
// {"Username":…,"Attributes":[{"Name":…,"Value":…},…],
// "UserCreateDate":<seconds>,"UserLastModifiedDate":<seconds>,"Enabled":…,"UserStatus":…}.
void WritePoolUser(json::Writer& writer, const PoolUser& user,
                   const std::vector<std::string>& only = {});
// The members but for the name and the attributes, in an object that is open: AdminGetUser has the
// same ones.
void WritePoolUserState(json::Writer& writer, const PoolUser& user);

}  // namespace cruddur::accounts
