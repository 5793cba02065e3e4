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

constexpr std::array<std::string_view, 3> kHeaderParameters = {"Credential", "Signature",
                                                               "SignedHeaders"};

// Which of kHeaderParameters the header has as "name=value" with a value, as bits.
unsigned FindParameters(std::string_view header) {
  unsigned found = 0;
  while (!header.empty()) {
    const size_t end = std::min(header.find_first_of(", \t"), header.size());
    const std::string_view part = header.substr(0, end);
    for (size_t i = 0; i < kHeaderParameters.size(); ++i) {
      const size_t length = kHeaderParameters[i].size();
      if (part.size() > length + 1 && part[length] == '=' &&
          part.starts_with(kHeaderParameters[i])) {
        found |= 1u << i;
      }
    }
    header.remove_prefix(std::min(end + 1, header.size()));
  }
  return found;
}

model::DbStatus CheckHeader(const net::Request& request, std::string_view header) {
  const unsigned found = FindParameters(header);
  std::string text;
  for (size_t i = 0; i < kHeaderParameters.size(); ++i) {
    if (found >> i & 1) continue;
    text.append("Authorization header requires '").append(kHeaderParameters[i]);
    text.append("' parameter. ");
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
