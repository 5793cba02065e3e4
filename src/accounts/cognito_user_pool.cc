#include "accounts/cognito_user_pool.h"

#include <algorithm>
#include <iterator>
#include <utility>
#include <vector>

#include "auth/digest.h"
#include "base/ascii.h"
#include "base/timestamp.h"
#include "json/reader.h"
#include "json/writer.h"

namespace cruddur::accounts {
namespace {

using base::ErrorCode;

// What Cognito says of itself when it could do what it was asked for, only not now.
constexpr std::string_view kTransientErrors[] = {
    "TooManyRequestsException", "ThrottlingException",    "Throttling",     "RequestLimitExceeded",
    "ServiceUnavailable",       "InternalErrorException", "InternalFailure"};

std::string TextOf(json::Element element, std::string_view name) {
  std::string_view text;
  if (element[name].get(text)) return {};
  return std::string(text);
}

std::string TimeOf(json::Element element, std::string_view name) {
  double seconds = 0;
  if (element[name].get(seconds)) return {};
  return base::FormatTimestamp(
      std::chrono::duration_cast<base::Micros>(std::chrono::duration<double>(seconds)));
}

void ReadAttribute(PoolUser& user, std::string_view name, const std::string& value) {
  if (name == "sub") user.sub = value;
  if (name == "email") user.email = value;
  if (name == "name") user.name = value;
  if (name == "preferred_username") user.preferred_username = value;
  if (name == "email_verified") user.email_verified = base::LowerAscii(value) == "true";
}

base::Result<PoolUser> ReadUser(json::Element element) {
  PoolUser user{.username = TextOf(element, "Username"),
                .status = TextOf(element, "UserStatus"),
                .created_at = TimeOf(element, "UserCreateDate"),
                .updated_at = TimeOf(element, "UserLastModifiedDate")};
  if (bool enabled = true; !element["Enabled"].get(enabled)) user.enabled = enabled;
  json::Array attributes;
  if (element["Attributes"].get(attributes) && element["UserAttributes"].get(attributes)) {
    return base::Fail(ErrorCode::kInternal, "a user of the pool has no attributes");
  }
  for (const json::Element attribute : attributes) {
    ReadAttribute(user, TextOf(attribute, "Name"), TextOf(attribute, "Value"));
  }
  if (user.sub.empty()) {
    return base::Fail(ErrorCode::kInternal, "a user of the pool has no sub");
  }
  return user;
}

base::Result<PoolPage> ReadPage(std::string_view body) {
  json::Document document;
  TRY_ASSIGN(const json::Element root, document.Parse(body));
  json::Array users;
  if (root["Users"].get(users)) {
    return base::Fail(ErrorCode::kInternal, "the user pool's answer holds no users");
  }
  PoolPage page;
  for (const json::Element element : users) {
    TRY_ASSIGN(PoolUser user, ReadUser(element));
    page.users.push_back(std::move(user));
  }
  page.next_token = TextOf(root, "PaginationToken");
  return page;
}

// Cognito's error, and whether the same request may succeed later.
std::pair<base::Error, bool> ReadError(const net::ClientResponse& response) {
  std::string type, message;
  json::Document document;
  if (const auto root = document.Parse(response.body); root) {
    type = TextOf(*root, "__type");
    message = TextOf(*root, "message");
    if (message.empty()) message = TextOf(*root, "Message");
  }
  // "com.amazonaws…#NotAuthorizedException": older services say it so.
  type = type.substr(type.rfind('#') + 1);
  if (type.empty()) type = "HTTP status " + std::to_string(response.status);
  const bool transient = response.status >= 500 || response.status == 429 ||
                         std::ranges::find(kTransientErrors, type) != std::end(kTransientErrors);
  auto code = ErrorCode::kPermissionDenied;
  if (type == "ResourceNotFoundException") code = ErrorCode::kNotFound;
  if (transient) code = ErrorCode::kUnavailable;
  return {{code, "the user pool answers " + type + (message.empty() ? "" : ": " + message)},
          transient};
}

}  // namespace

base::Result<std::unique_ptr<CognitoUserPool>> CognitoUserPool::Create(CognitoSettings settings,
                                                                       const base::Clock& clock) {
  const size_t mark = settings.pool_id.find('_');
  if (mark == 0 || mark == std::string::npos || mark + 1 == settings.pool_id.size()) {
    return base::Fail(ErrorCode::kInvalidArgument,
                      "'" + settings.pool_id + "' is no user pool's id: <region>_<name>");
  }
  std::string region = settings.pool_id.substr(0, mark);
  const std::string url = settings.endpoint_url.empty()
                              ? "https://cognito-idp." + region + ".amazonaws.com"
                              : settings.endpoint_url;
  TRY_ASSIGN(auto origin, net::Origin::Parse(url));
  if (settings.issuer.empty()) {
    settings.issuer = url.substr(0, url.find_last_not_of('/') + 1) + "/" + settings.pool_id;
  }
  return std::unique_ptr<CognitoUserPool>(
      new CognitoUserPool(std::move(settings), std::move(origin), std::move(region), clock));
}

CognitoUserPool::CognitoUserPool(CognitoSettings settings, net::Origin origin, std::string region,
                                 const base::Clock& clock)
    : settings_(std::move(settings)),
      http_(std::move(origin)),
      signer_(settings_.credentials ? std::make_unique<const auth::SigV4Signer>(
                                          *settings_.credentials, std::move(region), "cognito-idp")
                                    : nullptr),
      clock_(clock) {}

base::Task<base::Result<PoolPage>> CognitoUserPool::ListUsers(std::string pagination_token) {
  std::string body;
  json::Writer writer(body);
  writer.BeginObject().Key("UserPoolId").String(settings_.pool_id).Key("Limit").Int(60);
  if (!pagination_token.empty()) writer.Key("PaginationToken").String(pagination_token);
  writer.EndObject();
  CO_TRY_ASSIGN(const std::string answer,
                co_await Call("ListUsers", std::move(body), Signing::kSigned, settings_.deadline));
  co_return ReadPage(answer);
}

base::Task<base::Result<std::optional<PoolUser>>> CognitoUserPool::GetUser(
    std::string access_token) {
  std::string body;
  json::Writer(body).BeginObject().Key("AccessToken").String(access_token).EndObject();
  auto answer = co_await Call("GetUser", std::move(body), Signing::kPlain, settings_.user_deadline);
  if (!answer && answer.error().code == ErrorCode::kPermissionDenied) co_return std::nullopt;
  if (!answer) co_return std::unexpected(std::move(answer).error());
  json::Document document;
  CO_TRY_ASSIGN(const json::Element root, document.Parse(*answer));
  CO_TRY_ASSIGN(PoolUser user, ReadUser(root));
  co_return user;
}

std::string CognitoUserPool::keys_path() const {
  return "/" + settings_.pool_id + "/.well-known/jwks.json";
}

base::Task<base::Result<std::string>> CognitoUserPool::Call(std::string_view operation,
                                                            std::string body, Signing signing,
                                                            std::chrono::milliseconds deadline) {
  if (signing == Signing::kSigned && !signer_) {
    co_return base::Fail(ErrorCode::kPermissionDenied, "the user pool needs AWS credentials");
  }
  net::ClientRequest request{
      .method = "POST",
      .headers = {{"Host", http_.origin().HostHeader()},
                  {"Content-Type", "application/x-amz-json-1.1"},
                  {"X-Amz-Target", "AWSCognitoIdentityProviderService." + std::string(operation)}},
      .body = std::move(body),
      .repeat = net::ClientRequest::Repeat::kAllowed};
  base::Backoff backoff(deadline);
  for (;;) {
    Attempt attempt = co_await TryOnce(request, signing, backoff.Left());
    if (attempt.body || !attempt.transient) co_return std::move(attempt.body);
    if (!co_await backoff.Pause()) co_return std::move(attempt.body);
  }
}

base::Task<CognitoUserPool::Attempt> CognitoUserPool::TryOnce(
    const net::ClientRequest& unsigned_request, Signing signing, std::chrono::milliseconds time) {
  net::ClientRequest request = unsigned_request;
  if (signing == Signing::kSigned) {
    std::vector<auth::HeaderField> fields;
    for (const auto& [name, value] : request.headers) fields.push_back({name, value});
    const std::string payload_hash = auth::HexSha256(request.body);
    auto added = signer_->Sign(
        {.method = request.method, .headers = fields, .payload_hash = payload_hash}, clock_.Now());
    std::ranges::move(added, std::back_inserter(request.headers));
  }
  auto response = co_await http_.Send(request, time);
  if (!response) {
    const bool transient = response.error().code == ErrorCode::kUnavailable;
    co_return Attempt{base::Fail(ErrorCode::kUnavailable,
                                 "no answer from the user pool: " + response.error().message),
                      transient};
  }
  if (response->status == 200) co_return Attempt{std::move(response->body)};
  auto [error, transient] = ReadError(*response);
  co_return Attempt{std::unexpected(std::move(error)), transient};
}

}  // namespace cruddur::accounts
