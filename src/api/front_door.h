// What every request passes: a request id, W3C trace context, the access log and the metrics.
//
// The id is the client's X-Request-Id where that is short and plain, else a new one; it is in every
// answer and log line. A valid `traceparent` is given back with the answer and its trace id logged.
#pragma once

#include <array>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "api/access_log.h"
#include "api/cors.h"
#include "base/metrics.h"
#include "net/router.h"

namespace cruddur::api {

class FrontDoor {
 public:
  // `log` null: no access log; `cors` null: pages of other origins see nothing. All must outlive
  // the door.
  FrontDoor(base::Registry& registry, AccessLog* log, const Cors* cors = nullptr);

  // Routes are added before the server starts. The pattern is the metrics' label.
  void Add(std::string_view method, std::string_view pattern, net::RouteHandler handler);

  base::Task<void> Handle(const net::Request& request, net::Response& response);
  // For what the server refuses before it has a request.
  void HandleProtocolError(net::Response& response);

  const net::Router& router() const { return router_; }

 private:
  struct RouteMetrics {
    std::string name;  // "GET /api/messages/{uuid}"
    std::vector<base::Counter*> by_status;
    base::Histogram* duration = nullptr;
  };
  RouteMetrics& AddMetrics(std::string_view method, std::string_view pattern);
  void Count(std::string_view route, int status, std::chrono::nanoseconds duration);

  base::Registry& registry_;
  AccessLog* const log_;
  const Cors* const cors_;
  net::Router router_;
  std::vector<std::unique_ptr<RouteMetrics>> metrics_;
  std::unordered_map<std::string_view, RouteMetrics*> metrics_of_;
};

// True for what may be taken over as a request id: 1 to 64 letters, digits, '-', '_', '.'.
bool IsRequestId(std::string_view text);

// The 32 hex digits of a valid traceparent (W3C Trace Context, version 00 and what extends it);
// empty for anything else.
std::string_view TraceIdOf(std::string_view traceparent);

}  // namespace cruddur::api
