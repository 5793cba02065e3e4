// Error answers. Every one is JSON: {"error": "<code>", "message": "<for people>"}, and for 422 an
// array of codes, all that apply.
#pragma once

#include <chrono>
#include <span>
#include <string_view>

#include "base/result.h"
#include "net/http.h"

namespace cruddur::api {

void Refuse(net::Response& response, int status, std::string_view error, std::string_view message);

// kInvalidArgument 400, kUnauthenticated 401, kPermissionDenied 403, kNotFound 404,
// kResourceExhausted 429, kUnavailable and kDeadlineExceeded 503 (both with Retry-After), else 500.
// What went wrong inside is for the log: 500 and 503 answer with a fixed text.
void Refuse(net::Response& response, const base::Error& error);

// 429, with the pause in Retry-After.
void RefuseFor(net::Response& response, std::chrono::seconds pause);

// 422.
void RefuseFields(net::Response& response, std::span<const std::string_view> codes);

// Answers that only the caller may see stay out of every cache on the way.
inline void MarkPrivate(net::Response& response) {
  response.headers += "Cache-Control: no-store\r\n";
}

// What the server and the router refuse by themselves: the status is set, the body is missing.
void FillProtocolError(net::Response& response);

}  // namespace cruddur::api
