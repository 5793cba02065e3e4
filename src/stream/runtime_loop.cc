#include "stream/runtime_loop.h"

#include <fmt/format.h>

#include <boost/asio/co_spawn.hpp>
#include <charconv>
#include <exception>
#include <memory>
#include <optional>
#include <utility>

#include "base/log.h"
#include "json/writer.h"
#include "stream/wake_up.h"

namespace cruddur::stream {
namespace {

using base::ErrorCode;
using base::Fail;

constexpr std::string_view kRoot = "/2018-06-01/runtime";
constexpr std::chrono::seconds kPostTime{10};
// No invocation may come for long; then the request is made again.
constexpr std::chrono::hours kNextTime{12};

std::string ErrorBody(std::string_view message, std::string_view type) {
  std::string body;
  json::Writer out(body);
  out.BeginObject().Key("errorMessage").String(message).Key("errorType").String(type);
  out.Key("stackTrace").BeginArray().EndArray().EndObject();
  return body;
}

}  // namespace

base::Result<std::unique_ptr<RuntimeLoop>> RuntimeLoop::Create(std::string_view api,
                                                               Target& function,
                                                               const base::Clock& clock,
                                                               std::chrono::milliseconds margin) {
  TRY_ASSIGN(net::Origin origin, net::Origin::Parse(fmt::format("http://{}", api)));
  return std::unique_ptr<RuntimeLoop>(new RuntimeLoop(std::move(origin), function, clock, margin));
}

RuntimeLoop::RuntimeLoop(net::Origin origin, Target& function, const base::Clock& clock,
                         std::chrono::milliseconds margin)
    : client_(std::move(origin)), function_(function), clock_(clock), margin_(margin) {}

base::Task<base::Status> RuntimeLoop::Run() {
  for (;;) {
    net::ClientRequest next;
    next.target = std::string(kRoot) + "/invocation/next";
    auto answer = co_await client_.Send(next, kNextTime);
    if (!answer && answer.error().code == ErrorCode::kDeadlineExceeded) continue;
    if (!answer) co_return std::unexpected(std::move(answer).error());
    if (answer->status != 200) {
      co_return Fail(ErrorCode::kUnavailable,
                     fmt::format("the Runtime API answered {}", answer->status));
    }
    const std::string id(answer->Header("Lambda-Runtime-Aws-Request-Id"));
    const std::string_view deadline_text = answer->Header("Lambda-Runtime-Deadline-Ms");
    int64_t deadline_ms = 0;
    const auto parsed = std::from_chars(deadline_text.data(),
                                        deadline_text.data() + deadline_text.size(), deadline_ms);
    if (id.empty() || parsed.ec != std::errc()) {
      co_return Fail(ErrorCode::kUnavailable, "the Runtime API's invocation has no id or deadline");
    }
    auto result =
        co_await Perform({id, std::move(answer->body)}, std::chrono::milliseconds(deadline_ms));
    const std::string target = fmt::format("{}/invocation/{}/", kRoot, id);
    base::Status posted;
    if (result) {
      posted = co_await Post(target + "response", *std::move(result), "");
    } else {
      base::Log(base::LogLevel::kError, "invocation failed",
                {{"request_id", id}, {"reason", result.error().message}});
      constexpr std::string_view kType = "Runtime.HandlerError";
      posted = co_await Post(target + "error", ErrorBody(result.error().message, kType), kType);
    }
    if (!posted) co_return posted;
  }
}

base::Task<InvocationResult> RuntimeLoop::Perform(Invocation invocation, base::Micros deadline) {
  using Answer = InvocationResult;
  struct Call {
    Invocation invocation;
    std::shared_ptr<WakeUp> wake_up;
    std::optional<Answer> answer;
  };
  const base::Executor executor = co_await base::asio::this_coro::executor;
  const auto call =
      std::make_shared<Call>(std::move(invocation), std::make_shared<WakeUp>(executor));
  base::asio::co_spawn(executor, function_.Invoke(call->invocation),
                       [call](std::exception_ptr exception, Answer answer) {
                         call->answer =
                             exception ? Answer(FunctionFailed("exception")) : std::move(answer);
                         call->wake_up->Wake();
                       });
  const auto end = WakeUp::SteadyClock::now() + (deadline - clock_.Now()) - margin_;
  while (!call->answer && WakeUp::SteadyClock::now() < end) co_await call->wake_up->Wait(end);
  if (call->answer) co_return *std::move(call->answer);
  co_return FunctionFailed("not done before the deadline");
}

// An answer that isn't taken (400: it came too late; 413: too large) concerns its invocation only.
base::Task<base::Status> RuntimeLoop::Post(std::string target, std::string body,
                                           std::string_view error_type) {
  net::ClientRequest request;
  request.method = "POST";
  request.target = std::move(target);
  request.headers = {{"Content-Type", "application/json"}};
  if (!error_type.empty()) {
    request.headers.emplace_back("Lambda-Runtime-Function-Error-Type", error_type);
  }
  request.body = std::move(body);
  const auto answer = co_await client_.Send(request, kPostTime);
  if (!answer) co_return std::unexpected(answer.error());
  if (answer->status >= 500) {
    co_return Fail(ErrorCode::kUnavailable,
                   fmt::format("the Runtime API answered {}", answer->status));
  }
  if (answer->status != 202) {
    base::Log(base::LogLevel::kWarn, "answer not accepted",
              {{"status", int64_t{answer->status}}, {"why", answer->body.substr(0, 300)}});
  }
  co_return base::Status();
}

base::Task<base::Status> RuntimeLoop::ReportInitError(std::string message) {
  constexpr std::string_view kType = "Runtime.InitError";
  co_return co_await Post(std::string(kRoot) + "/init/error", ErrorBody(message, kType), kType);
}

}  // namespace cruddur::stream
