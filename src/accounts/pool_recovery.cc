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

// Counts a guess against all who make one, where there is a code to guess. One too many is answered
// like a wrong one: that it counted would tell that there is a code, and so a user.
base::Result<bool> MayGuess(const PoolContext& context, Connection& connection,
                            std::string_view sub, const Attempt& attempt) {
  TRY_ASSIGN(const bool live, IsCodeLive(context, connection, CodePurpose::kPassword, sub));
  if (!live) return true;
  TRY_ASSIGN(const int wait,
             CountOfSubject(connection, kRecoveryCodeLimit, attempt, context.clock.Now()));
  return wait == 0;
}

}  // namespace

PoolAnswer ForgotPassword(const PoolContext& context, Connection& connection,
                          PoolRequest& request) {
  request.ClientId();
  const std::string name = request.Username();
  TRY(request.Checked());
  TRY_ASSIGN(const auto account, FindAccount(connection, name));
  TRY_ASSIGN(const int wait,
             CountAttempt(connection, kMailLimit, {AttemptSubject(name, account), request.client()},
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
  const Attempt attempt{AttemptSubject(name, account), request.client()};
  const base::Micros now = context.clock.Now();
  TRY_ASSIGN(const int wait, CountOfClient(connection, kRecoveryCodeLimit, attempt, now));
  if (wait > 0) return TooManyAttempts(wait);
  if (!account || !MayRecover(account->user)) return WrongCode();
  const std::string& sub = account->user.sub;
  TRY_ASSIGN(const bool may_guess, MayGuess(context, connection, sub, attempt));
  if (!may_guess) return WrongCode();
  TRY_ASSIGN(const CodeState state,
             CheckCode(context, connection, CodePurpose::kPassword, sub, code));
  if (state == CodeState::kWrong) {
    TRY(MissCode(connection, CodePurpose::kPassword, sub, ""));
    return WrongCode();
  }
  if (state != CodeState::kGood) return ExpiredCode();
  TRY_ASSIGN(const bool first, UseCode(context, connection, CodePurpose::kPassword, sub, code));
  if (!first) return ExpiredCode();
  TRY(SetPassword(connection, sub, StorePassword(sub, password), "CONFIRMED", now));
  // Whoever knew the old password is out.
  TRY(EndSessionsOf(context, connection, sub));
  TRY(ForgetAttempts(connection, kRecoveryCodeLimit, attempt));
  // By whatever name they were made: the account is its owner's again.
  for (const std::string& forgiven : {sub, account->user.email}) {
    TRY(ForgetAttempts(connection, kSignInLimit, {forgiven, request.client()}));
  }
  return "{}";
}

}  // namespace cruddur::accounts
