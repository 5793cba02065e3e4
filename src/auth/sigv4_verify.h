// Verifies AWS Signature Version 4, in the header and the query form: what AWS's services do with a
// signed request.
//
// In two steps, because the secret is looked up by what the first one reads. Pure functions.
#pragma once

#include <expected>
#include <string>
#include <string_view>
#include <vector>

#include "auth/sigv4_canonical.h"
#include "base/clock.h"

namespace cruddur::auth {

// How far the request's time and ours may be apart.
inline constexpr std::chrono::minutes kSigV4Window{5};

enum class SigV4Fault {
  kIncomplete,      // not of the form: AWS's IncompleteSignature
  kScope,           // the credential is scoped to another day, region or service
  kHeaderUnsigned,  // Host or an X-Amz-* header isn't signed
  kDate,            // no single date, or not one: IncompleteSignature too
  kExpired,         // signed more than five minutes ago, or longer than the query says
  kNotYetCurrent,   // signed more than five minutes ahead
  kMismatch,        // AWS's SignatureDoesNotMatch (or InvalidSignatureException)
};
struct SigV4Failure {
  SigV4Fault fault;
  std::string message;  // AWS's text
};
template <class T>
using SigV4Result = std::expected<T, SigV4Failure>;

// What a signed request says of its signature. In a header:
// "AWS4-HMAC-SHA256 Credential=AKID/20150830/us-east-1/iam/aws4_request,
//  SignedHeaders=host;x-amz-date, Signature=…"
struct SigV4Authorization {
  std::string access_key_id;
  SigV4Scope scope;
  std::vector<std::string> signed_headers;  // lower case, in order, none twice
  std::string signature;
  std::string amz_date;
  std::string session_token;  // empty: none
  bool in_query = false;      // a presigned URL
};

struct SigV4Expectation {
  std::string_view service;
  std::string_view region;  // empty: any
};

// Reads the Authorization header, or the query where there is none, and checks all that needs no
// secret, in AWS's order: time, signed headers, algorithm, credential. Everything is bounded.
SigV4Result<SigV4Authorization> ReadSigV4(const SigV4Request& request,
                                          const SigV4Expectation& expected, base::Micros now);

// Checks the signature with the secret of `authorization.access_key_id`. The failure says, as AWS
// does, which texts should have been signed; there is no secret in them.
SigV4Result<void> VerifySigV4(const SigV4Request& request, const SigV4Authorization& authorization,
                              std::string_view secret_access_key);

}  // namespace cruddur::auth
