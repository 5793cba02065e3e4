// What the Runtime API answers, and what it is told, apart from invocations.
// https://docs.aws.amazon.com/lambda/latest/dg/runtimes-api.html
#pragma once

#include <string>
#include <string_view>

#include "base/clock.h"
#include "net/http.h"

namespace cruddur::stream {

// {"errorMessage": …, "errorType": …}
void RespondError(net::Response& response, int status, std::string_view type,
                  std::string_view message);
// 202
void RespondAccepted(net::Response& response);

// "Type: message", of what a runtime posts: {"errorMessage", "errorType", "stackTrace"}, or only a
// header.
std::string PostedError(const net::Request& request);

// X-Ray's form; nobody records it.
std::string NewTraceId(base::Micros now);

// Whether a web page may be behind a request: it can make a browser send some here, by the address
// or by a public name of its own that leads here. `own_host`: a name that is ours, or empty.
bool MayBeAWebPage(const net::Request& request, std::string_view own_host);

}  // namespace cruddur::stream
