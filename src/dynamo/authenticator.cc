#include "dynamo/authenticator.h"

#include <algorithm>
#include <array>
#include <string>
#include <utility>
#include <vector>

namespace cruddur::dynamo {
namespace {

using model::DbErrorCode;

constexpr size_t kMaxEchoedBytes = 1024;

bool IsSeparator(char c) { return c == ',' || c == ' ' || c == '\t'; }

// Whether `header` has a part "name=value" with a value.
bool HasParameter(std::string_view header, std::string_view name) {
  while (!header.empty()) {
    size_t end = std::ranges::find_if(header, IsSeparator) - header.begin();
    std::string_view part = header.substr(0, end);
    if (part.starts_with(name) && part.size() > name.size() + 1 && part[name.size()] == '=') {
      return true;
    }
    header.remove_prefix(std::min(end + 1, header.size()));
  }
  return false;
}

model::DbStatus CheckHeader(const net::Request& request, std::string_view header) {
  std::string text;
  for (std::string_view name : {"Credential", "Signature", "SignedHeaders"}) {
    if (HasParameter(header, name)) continue;
    text.append("Authorization header requires '").append(name).append("' parameter. ");
  }
  if (!request.Header("X-Amz-Date") && !request.Header("Date")) {
    text += "Authorization header requires existence of either a 'X-Amz-Date' or a 'Date' header. ";
  }
  if (text.empty()) return {};
  text.append("Authorization=").append(header.substr(0, kMaxEchoedBytes));
  return model::DbFail(DbErrorCode::kIncompleteSignature, std::move(text));
}

model::DbStatus CheckQuery(const std::vector<std::pair<std::string, std::string>>& parameters) {
  std::string text;
  for (std::string_view name : {"X-Amz-Algorithm", "X-Amz-Credential", "X-Amz-Signature",
                                "X-Amz-SignedHeaders", "X-Amz-Date"}) {
    auto at = std::ranges::find(parameters, name, &std::pair<std::string, std::string>::first);
    if (at != parameters.end() && !at->second.empty()) continue;
    text.append("AWS query-string parameters must include '").append(name).append("'. ");
  }
  if (text.empty()) return {};
  return model::DbFail(DbErrorCode::kIncompleteSignature,
                       text + "Re-examine the query-string parameters.");
}

}  // namespace

model::DbStatus CheckAuthorizationForm(const net::Request& request) {
  const std::optional<std::string_view> header = request.Header("Authorization");
  std::vector<std::pair<std::string, std::string>> parameters;
  bool in_query = false;
  if (!request.query.empty()) {
    parameters = net::ParseQuery(request.query);
    in_query = std::ranges::find(parameters, "X-Amz-Algorithm",
                                 &std::pair<std::string, std::string>::first) != parameters.end();
  }
  if (header && in_query) {
    return model::DbFail(DbErrorCode::kInvalidSignature,
                         "Found both 'X-Amz-Algorithm' as a query-string param and "
                         "'Authorization' as HTTP header.");
  }
  if (header ? !header->starts_with("AWS4-") : !in_query) {
    return model::DbFail(DbErrorCode::kMissingAuthenticationToken,
                         "Request is missing Authentication Token");
  }
  return header ? CheckHeader(request, *header) : CheckQuery(parameters);
}

}  // namespace cruddur::dynamo
