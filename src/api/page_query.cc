#include "api/page_query.h"

#include <charconv>
#include <string>

namespace cruddur::api {
namespace {

using base::ErrorCode;
using base::Fail;

base::Result<size_t> ParseLimit(std::string_view text) {
  size_t limit = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), limit);
  if (error != std::errc() || end != text.data() + text.size() || limit < 1 ||
      limit > messaging::kMaxPage) {
    return Fail(ErrorCode::kInvalidArgument, "limit must be a whole number from 1 to 100");
  }
  return limit;
}

}  // namespace

base::Result<messaging::PageRequest> ParsePageQuery(std::string_view query) {
  messaging::PageRequest request;
  if (query.empty()) return request;
  bool has_limit = false;
  for (auto& [name, value] : net::ParseQuery(query)) {
    if (name == "limit") {
      if (has_limit) return Fail(ErrorCode::kInvalidArgument, "limit is given twice");
      TRY_ASSIGN(request.limit, ParseLimit(value));
      has_limit = true;
    } else if (name == "before" || name == "after") {
      if (!request.before.empty() || !request.after.empty()) {
        return Fail(ErrorCode::kInvalidArgument,
                    "before and after are given, or one of them twice");
      }
      if (value.empty()) return Fail(ErrorCode::kInvalidArgument, "a cursor is empty");
      (name == "before" ? request.before : request.after) = std::move(value);
    }
  }
  return request;
}

void AddLinks(net::Response& response, std::string_view path, const messaging::PageRequest& request,
              std::string_view older, std::string_view newer) {
  std::string links;
  const auto add = [&](std::string_view parameter, std::string_view cursor, std::string_view rel) {
    if (cursor.empty()) return;
    if (!links.empty()) links += ", ";
    links.append("<").append(path).append("?");
    if (request.limit != messaging::kDefaultPage) {
      links.append("limit=").append(std::to_string(request.limit)).append("&");
    }
    links.append(parameter).append("=").append(cursor).append(">; rel=\"").append(rel).append("\"");
  };
  const bool forward = !request.after.empty();
  add("before", older, forward ? "prev" : "next");
  add("after", newer, forward ? "next" : "prev");
  if (!links.empty()) response.AddHeader("Link", links);
}

}  // namespace cruddur::api
