// ForgotPassword, ConfirmForgotPassword.
#include "accounts/pool_attempts.h"
#include "accounts/pool_codes.h"
#include "accounts/pool_operations.h"
#include "accounts/pool_sessions.h"

namespace cruddur::accounts {
namespace {

bool MayRecover(const PoolUser& user) {
  return user.enabled && user.email_verified &&
         (user.status == "CONFIRMED" || user.status == "RESET_REQUIRED");
}

}  // namespace

PoolAnswer ForgotPassword(const PoolContext& context, Connection& connection,
                          PoolRequest& request) {
  request.ClientId();
  const std::string name = request.Username();
  TRY(request.Checked());
  TRY_ASSIGN(const auto account, FindAccount(connection, name));
  TRY_ASSIGN(const int wait, CountAttempt(connection, kMailLimit, AttemptSubject(name, account),
                                          context.clock.Now()));
  if (wait > 0) return TooManyAttempts(wait);
  if (account && MayRecover(account->user)) {
    TRY(SendCode(context, connection, CodePurpose::kPassword, account->user));
  }
  return DeliveryAnswer(context, name, account ? &account->user : nullptr);
}

PoolAnswer ConfirmForgotPassword(const PoolContext& context, Connection& connection,
                                 PoolRequest& request) {
  request.ClientId();
  const std::string name = request.Username();
  const std::string code = request.Code();
  const std::string password = request.Password("Password");
  TRY(request.Checked());
  TRY(CheckPassword(password));
  TRY_ASSIGN(const auto account, FindAccount(connection, name));
  const std::string subject = AttemptSubject(name, account);
  TRY_ASSIGN(const int wait, CountAttempt(connection, kCodeLimit, subject, context.clock.Now()));
  if (wait > 0) return TooManyAttempts(wait);
  if (!account || !MayRecover(account->user)) return WrongCode();
  const std::string& sub = account->user.sub;
  TRY_ASSIGN(const CodeState state,
             CheckCode(context, connection, CodePurpose::kPassword, sub, code));
  if (state == CodeState::kWrong) {
    TRY(MissCode(connection, CodePurpose::kPassword, sub, ""));
    return WrongCode();
  }
  if (state != CodeState::kGood) return ExpiredCode();
  TRY_ASSIGN(const bool first, UseCode(context, connection, CodePurpose::kPassword, sub, code));
  if (!first) return ExpiredCode();
  TRY(SetPassword(connection, sub, StorePassword(sub, password), "CONFIRMED", context.clock.Now()));
  // Whoever knew the old password is out.
  TRY(EndSessionsOf(context, connection, sub));
  TRY(ForgetAttempts(connection, kCodeLimit, subject));
  // By whatever name they were made: the account is its owner's again.
  for (const std::string& forgiven : {sub, account->user.email}) {
    TRY(ForgetAttempts(connection, kSignInLimit, forgiven));
  }
  return "{}";
}

}  // namespace cruddur::accounts
