#include "stream/runtime_messages.h"

#include <fmt/format.h>

#include "base/random.h"
#include "dynamo/thread_document.h"
#include "json/writer.h"

namespace cruddur::stream {

void RespondError(net::Response& response, int status, std::string_view type,
                  std::string_view message) {
  response.status = status;
  response.body.clear();
  json::Writer out(response.body);
  out.BeginObject().Key("errorMessage").String(message).Key("errorType").String(type).EndObject();
}

void RespondAccepted(net::Response& response) {
  response.status = 202;
  response.body = R"({"status":"OK"})";
}

std::string PostedError(const net::Request& request) {
  std::string type(
      request.Header("Lambda-Runtime-Function-Error-Type").value_or(std::string_view()));
  std::string message;
  dynamo::ReadJson(
      request.body,
      [&](json::Element body) {
        std::string_view text;
        if (!body.is_object()) return 0;
        if (!body["errorMessage"].get(text)) message = text.substr(0, 300);
        if (!body["errorType"].get(text)) type = text.substr(0, 100);
        return 0;
      },
      [](const std::string&) { return 0; });
  if (type.empty()) type = "Unhandled";
  return message.empty() ? type : type + ": " + message;
}

std::string NewTraceId(base::Micros now) {
  return fmt::format("Root=1-{:08x}-{:08x}{:016x};Parent={:016x};Sampled=0",
                     static_cast<uint32_t>(now.count() / 1'000'000),
                     static_cast<uint32_t>(base::RandomUint64()), base::RandomUint64(),
                     base::RandomUint64());
}

// A page can't choose these headers, nor have a name without a dot.
bool MayBeAWebPage(const net::Request& request, std::string_view own_host) {
  if (request.Header("Origin") || request.Header("Sec-Fetch-Site")) return true;
  std::string_view host = request.Header("Host").value_or("");
  if (host.starts_with('[')) return false;
  host = host.substr(0, host.find(':'));
  const bool is_address = host.find_first_not_of("0123456789.") == host.npos;
  return host.contains('.') && !is_address && !host.ends_with(".localhost") &&
         host != "host.docker.internal" && !net::EqualsIgnoreCase(host, own_host);
}

}  // namespace cruddur::stream
