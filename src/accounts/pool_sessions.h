// Sign-ins of the built-in user pool and the tokens that they give: an access token and an ID token
// for an hour, and a refresh token that gives new ones.
//
// A refresh token is "<sign-in's id>.<secret>". Each use gives the next one, which follows from it
// and the pool's secret; only hashes are stored. For a minute the one before is answered with the
// same next one, for whoever lost the answer; brought later it is taken for stolen and ends the
// sign-in. The sign-in ends 30 days after its beginning, whatever happens.
#pragma once

#include <string>
#include <string_view>

#include "accounts/pool_accounts.h"
#include "accounts/pool_operations.h"

namespace cruddur::accounts {

inline constexpr std::chrono::days kRefreshTokenLife{30};
inline constexpr std::chrono::seconds kRotationGrace{60};

// A new sign-in; the answer of InitiateAuth with its AuthenticationResult.
PoolAnswer StartSession(const PoolContext& context, Connection& connection,
                        const PoolAccount& account);

// With the next refresh token.
PoolAnswer RefreshSession(const PoolContext& context, Connection& connection,
                          std::string_view refresh_token);

// Ends the sign-in that the refresh token is of. One that is nobody's is no error.
PoolStatus EndSession(const PoolContext& context, Connection& connection,
                      std::string_view refresh_token);

// Ends all of the user's sign-ins: their access tokens are refused from now on.
base::Status EndSessionsOf(const PoolContext& context, Connection& connection,
                           std::string_view sub);

// At a start: the sign-ins that ended within the life of an access token.
base::Status LoadRevocations(const DatabaseOptions& options, const base::Clock& clock,
                             Revocations& revocations);

}  // namespace cruddur::accounts
