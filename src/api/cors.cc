#include "api/cors.h"

#include <algorithm>

#include "api/problem.h"
#include "base/ascii.h"
#include "net/client.h"

namespace cruddur::api {
namespace {

// What pages may read besides the headers that any page may.
constexpr std::string_view kExposed =
    "Link, Retry-After, X-Request-Id, traceparent, x-amzn-ErrorType, x-amzn-RequestId";
constexpr std::string_view kMethods = "GET, HEAD, POST, PUT, PATCH, DELETE";
constexpr std::string_view kMaxAge = "600";
constexpr size_t kMaxHeaderNames = 1024;

// A list of header names: whatever is asked for is given back, for no header opens anything by
// itself.
bool IsListOfNames(std::string_view text) {
  constexpr std::string_view kAllowed =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_, ";
  return !text.empty() && text.size() <= kMaxHeaderNames &&
         text.find_first_not_of(kAllowed) == std::string_view::npos;
}

}  // namespace

base::Result<Cors> Cors::Parse(std::string_view origins) {
  constexpr std::string_view kSeparators = ", \t";
  Cors cors;
  while (true) {
    origins.remove_prefix(std::min(origins.find_first_not_of(kSeparators), origins.size()));
    if (origins.empty()) return cors;
    const std::string text(origins.substr(0, origins.find_first_of(kSeparators)));
    origins.remove_prefix(text.size());
    const auto origin = net::Origin::Parse(text);
    if (!origin) {
      return base::Fail(base::ErrorCode::kInvalidArgument,
                        "'" + text + "' is no origin: https://app.example.com");
    }
    // As browsers write it: lower case, and the port only where it isn't the scheme's own.
    cors.origins_.push_back((origin->tls ? "https://" : "http://") +
                            base::LowerAscii(origin->HostHeader()));
  }
}

bool Cors::Answer(const net::Request& request, net::Response& response) const {
  // Also where there is no origin: a cache must not give that answer to a page of another one.
  response.AddHeader("Vary", "Origin");
  const auto origin = request.Header("origin");
  if (!origin) return false;
  const bool allowed =
      !request.HasDuplicate("origin") && std::ranges::find(origins_, *origin) != origins_.end();
  if (allowed) {
    response.AddHeader("Access-Control-Allow-Origin", *origin);
    // No cookie means anything here; clients that send theirs along want to read the answer too.
    response.AddHeader("Access-Control-Allow-Credentials", "true");
  }
  const bool preflight =
      request.method == "OPTIONS" && request.Header("access-control-request-method");
  if (!preflight) {
    if (allowed) response.AddHeader("Access-Control-Expose-Headers", kExposed);
    return false;
  }
  if (!allowed) {
    Refuse(response, 403, "forbidden", "pages of this origin may not call this API");
    return true;
  }
  response.status = 204;
  response.AddHeader("Vary", "Access-Control-Request-Headers");
  response.AddHeader("Access-Control-Allow-Methods", kMethods);
  const auto names = request.Header("access-control-request-headers");
  if (names && IsListOfNames(*names)) response.AddHeader("Access-Control-Allow-Headers", *names);
  response.AddHeader("Access-Control-Max-Age", kMaxAge);
  return true;
}

}  // namespace cruddur::api
