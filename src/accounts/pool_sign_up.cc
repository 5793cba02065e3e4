// SignUp, ConfirmSignUp, ResendConfirmationCode.
#include <algorithm>

#include "accounts/pool_attempts.h"
#include "accounts/pool_attributes.h"
#include "accounts/pool_codes.h"
#include "accounts/pool_operations.h"
#include "accounts/sql.h"
#include "base/random.h"
#include "base/timestamp.h"

namespace cruddur::accounts {
namespace {

// Of those who signed up with one address and haven't confirmed it, how many may have a code
// checked or sent: more than the limits on mail let anybody make in the day that sign-ups live.
constexpr size_t kMostUnconfirmed = 200;
// To how many of them a code is sent again at once, the latest ones.
constexpr size_t kMostResent = 5;

std::unexpected<PoolError> NameExists() {
  return RefusePool("UsernameExistsException", "User already exists");
}

// Handles are public, so that one is taken may be said. That an address is, is not: mail tells it
// to its owner, and ConfirmSignUp to who has read that mail.
PoolStatus CheckNames(Connection& connection, const PoolUser& user, base::Micros now) {
  TRY(connection.Run(sql::kPoolUsersStaleDelete,
                     {base::FormatTimestamp(now - std::chrono::hours(24))}));
  for (const std::string& name : {user.username, user.preferred_username}) {
    // Ids are the pool's to give, also those that it made up: who could take one as a name would
    // know that it was nobody's.
    if (base::IsUuid(name) && name != user.sub) return NameExists();
    TRY_ASSIGN(const bool taken, IsNameTaken(connection, name));
    if (taken) return NameExists();
  }
  return {};
}

PoolAnswer Confirm(const PoolContext& context, Connection& connection, const PoolUser& user,
                   const Attempt& attempt, std::string_view code) {
  const auto confirmed =
      connection.Run(sql::kPoolUserConfirm, {user.sub, base::FormatTimestamp(context.clock.Now())});
  if (!confirmed && confirmed.error().code == base::ErrorCode::kAlreadyExists) {
    return RefusePool("AliasExistsException", "An account with the email already exists.");
  }
  if (!confirmed) return std::unexpected(confirmed.error());
  TRY(UseCode(context, connection, CodePurpose::kSignUp, user.sub, code));
  TRY(ForgetAttempts(connection, kSignUpCodeLimit, attempt));
  return "{}";
}

// Counts a guess against all who make one, where there is something to confirm. One too many is
// answered like a wrong one: that it counted would tell that somebody waits.
base::Result<bool> MayGuess(const PoolContext& context, Connection& connection,
                            const std::vector<PoolAccount>& candidates, const Attempt& attempt) {
  const bool waiting = std::ranges::any_of(candidates, [](const PoolAccount& candidate) {
    return candidate.user.status == "UNCONFIRMED";
  });
  if (!waiting) return true;
  TRY_ASSIGN(const int wait,
             CountOfSubject(connection, kSignUpCodeLimit, attempt, context.clock.Now()));
  return wait == 0;
}

}  // namespace

PoolAnswer SignUp(const PoolContext& context, Connection& connection, PoolRequest& request) {
  request.ClientId();
  const std::string username = request.Username();
  const std::string password = request.Password("Password");
  const auto attributes = request.Attributes("UserAttributes");
  TRY(request.Checked());
  TRY(CheckPassword(password));
  TRY_ASSIGN(PoolUser user, UserOf(username, attributes, false));
  const base::Micros now = context.clock.Now();
  user.status = "UNCONFIRMED";
  user.created_at = user.updated_at = base::FormatTimestamp(now);
  TRY(CheckNames(connection, user, now));
  TRY_ASSIGN(const int wait,
             CountAttempt(connection, kMailLimit, {user.email, request.client()}, now));
  if (wait > 0) return TooManyAttempts(wait);

  const PoolAccount account{user, StorePassword(user.sub, password)};
  TRY_ASSIGN(const bool inserted, InsertAccount(connection, account));
  if (!inserted) return NameExists();
  TRY(SendCode(context, connection, CodePurpose::kSignUp, user));
  std::string body;
  json::Writer writer(body);
  writer.BeginObject().Key("CodeDeliveryDetails");
  WriteDelivery(writer, user.email);
  writer.Key("UserConfirmed").Bool(false).Key("UserSub").String(user.sub).EndObject();
  return body;
}

PoolAnswer ConfirmSignUp(const PoolContext& context, Connection& connection, PoolRequest& request) {
  request.ClientId();
  const std::string name = request.Username();
  const std::string code = request.Code();
  TRY(request.Checked());
  TRY_ASSIGN(const auto named, FindAccount(connection, name));
  const Attempt attempt{AttemptSubject(name, named), request.client()};
  const base::Micros now = context.clock.Now();
  TRY_ASSIGN(const int wait, CountOfClient(connection, kSignUpCodeLimit, attempt, now));
  if (wait > 0) return TooManyAttempts(wait);
  TRY_ASSIGN(auto candidates, FindUnconfirmed(connection, name, kMostUnconfirmed));
  if (named) candidates.push_back(*named);
  TRY_ASSIGN(const bool may_guess, MayGuess(context, connection, candidates, attempt));
  if (!may_guess) return WrongCode();
  for (const PoolAccount& candidate : candidates) {
    const PoolUser& user = candidate.user;
    TRY_ASSIGN(const CodeState state,
               CheckCode(context, connection, CodePurpose::kSignUp, user.sub, code));
    if (state == CodeState::kWrong) continue;
    // Who has the code may know how things stand; nobody else.
    if (user.status != "UNCONFIRMED") {
      return NotAuthorized("User cannot be confirmed. Current status is " + user.status);
    }
    if (state != CodeState::kGood) return ExpiredCode();
    return Confirm(context, connection, user, attempt, code);
  }
  TRY(MissCode(connection, CodePurpose::kSignUp, named ? named->user.sub : "", name));
  return WrongCode();
}

PoolAnswer ResendConfirmationCode(const PoolContext& context, Connection& connection,
                                  PoolRequest& request) {
  request.ClientId();
  const std::string name = request.Username();
  TRY(request.Checked());
  TRY_ASSIGN(const auto named, FindAccount(connection, name));
  TRY_ASSIGN(const int wait,
             CountAttempt(connection, kMailLimit, {AttemptSubject(name, named), request.client()},
                          context.clock.Now()));
  if (wait > 0) return TooManyAttempts(wait);
  // Which of them is meant only the reader of the mail knows: it names the handle.
  TRY_ASSIGN(auto waiting, FindUnconfirmed(connection, name, kMostResent));
  if (named && named->user.status == "UNCONFIRMED") waiting.push_back(*named);
  for (const PoolAccount& account : waiting) {
    TRY(SendCode(context, connection, CodePurpose::kSignUp, account.user));
  }
  return DeliveryAnswer(context, name, named ? &named->user : nullptr);
}

}  // namespace cruddur::accounts
