#include "accounts/pool_administrator.h"

#include <fmt/format.h>

#include <array>
#include <span>
#include <vector>

#include "auth/digest.h"
#include "auth/encoding.h"
#include "auth/private_file.h"
#include "auth/sigv4_verify.h"
#include "base/random.h"

namespace cruddur::accounts {
namespace {

std::string RandomText(size_t bytes) {
  std::string random(bytes, '\0');
  base::RandomBytes(std::as_writable_bytes(std::span(random)));
  return random;
}

std::unexpected<PoolError> RefuseSignature(const auth::SigV4Failure& failure) {
  using enum auth::SigV4Fault;
  const bool incomplete = failure.fault == kIncomplete || failure.fault == kDate;
  return RefusePool(incomplete ? "IncompleteSignatureException" : "InvalidSignatureException",
                    failure.message);
}

}  // namespace

base::Result<auth::Credentials> PoolAdministrator(const std::string& folder) {
  const std::string path = folder + "/admin-credentials";
  TRY_ASSIGN(const std::string text, auth::ReadOrCreatePrivateFile(path, [] {
               return fmt::format("[default]\naws_access_key_id = {}\naws_secret_access_key = {}\n",
                                  base::NewRequestId().substr(0, 20),
                                  auth::Base64UrlEncode(RandomText(30)));
             }));
  auto credentials = auth::ParseCredentialsFile(text, "default");
  if (!credentials) credentials.error().message = path + ": " + credentials.error().message;
  return credentials;
}

base::Result<std::string> PoolSecret(const std::string& folder) {
  return auth::ReadOrCreatePrivateFile(folder + "/pool-secret", [] { return RandomText(32); });
}

PoolStatus CheckAdministrator(const net::Request& request, const auth::Credentials& administrator,
                              base::Micros now) {
  if (!request.Header("authorization") &&
      request.query.find("X-Amz-Algorithm") == std::string_view::npos) {
    return RefusePool("MissingAuthenticationTokenException", "Missing Authentication Token");
  }
  std::vector<auth::HeaderField> headers;
  for (const net::HeaderView& header : request.headers) {
    headers.push_back({header.name, header.value});
  }
  const std::string payload_hash = auth::HexSha256(request.body);
  const auth::SigV4Request read{.method = request.method,
                                .path = request.path,
                                .query = request.query,
                                .headers = headers,
                                .payload_hash = payload_hash};
  const auto authorization = auth::ReadSigV4(read, {.service = "cognito-idp", .region = ""}, now);
  if (!authorization) return RefuseSignature(authorization.error());
  if (!auth::ConstantTimeEqual(authorization->access_key_id, administrator.access_key_id) ||
      !authorization->session_token.empty()) {
    return RefusePool("UnrecognizedClientException",
                      "The security token included in the request is invalid.");
  }
  const auto verified = auth::VerifySigV4(read, *authorization, administrator.secret_access_key);
  if (!verified) return RefuseSignature(verified.error());
  return {};
}

}  // namespace cruddur::accounts
