// Verifies AWS Signature Version 4 in the header form: what AWS's services do with a signed
// request.
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
  kIncomplete,      // the Authorization header isn't of the form: AWS's IncompleteSignature
  kScope,           // the credential is scoped to another day, region or service
  kHeaderUnsigned,  // Host or an X-Amz-* header isn't signed, or a signed one isn't there
  kDate,            // no single X-Amz-Date, or not a date
  kExpired,         // signed more than five minutes ago
  kNotYetCurrent,   // signed more than five minutes ahead
  kPayload,         // X-Amz-Content-Sha256 isn't the body's
  kMismatch,        // AWS's SignatureDoesNotMatch (or InvalidSignatureException)
};
std::string_view Describe(SigV4Fault fault);

// "AWS4-HMAC-SHA256 Credential=AKID/20150830/us-east-1/iam/aws4_request,
//  SignedHeaders=host;x-amz-date, Signature=…", taken apart.
struct SigV4Authorization {
  std::string access_key_id;
  SigV4Scope scope;
  std::vector<std::string> signed_headers;  // lower case, in order, none twice
  std::string signature;                    // 64 lower-case hexadecimal digits
};

// `value`: of the Authorization header. Bounded at 8 KiB.
std::expected<SigV4Authorization, SigV4Fault> ParseAuthorization(std::string_view value);

struct SigV4Expectation {
  std::string_view service;
  std::string_view region;  // empty: any
};

// Checks the request against the secret of `authorization.access_key_id`.
std::expected<void, SigV4Fault> VerifySigV4(const SigV4Request& request,
                                            const SigV4Authorization& authorization,
                                            std::string_view secret_access_key,
                                            const SigV4Expectation& expected, base::Micros now);

}  // namespace cruddur::auth
