// ListUsers, AdminCreateUser, AdminSetUserPassword, AdminGetUser, AdminUserGlobalSignOut.
#include "accounts/built_in_user_pool.h"
#include "accounts/pool_attributes.h"
#include "accounts/pool_filter.h"
#include "accounts/pool_operations.h"
#include "accounts/pool_sessions.h"
#include "base/log.h"
#include "base/timestamp.h"

namespace cruddur::accounts {
namespace {

constexpr size_t kPageSize = 60;  // Cognito's largest

std::unexpected<PoolError> NoSuchUser() {
  return RefusePool("UserNotFoundException", "User does not exist.");
}

PoolResult<PoolAccount> Named(Connection& connection, std::string_view name) {
  TRY_ASSIGN(auto account, FindAccount(connection, name));
  if (!account) return NoSuchUser();
  return *std::move(account);
}

}  // namespace

PoolAnswer ListUsers(const PoolContext&, Connection& connection, PoolRequest& request) {
  request.PoolId();
  const auto limit = static_cast<size_t>(request.Number("Limit", 0, 60, kPageSize));
  std::string after =
      request.Optional({.member = "PaginationToken", .least = 1, .most = 128, .secret = true});
  const std::string filter_text = request.Optional({.member = "Filter", .most = 256});
  const std::vector<std::string> wanted = request.Texts("AttributesToGet");
  TRY(request.Checked());
  TRY_ASSIGN(const UserFilter filter, UserFilter::Parse(filter_text));
  if (!IsStorableText(after)) return InvalidParameter("Invalid pagination token.");

  // One more than asked for tells whether there is another page.
  const size_t size = limit == 0 ? kPageSize : limit;
  std::vector<PoolUser> found;
  do {
    TRY_ASSIGN(PoolPage page, ReadPoolPage(connection, after, kPageSize));
    for (PoolUser& user : page.users) {
      if (filter.Matches(user)) found.push_back(std::move(user));
    }
    after = std::move(page.next_token);
  } while (!after.empty() && found.size() <= size);
  const bool more = found.size() > size;
  if (more) found.resize(size);

  std::string body;
  json::Writer writer(body);
  writer.BeginObject().Key("Users").BeginArray();
  for (const PoolUser& user : found) WritePoolUser(writer, user, wanted);
  writer.EndArray();
  if (more) writer.Key("PaginationToken").String(found.back().sub);
  writer.EndObject();
  return body;
}

PoolAnswer AdminCreateUser(const PoolContext& context, Connection& connection,
                           PoolRequest& request) {
  request.PoolId();
  const std::string username = request.Username();
  const auto attributes = request.Attributes("UserAttributes");
  std::string password =
      request.Optional({.member = "TemporaryPassword", .least = 6, .most = 256, .secret = true});
  const std::string action = request.Optional({.member = "MessageAction", .most = 16});
  TRY(request.Checked());
  if (action == "RESEND") return InvalidParameter("MessageAction RESEND is not supported");
  TRY_ASSIGN(PoolUser user, UserOf(username, attributes, true));
  if (password.empty()) password = NewPassword();
  TRY(CheckPassword(password));
  user.status = "FORCE_CHANGE_PASSWORD";
  user.created_at = user.updated_at = base::FormatTimestamp(context.clock.Now());
  for (const std::string& name : {user.username, user.preferred_username}) {
    TRY_ASSIGN(const bool taken, IsNameTaken(connection, name));
    if (taken) return RefusePool("UsernameExistsException", "User account already exists");
  }
  TRY_ASSIGN(const bool inserted,
             InsertAccount(connection, {user, StorePassword(user.sub, password)}));
  if (!inserted) {
    return RefusePool("UsernameExistsException", "An account with the email already exists.");
  }
  if (action != "SUPPRESS") {
    const auto delivered = context.outbox.Deliver({.kind = MailKind::kInvitation,
                                                   .to = user.email,
                                                   .username = user.username,
                                                   .handle = user.preferred_username,
                                                   .secret = password});
    if (!delivered) {
      base::Log(base::LogLevel::kError, "an invitation was not delivered",
                {{"reason", delivered.error().message}});
      return RefusePool("CodeDeliveryFailureException", "The invitation could not be delivered");
    }
  }
  std::string body;
  json::Writer writer(body);
  writer.BeginObject().Key("User");
  WritePoolUser(writer, user);
  writer.EndObject();
  return body;
}

PoolAnswer AdminSetUserPassword(const PoolContext& context, Connection& connection,
                                PoolRequest& request) {
  request.PoolId();
  const std::string name = request.Username();
  const std::string password = request.Password("Password");
  const bool permanent = request.Flag("Permanent");
  TRY(request.Checked());
  TRY(CheckPassword(password));
  TRY_ASSIGN(const PoolAccount account, Named(connection, name));
  const std::string& sub = account.user.sub;
  TRY(SetPassword(connection, sub, StorePassword(sub, password),
                  permanent ? "CONFIRMED" : "FORCE_CHANGE_PASSWORD", context.clock.Now()));
  TRY(EndSessionsOf(context, connection, sub));
  return "{}";
}

PoolAnswer AdminGetUser(const PoolContext&, Connection& connection, PoolRequest& request) {
  request.PoolId();
  const std::string name = request.Username();
  TRY(request.Checked());
  TRY_ASSIGN(const PoolAccount account, Named(connection, name));
  std::string body;
  json::Writer writer(body);
  writer.BeginObject().Key("Username").String(account.user.username).Key("UserAttributes");
  WriteAttributes(writer, account.user);
  WritePoolUserState(writer, account.user);
  writer.EndObject();
  return body;
}

PoolAnswer AdminUserGlobalSignOut(const PoolContext& context, Connection& connection,
                                  PoolRequest& request) {
  request.PoolId();
  const std::string name = request.Username();
  TRY(request.Checked());
  TRY_ASSIGN(const PoolAccount account, Named(connection, name));
  TRY(EndSessionsOf(context, connection, account.user.sub));
  return "{}";
}

}  // namespace cruddur::accounts
