#include "accounts/pool_operations.h"

#include <algorithm>

namespace cruddur::accounts {

const PoolOperation* FindPoolOperation(std::string_view name) {
  static constexpr PoolOperation kOperations[] = {
      {"SignUp", SignUp},
      {"ConfirmSignUp", ConfirmSignUp, false, true},
      {"ResendConfirmationCode", ResendConfirmationCode, false, true, true},
      {"InitiateAuth", InitiateAuth, false, true},
      {"RespondToAuthChallenge", RespondToAuthChallenge, false, true},
      {"GetUser", GetUser},
      {"ChangePassword", ChangePassword},
      {"GetTokensFromRefreshToken", GetTokensFromRefreshToken},
      {"GlobalSignOut", GlobalSignOut},
      {"RevokeToken", RevokeToken},
      {"ForgotPassword", ForgotPassword, false, true, true},
      {"ConfirmForgotPassword", ConfirmForgotPassword, false, true},
      {"ListUsers", ListUsers, true},
      {"AdminCreateUser", AdminCreateUser, true},
      {"AdminSetUserPassword", AdminSetUserPassword, true},
      {"AdminGetUser", AdminGetUser, true},
      {"AdminUserGlobalSignOut", AdminUserGlobalSignOut, true},
  };
  const auto* found = std::ranges::find(kOperations, name, &PoolOperation::name);
  return found == std::end(kOperations) ? nullptr : found;
}

}  // namespace cruddur::accounts
