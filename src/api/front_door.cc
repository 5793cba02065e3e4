#include "api/front_door.h"

#include <algorithm>

#include "api/problem.h"
#include "base/random.h"

namespace cruddur::api {
namespace {

// The statuses that this API answers; others are counted as "other".
constexpr std::array<int, 18> kStatuses = {200, 204, 400, 401, 403, 404, 405, 408, 409,
                                           413, 415, 417, 422, 429, 431, 500, 501, 503};
constexpr std::string_view kNoRoute = "none";

bool IsHex(std::string_view text) {
  return text.find_first_not_of("0123456789abcdef") == std::string_view::npos;
}

}  // namespace

bool IsRequestId(std::string_view text) {
  constexpr std::string_view kAllowed =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.";
  return !text.empty() && text.size() <= 64 &&
         text.find_first_not_of(kAllowed) == std::string_view::npos;
}

std::string_view TraceIdOf(std::string_view traceparent) {
  // 00-<32 trace id>-<16 parent id>-<2 flags>; a later version may go on behind another '-'.
  constexpr size_t kSize = 55;
  if (traceparent.size() < kSize || traceparent.size() > 256) return {};
  const std::string_view version = traceparent.substr(0, 2), trace = traceparent.substr(3, 32),
                         parent = traceparent.substr(36, 16), flags = traceparent.substr(53, 2);
  if (!IsHex(version) || version == "ff" || !IsHex(trace) || !IsHex(parent) || !IsHex(flags)) {
    return {};
  }
  if (traceparent[2] != '-' || traceparent[35] != '-' || traceparent[52] != '-') return {};
  if (traceparent.size() > kSize && (version == "00" || traceparent[kSize] != '-')) return {};
  const auto zero = [](std::string_view digits) {
    return digits.find_first_not_of('0') == std::string_view::npos;
  };
  return zero(trace) || zero(parent) ? std::string_view() : trace;
}

FrontDoor::FrontDoor(base::Registry& registry, AccessLog* log, const Cors* cors)
    : registry_(registry), log_(log), cors_(cors) {
  AddMetrics("", kNoRoute);
  router_.SetErrorHandler(FillProtocolError);
}

FrontDoor::RouteMetrics& FrontDoor::AddMetrics(std::string_view method, std::string_view pattern) {
  auto metrics = std::make_unique<RouteMetrics>();
  metrics->name = method.empty() ? pattern : std::string(method).append(" ").append(pattern);
  const std::string labels =
      "method=\"" + std::string(method) + "\",route=\"" + std::string(pattern) + "\"";
  const auto count = [&](std::string_view status) {
    metrics->by_status.push_back(
        &registry_.AddCounter("cruddur_http_requests_total", "Requests answered",
                              labels + ",status=\"" + std::string(status) + "\""));
  };
  for (const int status : kStatuses) count(std::to_string(status));
  count("other");
  metrics->duration = &registry_.AddHistogram("cruddur_http_request_duration_seconds",
                                              "From the whole request to its answer", labels);
  metrics_of_.emplace(metrics->name, metrics.get());
  metrics_.push_back(std::move(metrics));
  return *metrics_.back();
}

void FrontDoor::Add(std::string_view method, std::string_view pattern, net::RouteHandler handler) {
  const std::string_view name = AddMetrics(method, pattern).name;
  router_.Add(method, pattern,
              [name, handler = std::move(handler)](const net::Request& request,
                                                   const net::PathParameters& parameters,
                                                   net::Response& response) -> base::Task<void> {
                response.route = name;
                return handler(request, parameters, response);
              });
}

void FrontDoor::Count(std::string_view route, int status, std::chrono::nanoseconds duration) {
  const auto found = metrics_of_.find(route.empty() ? kNoRoute : route);
  if (found == metrics_of_.end()) return;
  const size_t index =
      static_cast<size_t>(std::ranges::find(kStatuses, status) - kStatuses.begin());
  found->second->by_status[index]->Add();
  found->second->duration->Observe(duration);
}

base::Task<void> FrontDoor::Handle(const net::Request& request, net::Response& response) {
  const auto start = std::chrono::steady_clock::now();
  // The client's id is copied: short, and needed after the handler has run.
  std::string id;
  if (const auto given = request.Header("x-request-id"); given && IsRequestId(*given)) {
    id = *given;
  } else {
    id = base::NewUuid();
  }
  response.AddHeader("x-request-id", id);
  std::string_view trace_id;
  if (const auto traceparent = request.Header("traceparent")) {
    trace_id = TraceIdOf(*traceparent);
    if (!trace_id.empty()) response.AddHeader("traceparent", *traceparent);
  }

  const bool answered = cors_ && cors_->Answer(request, response);
  if (!answered) co_await router_.Handle(request, response);

  const auto duration = std::chrono::steady_clock::now() - start;
  Count(response.route, response.status, duration);
  if (!log_) co_return;
  log_->Write({.request_id = id,
               .trace_id = trace_id,
               .method = request.method,
               .path = request.path,
               .route = response.route.empty() ? kNoRoute : response.route,
               .remote_address = request.remote_address,
               .status = response.status,
               .bytes = response.body.size(),
               .duration = std::chrono::duration_cast<std::chrono::microseconds>(duration)});
}

void FrontDoor::HandleProtocolError(net::Response& response) {
  FillProtocolError(response);
  const std::string id = base::NewUuid();
  response.AddHeader("x-request-id", id);
  Count({}, response.status, std::chrono::nanoseconds(0));
  if (log_) {
    log_->Write({.request_id = id,
                 .route = kNoRoute,
                 .status = response.status,
                 .bytes = response.body.size()});
  }
}

}  // namespace cruddur::api
