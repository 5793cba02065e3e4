// Sign-ins of the built-in user pool and the tokens that they give: an access token and an ID token
// for an hour, and a refresh token that gives new ones.
//
// For a minute a refresh token that was replaced is answered with the same next one, for whoever
// lost the answer; brought later, or an older one, it is taken for stolen and ends the sign-in. The
// sign-in ends 30 days after its beginning, whatever happens.
#pragma once

#include <string>
#include <string_view>

#include "accounts/pool_accounts.h"
#include "accounts/pool_operations.h"

namespace cruddur::accounts {

inline constexpr std::chrono::days kRefreshTokenLife{30};
inline constexpr std::chrono::seconds kRotationGrace{60};

// A new sign-in; the answer of InitiateAuth with its AuthenticationResult. `account` has the
// password that was shown: NotAuthorizedException where that isn't the user's any more.
PoolAnswer StartSession(const PoolContext& context, Connection& connection,
                        const PoolAccount& account);

// kRotate: with the next refresh token, and the one that was brought is replaced.
enum class Rotation { kRotate, kKeep };
PoolAnswer RefreshSession(const PoolContext& context, Connection& connection,
                          std::string_view refresh_token, Rotation rotation);

// Ends the sign-in that the refresh token is of. One that is nobody's is no error.
PoolStatus EndSession(const PoolContext& context, Connection& connection,
                      std::string_view refresh_token);

// Ends all of the user's sign-ins: their access tokens are refused from now on.
base::Status EndSessionsOf(const PoolContext& context, Connection& connection,
                           std::string_view sub);

// Reads the sign-ins that ended after `since`, in whatever process, and those whose tokens outlive
// the usual hour and are alive at `now`.
base::Status ReadRevocations(Connection& connection, base::Micros since, base::Micros now,
                             Revocations& revocations);

}  // namespace cruddur::accounts
