// The page parameters of a list, and the Link header that leads to its neighbours.
#pragma once

#include <string_view>

#include "base/result.h"
#include "messaging/reader.h"
#include "net/http.h"

namespace cruddur::api {

// limit=1..100, and before= or after= a cursor. Others are ignored; one of these given twice or
// wrong is kInvalidArgument.
base::Result<messaging::PageRequest> ParsePageQuery(std::string_view query);

// Link: <path?limit=…&before=…>; rel="next", <path?limit=…&after=…>; rel="prev". "next" goes on in
// the direction of the request. `path` is as the client sent it, its escapes included.
void AddLinks(net::Response& response, std::string_view path, const messaging::PageRequest& request,
              std::string_view older, std::string_view newer);

}  // namespace cruddur::api
