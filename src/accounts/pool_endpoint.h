// The built-in user pool on the wire: Amazon Cognito's JSON 1.1 protocol, POST / with
// X-Amz-Target: AWSCognitoIdentityProviderService.<Operation>, and the documents below /<pool id>/.
#pragma once

#include <chrono>
#include <memory>
#include <string>

#include "accounts/address_limiter.h"
#include "accounts/connection_pool.h"
#include "accounts/pool_operations.h"
#include "accounts/pool_watch.h"
#include "auth/credentials.h"
#include "base/result.h"
#include "base/task.h"
#include "net/http.h"

namespace cruddur::accounts {

struct PoolEndpointOptions {
  std::string keys_folder;
  // An answer that could tell by its time whether a user exists takes at least this long.
  std::chrono::milliseconds slow_answer{250};
  double requests_per_second = 5;  // of an address; 0: no limit
  double burst = 60;
};

// Thread-safe. What it is given must outlive it.
class PoolEndpoint {
 public:
  // `database` is read for its options only: the operations have connections and threads of their
  // own, so that hashing passwords holds up nobody's look-ups. Makes what is missing in the folder
  // of keys, and watches what other processes do to the pool (pool_watch.h).
  static base::Result<std::unique_ptr<PoolEndpoint>> Open(const DatabaseOptions& database,
                                                          BuiltInKeys& access_keys,
                                                          TokenVerifier& verifier,
                                                          Revocations& revocations, Outbox& outbox,
                                                          const base::Clock& clock,
                                                          PoolEndpointOptions options);

  base::Task<void> Handle(const net::Request& request, net::Response& response);

  // /<pool id>/.well-known/jwks.json: the keys of access and of ID tokens.
  std::string Jwks() const;
  // /<pool id>/.well-known/openid-configuration.
  static std::string OpenIdConfiguration();

  void Stop();  // before the loops end

 private:
  PoolEndpoint(DatabaseOptions database, PoolContext context, std::unique_ptr<BuiltInKeys> id_keys,
               auth::Credentials administrator, BuiltInKeys& access_keys, Revocations& revocations,
               PoolEndpointOptions options);

  base::Task<PoolAnswer> Answer(const PoolOperation& operation, const net::Request& request);
  PoolStatus Admit(const PoolOperation& operation, const net::Request& request);

  const std::unique_ptr<BuiltInKeys> id_keys_;
  const PoolContext context_;
  const auth::Credentials administrator_;
  const PoolEndpointOptions options_;
  AddressLimiter limiter_;
  PoolWatch watch_;
  ConnectionPool connections_;
};

}  // namespace cruddur::accounts
