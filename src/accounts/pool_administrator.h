// Who may administer the built-in user pool: whoever signs with the key pair in
// DATA/keys/admin-credentials, a file of the form and for the use of the AWS tools
// (AWS_SHARED_CREDENTIALS_FILE).
#pragma once

#include <string>

#include "accounts/pool_error.h"
#include "auth/credentials.h"
#include "base/clock.h"
#include "base/result.h"
#include "net/http.h"

namespace cruddur::accounts {

// The pair in `folder`, made (mode 0600) if there is none.
base::Result<auth::Credentials> PoolAdministrator(const std::string& folder);

// 32 random bytes in `folder`, made (mode 0600) if there are none: see PoolContext::secret.
base::Result<std::string> PoolSecret(const std::string& folder);

// Checks the request's SigV4 signature for the service cognito-idp, in any region. Refusals are
// AWS's.
PoolStatus CheckAdministrator(const net::Request& request, const auth::Credentials& administrator,
                              base::Micros now);

}  // namespace cruddur::accounts
