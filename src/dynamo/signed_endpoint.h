// One DynamoDB endpoint: signs, sends, sends again, and tells errors apart. What EndpointClient's
// operations stand on.
#pragma once

#include <chrono>
#include <string>
#include <string_view>

#include "auth/sigv4.h"
#include "base/backoff.h"
#include "base/clock.h"
#include "model/error.h"
#include "net/client.h"

namespace cruddur::dynamo {

struct RetryPolicy {
  std::chrono::milliseconds attempt_time;  // of an attempt that another may follow
  int max_attempts;
};

class SignedEndpoint {
 public:
  // `target_prefix`: "DynamoDB_20120810". `clock` must outlive the endpoint.
  SignedEndpoint(net::Origin origin, net::ClientOptions options, auth::Credentials credentials,
                 std::string region, std::string target_prefix, RetryPolicy policy,
                 const base::Clock& clock);

  // The body of a 200 answer. `repeatable`: the request may reach the store twice.
  base::Task<model::DbResult<std::string>> Call(std::string_view operation, std::string body,
                                                bool repeatable, base::Backoff& backoff);

 private:
  struct Attempt;
  base::Task<Attempt> TryOnce(net::ClientRequest& request, std::chrono::milliseconds time);
  void Sign(net::ClientRequest& request, std::string_view payload_hash) const;

  net::HttpClient http_;
  const auth::SigV4Signer signer_;
  const std::string host_, target_prefix_;
  const RetryPolicy policy_;
  const base::Clock& clock_;
};

}  // namespace cruddur::dynamo
