#include "auth/sigv4_verify.h"

#include <algorithm>
#include <array>
#include <optional>
#include <utility>

#include "auth/encoding.h"
#include "base/ascii.h"

namespace cruddur::auth {
namespace {

using Fault = std::unexpected<SigV4Fault>;

constexpr size_t kMaxAuthorizationBytes = 8 * 1024;
constexpr size_t kMaxSignedHeaders = 64;

std::string_view Trim(std::string_view text) {
  while (text.starts_with(' ')) text.remove_prefix(1);
  while (text.ends_with(' ')) text.remove_suffix(1);
  return text;
}

std::vector<std::string_view> Split(std::string_view text, char by, size_t limit) {
  std::vector<std::string_view> parts;
  for (size_t at = 0; at <= text.size() && parts.size() <= limit;) {
    const size_t end = std::min(text.find(by, at), text.size());
    parts.push_back(text.substr(at, end - at));
    at = end + 1;
  }
  return parts;
}

bool ReadCredential(std::string_view text, SigV4Authorization& out) {
  const auto parts = Split(text, '/', 5);
  if (parts.size() != 5 || parts[4] != "aws4_request") return false;
  if (std::ranges::any_of(parts, &std::string_view::empty)) return false;
  out.access_key_id = parts[0];
  out.scope = {std::string(parts[1]), std::string(parts[2]), std::string(parts[3])};
  return true;
}

// Names in strictly rising order: another order would be another canonical request, and a name that
// comes twice would be taken twice.
bool ReadSignedHeaders(std::string_view text, SigV4Authorization& out) {
  const auto names = Split(text, ';', kMaxSignedHeaders);
  if (names.size() > kMaxSignedHeaders) return false;
  for (const auto name : names) {
    if (name.empty() || name != base::LowerAscii(name)) return false;
    if (!out.signed_headers.empty() && out.signed_headers.back() >= name) return false;
    out.signed_headers.emplace_back(name);
  }
  return true;
}

bool ReadSignature(std::string_view text, SigV4Authorization& out) {
  const bool hex = std::ranges::all_of(
      text, [](char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'); });
  if (text.size() != 64 || !hex) return false;
  out.signature = text;
  return true;
}

// Everything that decides what the request means must be under the signature, and what is under it
// must be there.
bool CoversWhatCounts(const SigV4Request& request, const std::vector<std::string>& signed_headers) {
  std::vector<std::string> present;
  for (const auto& header : request.headers) {
    std::string name = base::LowerAscii(header.name);
    if ((name == "host" || name.starts_with("x-amz-")) &&
        !std::ranges::binary_search(signed_headers, name)) {
      return false;
    }
    present.push_back(std::move(name));
  }
  return std::ranges::binary_search(signed_headers, "host") &&
         std::ranges::all_of(signed_headers, [&](const auto& name) {
           return std::ranges::find(present, name) != present.end();
         });
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

}  // namespace

std::string_view Describe(SigV4Fault fault) {
  static constexpr std::array<std::string_view, 8> kTexts = {
      "authorization header is incomplete",
      "credential is scoped to something else",
      "a header that counts is not signed",
      "no valid X-Amz-Date",
      "signature expired",
      "signature not yet current",
      "payload hash does not match",
      "signature does not match",
  };
  return kTexts[std::to_underlying(fault)];
}

std::expected<SigV4Authorization, SigV4Fault> ParseAuthorization(std::string_view value) {
  if (value.size() > kMaxAuthorizationBytes || !value.starts_with(kSigV4Algorithm) ||
      !value.substr(kSigV4Algorithm.size()).starts_with(' ')) {
    return Fault(SigV4Fault::kIncomplete);
  }
  value.remove_prefix(kSigV4Algorithm.size() + 1);
  const auto parts = Split(value, ',', 3);
  if (parts.size() != 3) return Fault(SigV4Fault::kIncomplete);

  // AWS takes the three in any order, each once.
  SigV4Authorization out;
  bool credential = false, headers = false, signature = false;
  for (const auto part : parts) {
    const auto text = Trim(part);
    const size_t equals = std::min(text.find('='), text.size());
    const auto name = text.substr(0, equals);
    const auto content = text.substr(std::min(equals + 1, text.size()));
    const auto once = [](bool& seen) { return !std::exchange(seen, true); };
    const bool good =
        (name == "Credential" && once(credential) && ReadCredential(content, out)) ||
        (name == "SignedHeaders" && once(headers) && ReadSignedHeaders(content, out)) ||
        (name == "Signature" && once(signature) && ReadSignature(content, out));
    if (!good) return Fault(SigV4Fault::kIncomplete);
  }
  return out;
}

std::expected<void, SigV4Fault> VerifySigV4(const SigV4Request& request,
                                            const SigV4Authorization& authorization,
                                            std::string_view secret_access_key,
                                            const SigV4Expectation& expected, base::Micros now) {
  const SigV4Scope& scope = authorization.scope;
  const auto amz_date = Single(request, "x-amz-date");
  if (!amz_date) return Fault(SigV4Fault::kDate);
  const auto signed_at = ParseAmzDate(*amz_date);
  if (!signed_at) return Fault(SigV4Fault::kDate);
  if (scope.date != amz_date->substr(0, 8) || scope.service != expected.service ||
      (!expected.region.empty() && scope.region != expected.region)) {
    return Fault(SigV4Fault::kScope);
  }
  if (*signed_at < now - kSigV4Window) return Fault(SigV4Fault::kExpired);
  if (*signed_at > now + kSigV4Window) return Fault(SigV4Fault::kNotYetCurrent);
  if (!CoversWhatCounts(request, authorization.signed_headers)) {
    return Fault(SigV4Fault::kHeaderUnsigned);
  }
  for (const auto& header : request.headers) {
    if (base::LowerAscii(header.name) == "x-amz-content-sha256" &&
        Trim(header.value) != request.payload_hash) {
      return Fault(SigV4Fault::kPayload);
    }
  }

  const std::string text = StringToSign(
      CanonicalRequest(request, scope.service, authorization.signed_headers), *amz_date, scope);
  const Digest key = SigningKey(secret_access_key, scope);
  if (!ConstantTimeEqual(HexEncode(AsBytes(HmacSha256(AsBytes(key), text))),
                         authorization.signature)) {
    return Fault(SigV4Fault::kMismatch);
  }
  return {};
}

}  // namespace cruddur::auth
