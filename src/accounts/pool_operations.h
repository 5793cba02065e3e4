// The operations of the built-in user pool: Amazon Cognito's, by its names.
//
// Each runs on one of the pool's own threads, with a connection to the users database, and blocks:
// hashing a password takes tens of milliseconds. Where an answer would tell a stranger whether a
// user exists, all of them are alike: what Cognito does with PreventUserExistenceErrors, and in the
// places where it tells nevertheless (docs/architecture.md).
#pragma once

#include <string>
#include <string_view>

#include "accounts/built_in_keys.h"
#include "accounts/database.h"
#include "accounts/outbox.h"
#include "accounts/pool_error.h"
#include "accounts/pool_request.h"
#include "accounts/revocations.h"
#include "accounts/token_verifier.h"
#include "base/clock.h"

namespace cruddur::accounts {

// What the operations work with. All of it is thread-safe and outlives them.
struct PoolContext {
  const BuiltInKeys& access_keys;
  const BuiltInKeys& id_keys;
  TokenVerifier& verifier;
  Revocations& revocations;
  Outbox& outbox;
  const base::Clock& clock;
  std::string secret;  // nobody else's; what is made up for unknown users follows from it
};

// The answer's JSON.
using PoolAnswer = PoolResult<std::string>;

struct PoolOperation {
  std::string_view name;  // "SignUp"
  PoolAnswer (*run)(const PoolContext&, Connection&, PoolRequest&);
  bool for_administrators = false;  // the request must be signed
  // Its answer must not tell by its time whether a user exists: of a refusal, or of any answer.
  bool slow_refusals = false, slow_answers = false;
};

// Null: there is no such operation.
const PoolOperation* FindPoolOperation(std::string_view name);

// Signing up and confirming it: pool_sign_up.cc.
PoolAnswer SignUp(const PoolContext&, Connection&, PoolRequest&);
PoolAnswer ConfirmSignUp(const PoolContext&, Connection&, PoolRequest&);
PoolAnswer ResendConfirmationCode(const PoolContext&, Connection&, PoolRequest&);

// Signing in: pool_sign_in.cc.
PoolAnswer InitiateAuth(const PoolContext&, Connection&, PoolRequest&);
PoolAnswer RespondToAuthChallenge(const PoolContext&, Connection&, PoolRequest&);

// Who is signed in: pool_signed_in.cc.
PoolAnswer GetUser(const PoolContext&, Connection&, PoolRequest&);
PoolAnswer ChangePassword(const PoolContext&, Connection&, PoolRequest&);
PoolAnswer GetTokensFromRefreshToken(const PoolContext&, Connection&, PoolRequest&);
PoolAnswer GlobalSignOut(const PoolContext&, Connection&, PoolRequest&);
PoolAnswer RevokeToken(const PoolContext&, Connection&, PoolRequest&);

// A forgotten password: pool_recovery.cc.
PoolAnswer ForgotPassword(const PoolContext&, Connection&, PoolRequest&);
PoolAnswer ConfirmForgotPassword(const PoolContext&, Connection&, PoolRequest&);

// For administrators: pool_admin.cc.
PoolAnswer ListUsers(const PoolContext&, Connection&, PoolRequest&);
PoolAnswer AdminCreateUser(const PoolContext&, Connection&, PoolRequest&);
PoolAnswer AdminSetUserPassword(const PoolContext&, Connection&, PoolRequest&);
PoolAnswer AdminGetUser(const PoolContext&, Connection&, PoolRequest&);
PoolAnswer AdminUserGlobalSignOut(const PoolContext&, Connection&, PoolRequest&);

}  // namespace cruddur::accounts
