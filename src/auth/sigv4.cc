#include "auth/sigv4.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "auth/encoding.h"
#include "base/ascii.h"

namespace cruddur::auth {
namespace {

// Hop-by-hop headers, and those that middle boxes rewrite.
constexpr std::array<std::string_view, 11> kNotSigned = {
    "authorization", "connection", "expect",     "keep-alive",        "proxy-connection", "te",
    "trailer",       "upgrade",    "user-agent", "transfer-encoding", "x-amzn-trace-id",
};

}  // namespace

SigV4Signer::SigV4Signer(Credentials credentials, std::string region, std::string service)
    : credentials_(std::move(credentials)),
      region_(std::move(region)),
      service_(std::move(service)) {}

std::shared_ptr<const SigV4Signer::DayKey> SigV4Signer::KeyOf(std::string_view date) const {
  const std::lock_guard lock(mutex_);
  if (!day_ || day_->scope.date != date) {
    const SigV4Scope scope{std::string(date), region_, service_};
    day_ = std::make_shared<DayKey>(scope, SigningKey(credentials_.secret_access_key, scope));
  }
  return day_;
}

std::vector<std::pair<std::string, std::string>> SigV4Signer::Sign(const SigV4Request& request,
                                                                   base::Micros now) const {
  const std::string amz_date = FormatAmzDate(now);
  const auto day = KeyOf(std::string_view(amz_date).substr(0, 8));

  std::vector<HeaderField> headers(request.headers.begin(), request.headers.end());
  headers.emplace_back("X-Amz-Date", amz_date);
  if (!credentials_.session_token.empty()) {
    headers.emplace_back("X-Amz-Security-Token", credentials_.session_token);
  }
  std::vector<std::string> names;
  for (const auto& header : headers) names.push_back(base::LowerAscii(header.name));
  std::ranges::sort(names);
  const auto repeated = std::ranges::unique(names);
  names.erase(repeated.begin(), repeated.end());
  std::erase_if(names, [](const auto& name) {
    return std::ranges::find(kNotSigned, name) != kNotSigned.end();
  });

  SigV4Request complete = request;
  complete.headers = headers;
  const std::string text =
      StringToSign(CanonicalRequest(complete, service_, names), amz_date, day->scope);
  std::string authorization =
      fmt::format("{} Credential={}/{}, SignedHeaders={}, Signature={}", kSigV4Algorithm,
                  credentials_.access_key_id, day->scope.ToString(), fmt::join(names, ";"),
                  HexEncode(AsBytes(HmacSha256(AsBytes(day->key), text))));

  std::vector<std::pair<std::string, std::string>> added;
  added.emplace_back("X-Amz-Date", amz_date);
  if (!credentials_.session_token.empty()) {
    added.emplace_back("X-Amz-Security-Token", credentials_.session_token);
  }
  added.emplace_back("Authorization", std::move(authorization));
  return added;
}

}  // namespace cruddur::auth
