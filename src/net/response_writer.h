// Response as HTTP/1.1 bytes, appended to a connection's buffer.
#pragma once

#include <chrono>
#include <string>
#include <string_view>

#include "net/http.h"

namespace cruddur::net {

struct Framing {
  bool head = false;       // the request was HEAD: no body
  bool keep_alive = true;  // else "Connection: close"
  bool http_1_0 = false;   // keep-alive must be said aloud
  std::string_view date;   // a DateLine
};

void AppendResponse(std::string& out, const Response& response, const Framing& framing);

// "Date: Sun, 06 Nov 1994 08:49:37 GMT\r\n" (RFC 9110, section 5.6.7).
std::string DateLine(std::chrono::sys_seconds time);

}  // namespace cruddur::net
