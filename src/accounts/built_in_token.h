// Access tokens of the built-in user pool.
#pragma once

#include <chrono>
#include <string>
#include <string_view>

#include "accounts/built_in_keys.h"
#include "accounts/database.h"
#include "accounts/user_pool.h"
#include "base/clock.h"
#include "base/result.h"

namespace cruddur::accounts {

inline constexpr std::chrono::seconds kDefaultTokenLife{3600};  // as Cognito's
inline constexpr std::chrono::seconds kMaxTokenLife{366 * 24 * 3600};

// `origin_jti`: the sign-in; empty for a token that nothing but time can end.
// kInvalidArgument unless 0 < expires_in <= kMaxTokenLife.
base::Result<std::string> SignAccessToken(const BuiltInKeys& keys, const PoolUser& user,
                                          std::chrono::seconds expires_in, base::Micros now,
                                          std::string_view origin_jti = {});

// `cruddur token HANDLE`: a sign-in of the pool's user of that handle, who is made if need be from
// the row of `users` (kNotFound without one); DATA/keys is made too. Blocks.
base::Result<std::string> MintToken(const DatabaseOptions& options, const std::string& keys_folder,
                                    std::string_view handle, std::chrono::seconds expires_in,
                                    const base::Clock& clock);

}  // namespace cruddur::accounts
