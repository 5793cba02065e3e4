// An Amazon Cognito user pool, or whatever speaks its API: over HTTPS, signed.
#pragma once

#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "accounts/user_pool.h"
#include "auth/credentials.h"
#include "auth/sigv4.h"
#include "base/backoff.h"
#include "base/clock.h"
#include "net/client.h"

namespace cruddur::accounts {

struct CognitoSettings {
  std::string pool_id;       // "us-east-1_Example"
  std::string endpoint_url;  // empty: Amazon's endpoint of the pool's region
  std::string issuer;        // of the pool's tokens; empty: <endpoint>/<pool id>
  std::optional<auth::Credentials> credentials;  // ListUsers needs them
  // For one page of a command's list, pauses included.
  std::chrono::milliseconds deadline{30'000};
  // For GetUser, the same: a request waits for it.
  std::chrono::milliseconds user_deadline{2'000};
};

// Thread-safe. A request that is throttled, or whose answer doesn't come, is made again with
// growing pauses until the deadline. Errors: kUnavailable (nobody answers, or throttles on),
// kPermissionDenied (Cognito refuses us, in its words), kNotFound (no such pool), kInternal (an
// answer that isn't Cognito's).
class CognitoUserPool final : public UserPool {
 public:
  // kInvalidArgument for an id or a URL that can't be. `clock` must outlive the pool.
  static base::Result<std::unique_ptr<CognitoUserPool>> Create(CognitoSettings settings,
                                                               const base::Clock& clock);

  base::Task<base::Result<PoolPage>> ListUsers(std::string pagination_token) override;

  // GetUser: whose access token it is; nullopt where Cognito refuses it. Isn't signed.
  base::Task<base::Result<std::optional<PoolUser>>> GetUser(std::string access_token);

  // The `iss` of the pool's tokens.
  const std::string& issuer() const { return settings_.issuer; }
  const net::Origin& origin() const { return http_.origin(); }
  // Where its keys are: "/<pool id>/.well-known/jwks.json".
  std::string keys_path() const;

 private:
  CognitoUserPool(CognitoSettings settings, net::Origin origin, std::string region,
                  const base::Clock& clock);
  enum class Signing { kSigned, kPlain };

  struct Attempt {
    base::Result<std::string> body;
    bool transient = false;
  };
  base::Task<base::Result<std::string>> Call(std::string_view operation, std::string body,
                                             Signing signing, std::chrono::milliseconds deadline);
  base::Task<Attempt> TryOnce(const net::ClientRequest& unsigned_request, Signing signing,
                              std::chrono::milliseconds time);

  const CognitoSettings settings_;
  net::HttpClient http_;
  const std::unique_ptr<const auth::SigV4Signer> signer_;  // null: no credentials
  const base::Clock& clock_;
};

}  // namespace cruddur::accounts
