#include "accounts/built_in_user_pool.h"

#include "accounts/database_users.h"
#include "accounts/sql.h"
#include "base/timestamp.h"

namespace cruddur::accounts {

PoolUser ReadPoolUser(const Rows& rows, size_t row) {
  return {.sub = rows.Text(row, 0),
          .username = rows.Text(row, 1),
          .preferred_username = rows.Text(row, 2),
          .email = rows.Text(row, 3),
          .email_verified = rows.Text(row, 4) == "1",
          .enabled = rows.Text(row, 5) == "1",
          .status = rows.Text(row, 6),
          .created_at = rows.Text(row, 7),
          .updated_at = rows.Text(row, 8),
          .name = rows.Text(row, 9)};
}

base::Result<PoolPage> ReadPoolPage(Connection& connection, const std::string& after, size_t size) {
  // One more than the page holds says whether there is another one.
  TRY_ASSIGN(const Rows rows,
             connection.Run(sql::kPoolUsersPage, {after, std::to_string(size + 1)}));
  PoolPage page;
  for (size_t row = 0; row < rows.size() && row < size; ++row) {
    page.users.push_back(ReadPoolUser(rows, row));
  }
  if (rows.size() > size) page.next_token = page.users.back().sub;
  return page;
}

base::Task<base::Result<PoolPage>> BuiltInUserPool::ListUsers(std::string pagination_token) {
  std::move_only_function<base::Result<PoolPage>(Connection&)> work =
      [after = std::move(pagination_token), size = page_size_](Connection& connection) {
        return ReadPoolPage(connection, after, size);
      };
  co_return co_await pool_.Run<PoolPage>(Access::kRead, std::move(work));
}

base::Result<std::optional<PoolUser>> FindPoolUser(Connection& connection,
                                                   std::string_view handle) {
  if (!IsHandle(handle)) return std::nullopt;
  TRY_ASSIGN(const Rows rows, connection.Run(sql::kPoolUserByHandle, {handle}));
  if (rows.empty()) return std::nullopt;
  return ReadPoolUser(rows, 0);
}

base::Result<PoolUser> EnsurePoolUser(Connection& connection, std::string_view handle,
                                      base::Micros now) {
  TRY_ASSIGN(auto found, FindPoolUser(connection, handle));
  if (found) return *std::move(found);
  TRY_ASSIGN(const auto user, FindUserByHandle(connection, handle));
  if (!user) {
    return base::Fail(base::ErrorCode::kNotFound,
                      "no user has the handle '" + std::string(handle) + "'");
  }
  TRY(connection.Run(sql::kPoolUserInsertFromUser, {handle, base::FormatTimestamp(now)}));
  TRY_ASSIGN(found, FindPoolUser(connection, handle));
  if (found) return *std::move(found);
  return base::Fail(base::ErrorCode::kAlreadyExists,
                    "another user of the pool has the id or the email of '" + user->handle + "'");
}

}  // namespace cruddur::accounts
