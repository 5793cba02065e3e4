// The canonical form of an HTTP request that AWS Signature Version 4 signs ("Create a signed AWS
// API request" in the IAM user guide). Signer and verifier share it. Pure functions.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "auth/digest.h"
#include "base/clock.h"
#include "base/result.h"

namespace cruddur::auth {

struct HeaderField {
  std::string_view name;  // in any case
  std::string_view value;
};

// A request as it goes over the wire.
struct SigV4Request {
  std::string_view method = "GET";
  std::string_view path = "/";  // percent-encoded, before '?'
  std::string_view query;       // percent-encoded, after '?'
  std::span<const HeaderField> headers;
  std::string_view payload_hash;  // HexSha256 of the body
};

inline constexpr std::string_view kSigV4Algorithm = "AWS4-HMAC-SHA256";

// What a signing key is good for: "20150830/us-east-1/iam/aws4_request".
struct SigV4Scope {
  std::string date;  // 20150830
  std::string region;
  std::string service;

  std::string ToString() const;
};

// Every service but S3 wants the path without dot segments and doubled slashes, and encoded once
// more; S3 takes it as it stands.
std::string CanonicalPath(std::string_view path, std::string_view service);

// %XX decoded. A broken escape stands for itself, as it does for AWS's own signers.
std::string UriDecode(std::string_view text);

// Parameters decoded, encoded again in AWS's way, sorted by name and then by value.
std::string CanonicalQuery(std::string_view query);

// `signed_headers`: lower-case names in order. A name that the request hasn't gives an empty value.
std::string CanonicalRequest(const SigV4Request& request, std::string_view service,
                             std::span<const std::string> signed_headers);

// The text that the signature is made over.
std::string StringToSign(std::string_view canonical_request, std::string_view amz_date,
                         const SigV4Scope& scope);

Digest SigningKey(std::string_view secret_access_key, const SigV4Scope& scope);

// "20150830T123600Z", the form of X-Amz-Date. Years 0000 to 9999.
std::string FormatAmzDate(base::Micros time);
base::Result<base::Micros> ParseAmzDate(std::string_view text);

}  // namespace cruddur::auth
