#include "auth/sigv4_verify.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <optional>

#include "auth/encoding.h"
#include "base/ascii.h"

namespace cruddur::auth {
namespace {

constexpr size_t kMaxClaimBytes = 8 * 1024;
constexpr size_t kMaxEchoedBytes = 1024;
constexpr size_t kMaxSignedHeaders = 64;
constexpr int64_t kMaxExpires = 7 * 24 * 3600;  // seconds

std::unexpected<SigV4Failure> Fail(SigV4Fault fault, std::string message) {
  return std::unexpected(SigV4Failure{fault, std::move(message)});
}

std::string_view Trim(std::string_view text) {
  while (text.starts_with(' ')) text.remove_prefix(1);
  while (text.ends_with(' ')) text.remove_suffix(1);
  return text;
}

std::string_view Echo(std::string_view text) { return text.substr(0, kMaxEchoedBytes); }

std::vector<std::string_view> Split(std::string_view text, char by, size_t limit) {
  std::vector<std::string_view> parts;
  for (size_t at = 0; at <= text.size() && parts.size() <= limit;) {
    const size_t end = std::min(text.find(by, at), text.size());
    parts.push_back(text.substr(at, end - at));
    at = end + 1;
  }
  return parts;
}

// The header's value; nullopt if it isn't there exactly once.
std::optional<std::string_view> Single(const SigV4Request& request, std::string_view lower) {
  std::optional<std::string_view> value;
  for (const auto& header : request.headers) {
    if (base::LowerAscii(header.name) != lower) continue;
    if (value) return std::nullopt;
    value = Trim(header.value);
  }
  return value;
}

// The texts that both forms carry, as they stand.
struct Claim {
  std::string algorithm, credential, signed_headers, signature, date, token, expires;
  bool in_query = false;
};

SigV4Result<Claim> ReadHeader(const SigV4Request& request, std::string_view value) {
  Claim out;
  out.algorithm = value.substr(0, value.find(' '));
  value.remove_prefix(out.algorithm.size());
  for (const auto part : Split(value, ',', 16)) {
    const auto text = Trim(part);
    if (text.empty()) continue;
    const size_t equals = text.find('=');
    if (equals == text.npos) {
      return Fail(SigV4Fault::kIncomplete,
                  fmt::format("'{}' not a valid key=value pair (missing equal-sign) in "
                              "Authorization header: '{}'.",
                              Echo(text), Echo(value)));
    }
    const auto name = text.substr(0, equals);
    if (name == "Credential") out.credential = text.substr(equals + 1);
    if (name == "SignedHeaders") out.signed_headers = text.substr(equals + 1);
    if (name == "Signature") out.signature = text.substr(equals + 1);
  }
  auto date = Single(request, "x-amz-date");
  if (!date) date = Single(request, "date");
  out.date = date.value_or("");
  out.token = Single(request, "x-amz-security-token").value_or("");
  return out;
}

Claim ReadQuery(std::string_view query) {
  Claim out;
  out.in_query = true;
  for (const auto part : Split(query, '&', 256)) {
    const size_t equals = std::min(part.find('='), part.size());
    const auto name = part.substr(0, equals);
    const std::string value = UriDecode(part.substr(std::min(equals + 1, part.size())));
    if (name == "X-Amz-Algorithm") out.algorithm = value;
    if (name == "X-Amz-Credential") out.credential = value;
    if (name == "X-Amz-SignedHeaders") out.signed_headers = value;
    if (name == "X-Amz-Signature") out.signature = value;
    if (name == "X-Amz-Date") out.date = value;
    if (name == "X-Amz-Security-Token") out.token = value;
    if (name == "X-Amz-Expires") out.expires = value;
  }
  return out;
}

SigV4Result<void> CheckTime(const Claim& claim, base::Micros now) {
  const auto signed_at = ParseAmzDate(claim.date);
  if (!signed_at) {
    return Fail(SigV4Fault::kDate,
                fmt::format("Date must be in ISO-8601 'basic format'. Got '{}'. See "
                            "http://en.wikipedia.org/wiki/ISO_8601",
                            Echo(claim.date)));
  }
  std::chrono::seconds life = kSigV4Window;
  if (!claim.expires.empty()) {
    int64_t seconds = 0;
    const auto [end, error] =
        std::from_chars(claim.expires.data(), claim.expires.data() + claim.expires.size(), seconds);
    if (error != std::errc() || *end != '\0' || seconds < 0 || seconds > kMaxExpires) {
      return Fail(SigV4Fault::kIncomplete,
                  "X-Amz-Expires must be a number of seconds of at most a week");
    }
    life = std::chrono::seconds(seconds);
  }
  const auto span = [](std::chrono::seconds time) {
    return time.count() % 60 == 0 ? fmt::format("{} min.", time.count() / 60)
                                  : fmt::format("{} sec.", time.count());
  };
  if (*signed_at < now - life) {
    return Fail(SigV4Fault::kExpired,
                fmt::format("Signature expired: {} is now earlier than {} ({} - {})", claim.date,
                            FormatAmzDate(now - life), FormatAmzDate(now), span(life)));
  }
  if (*signed_at > now + kSigV4Window) {
    return Fail(
        SigV4Fault::kNotYetCurrent,
        fmt::format("Signature not yet current: {} is still later than {} ({} + {})", claim.date,
                    FormatAmzDate(now + kSigV4Window), FormatAmzDate(now), span(kSigV4Window)));
  }
  return {};
}

// Everything that decides what the request means must be under the signature.
SigV4Result<void> CheckSignedHeaders(const SigV4Request& request,
                                     const std::vector<std::string>& signed_headers) {
  if (!std::ranges::binary_search(signed_headers, "host")) {
    return Fail(SigV4Fault::kHeaderUnsigned,
                "'Host' or ':authority' must be a 'SignedHeader' in the AWS Authorization.");
  }
  for (const auto& header : request.headers) {
    const std::string name = base::LowerAscii(header.name);
    if (name.starts_with("x-amz-") && !std::ranges::binary_search(signed_headers, name)) {
      return Fail(SigV4Fault::kHeaderUnsigned,
                  fmt::format("'{}' must be a 'SignedHeader' in the AWS Authorization.",
                              Echo(header.name)));
    }
  }
  return {};
}

SigV4Result<void> ReadCredential(const Claim& claim, const SigV4Expectation& expected,
                                 SigV4Authorization& out) {
  const auto parts = Split(claim.credential, '/', 5);
  if (parts.size() != 5) {
    return Fail(SigV4Fault::kIncomplete,
                fmt::format("Credential must have exactly 5 slash-delimited elements, e.g. "
                            "keyid/date/region/service/term, got '{}'",
                            Echo(claim.credential)));
  }
  out.access_key_id = parts[0];
  out.scope = {std::string(parts[1]), std::string(parts[2]), std::string(parts[3])};
  std::string wrong;
  if (!expected.region.empty() && out.scope.region != expected.region) {
    wrong += "Credential should be scoped to a valid region. ";
  }
  if (out.scope.service != expected.service) {
    wrong +=
        fmt::format("Credential should be scoped to correct service: '{}'. ", expected.service);
  }
  if (parts[4] != "aws4_request") {
    wrong += fmt::format(
        "Credential should be scoped with a valid terminator: 'aws4_request', "
        "not '{}'. ",
        Echo(parts[4]));
  }
  if (out.scope.date != out.amz_date.substr(0, 8)) {
    wrong += fmt::format(
        "Date in Credential scope does not match YYYYMMDD from ISO-8601 version "
        "of date from HTTP: '{}' != '{}', from '{}'.",
        Echo(out.scope.date), out.amz_date.substr(0, 8), out.amz_date);
  }
  if (!wrong.empty()) return Fail(SigV4Fault::kScope, std::move(wrong));
  return {};
}

// The query without the signature itself.
std::string SignedQuery(std::string_view query) {
  std::string out;
  for (const auto part : Split(query, '&', query.size())) {
    if (part.starts_with("X-Amz-Signature=") || part.empty()) continue;
    if (!out.empty()) out += '&';
    out += part;
  }
  return out;
}

}  // namespace

SigV4Result<SigV4Authorization> ReadSigV4(const SigV4Request& request,
                                          const SigV4Expectation& expected, base::Micros now) {
  const auto header = Single(request, "authorization");
  if ((header ? header->size() : request.query.size()) > kMaxClaimBytes) {
    return Fail(SigV4Fault::kIncomplete, "The authorization is too long");
  }
  SigV4Result<Claim> claim = header ? ReadHeader(request, *header) : ReadQuery(request.query);
  if (!claim) return std::unexpected(std::move(claim).error());
  if (auto status = CheckTime(*claim, now); !status) return std::unexpected(status.error());

  SigV4Authorization out;
  out.in_query = claim->in_query;
  out.amz_date = std::move(claim->date);
  out.session_token = std::move(claim->token);
  out.signature = std::move(claim->signature);
  for (const auto name : Split(claim->signed_headers, ';', kMaxSignedHeaders)) {
    out.signed_headers.push_back(base::LowerAscii(name));
  }
  if (out.signed_headers.size() > kMaxSignedHeaders) {
    return Fail(SigV4Fault::kIncomplete, "There are too many signed headers");
  }
  // Another order would be another canonical request: the signature is over this one.
  std::ranges::sort(out.signed_headers);
  const auto twice = std::ranges::unique(out.signed_headers);
  out.signed_headers.erase(twice.begin(), twice.end());
  if (auto status = CheckSignedHeaders(request, out.signed_headers); !status) {
    return std::unexpected(status.error());
  }
  if (claim->algorithm != kSigV4Algorithm) {
    return Fail(SigV4Fault::kIncomplete,
                fmt::format("Unsupported AWS 'algorithm': '{}' (only AWS4-HMAC-SHA256 for now). ",
                            Echo(claim->algorithm)));
  }
  if (auto status = ReadCredential(*claim, expected, out); !status) {
    return std::unexpected(status.error());
  }
  return out;
}

SigV4Result<void> VerifySigV4(const SigV4Request& request, const SigV4Authorization& authorization,
                              std::string_view secret_access_key) {
  SigV4Request canonical = request;
  const std::string query = authorization.in_query ? SignedQuery(request.query) : std::string();
  if (authorization.in_query) canonical.query = query;
  const SigV4Scope& scope = authorization.scope;
  const std::string text = CanonicalRequest(canonical, scope.service, authorization.signed_headers);
  const std::string to_sign = StringToSign(text, authorization.amz_date, scope);
  const Digest key = SigningKey(secret_access_key, scope);
  bool good = ConstantTimeEqual(HexEncode(AsBytes(HmacSha256(AsBytes(key), to_sign))),
                                authorization.signature);
  // A hash that was sent along is the body's, or the request was put together from two.
  for (const auto& header : request.headers) {
    good = good && (base::LowerAscii(header.name) != "x-amz-content-sha256" ||
                    Trim(header.value) == request.payload_hash);
  }
  if (good) return {};
  return Fail(SigV4Fault::kMismatch,
              fmt::format("The request signature we calculated does not match the signature you "
                          "provided. Check your AWS Secret Access Key and signing method. Consult "
                          "the service documentation for details.\n\nThe Canonical String for "
                          "this request should have been\n'{}'\n\nThe String-to-Sign should have "
                          "been\n'{}'\n",
                          text, to_sign));
}

}  // namespace cruddur::auth
