// Confirmation and recovery codes of the built-in user pool: six digits, kept as hashes
// under the pool's secret, good for one use. Blocking.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "accounts/pool_accounts.h"
#include "accounts/pool_operations.h"

namespace cruddur::accounts {

enum class CodePurpose { kSignUp, kPassword };  // good for 24 hours, for one

// Makes a new code, which replaces the last one, and hands it to the outbox. Does neither where too
// much mail has gone to the user's address (kSignUpMailLimit, kRecoveryMailLimit): to say so would
// tell whose it is.
base::Status SendCode(const PoolContext& context, Connection& connection, CodePurpose purpose,
                      const PoolUser& user);

// Too many wrong guesses make a code an expired one: see MissCode.
enum class CodeState { kWrong, kExpired, kUsed, kGood };
base::Result<CodeState> CheckCode(const PoolContext& context, Connection& connection,
                                  CodePurpose purpose, std::string_view sub, std::string_view code);

// Whether there is a code that could be guessed.
base::Result<bool> IsCodeLive(const PoolContext& context, Connection& connection,
                              CodePurpose purpose, std::string_view sub);

// A code was guessed wrongly: of this user (empty: nobody), or of one of those who signed up with
// the address and haven't confirmed it.
base::Status MissCode(Connection& connection, CodePurpose purpose, std::string_view sub,
                      std::string_view address);

// True for the one who uses it.
base::Result<bool> UseCode(const PoolContext& context, Connection& connection, CodePurpose purpose,
                           std::string_view sub, std::string_view code);

// {"CodeDeliveryDetails": …} for mail to `user`; null: for nobody, made up from the name.
std::string DeliveryAnswer(const PoolContext& context, std::string_view name, const PoolUser* user);
void WriteDelivery(json::Writer& writer, std::string_view email);

// Cognito's words.
inline std::unexpected<PoolError> WrongCode() {
  return RefusePool("CodeMismatchException",
                    "Invalid verification code provided, please try again.");
}
inline std::unexpected<PoolError> ExpiredCode() {
  return RefusePool("ExpiredCodeException", "Invalid code provided, please request a code again.");
}
inline std::unexpected<PoolError> TooManyAttempts(int seconds) {
  return RefusePool("LimitExceededException", "Attempt limit exceeded, please try after some time.",
                    seconds);
}

}  // namespace cruddur::accounts
