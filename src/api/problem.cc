#include "api/problem.h"

#include <cctype>
#include <string>

#include "base/log.h"
#include "json/writer.h"

namespace cruddur::api {
namespace {

using base::ErrorCode;

// "Not Found" -> "not_found": the code of what has no better one.
std::string CodeOf(int status) {
  std::string code(net::ReasonPhrase(status));
  for (char& c : code) {
    c = c == ' ' || c == '-' ? '_' : static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  }
  return code;
}

void Fill(net::Response& response, int status, std::string_view error, std::string_view message) {
  response.status = status;
  response.content_type = "application/json";
  response.body.clear();
  json::Writer(response.body)
      .BeginObject()
      .Key("error")
      .String(error)
      .Key("message")
      .String(message)
      .EndObject();
}

}  // namespace

void Refuse(net::Response& response, int status, std::string_view error, std::string_view message) {
  Fill(response, status, error, message);
  if (status == 401) response.AddHeader("WWW-Authenticate", "Bearer");
  if (status == 429 || status == 503) response.AddHeader("Retry-After", "1");
}

void Refuse(net::Response& response, const base::Error& error) {
  switch (error.code) {
    case ErrorCode::kInvalidArgument:
      return Refuse(response, 400, "bad_request", error.message);
    case ErrorCode::kUnauthenticated:
      return Refuse(response, 401, "unauthorized", error.message);
    case ErrorCode::kPermissionDenied:
      return Refuse(response, 403, "forbidden", error.message);
    case ErrorCode::kNotFound:
      return Refuse(response, 404, "not_found", error.message);
    case ErrorCode::kResourceExhausted:
      return Refuse(response, 429, "too_many_requests", "too many requests; try again in a moment");
    case ErrorCode::kUnavailable:
    case ErrorCode::kDeadlineExceeded:
      base::Log(base::LogLevel::kWarn, "backend not available", {{"reason", error.message}});
      return Refuse(response, 503, "unavailable",
                    "something that this needs is away; try again in a moment");
    default:
      base::Log(base::LogLevel::kError, "request failed", {{"reason", error.message}});
      return Refuse(response, 500, "internal_error", "this should not have happened");
  }
}

void RefuseFor(net::Response& response, std::chrono::seconds pause) {
  Fill(response, 429, "too_many_requests", "too many requests; try again in a moment");
  response.AddHeader("Retry-After", std::to_string(pause.count()));
}

void RefuseFields(net::Response& response, std::span<const std::string_view> codes) {
  response.status = 422;
  response.content_type = "application/json";
  response.body.clear();
  json::Writer writer(response.body);
  writer.BeginArray();
  for (const std::string_view code : codes) writer.String(code);
  writer.EndArray();
}

void FillProtocolError(net::Response& response) {
  switch (response.status) {
    case 404:
      return Refuse(response, 404, "not_found", "there is nothing at this path");
    case 405:
      return Refuse(response, 405, "method_not_allowed", "this path doesn't take this method");
    case 413:
      return Refuse(response, 413, "payload_too_large", "the body is too large");
    default:
      return Refuse(response, response.status, CodeOf(response.status),
                    net::ReasonPhrase(response.status));
  }
}

}  // namespace cruddur::api
