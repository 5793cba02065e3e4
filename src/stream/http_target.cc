#include "stream/http_target.h"

#include <fmt/format.h>

#include <boost/asio/co_spawn.hpp>
#include <exception>

#include "dynamo/thread_document.h"

namespace cruddur::stream {
namespace {

using base::ErrorCode;
using base::Fail;

constexpr size_t kMaxMessageBytes = 300;

// The emulator answers 200 to a function that failed, too: then this is all of the answer.
// {"errorMessage": "…", "errorType": "…", …}
std::string ErrorIn(std::string_view body) {
  return dynamo::ReadJson(
      body,
      [](json::Element answer) -> std::string {
        std::string_view message, type;
        if (!answer.is_object() || answer["errorMessage"].get(message) ||
            answer["errorType"].get(type)) {
          return {};
        }
        return fmt::format("{}: {}", type, message.substr(0, kMaxMessageBytes));
      },
      [](const std::string&) { return std::string(); });
}

}  // namespace

base::Result<std::unique_ptr<HttpTarget>> HttpTarget::Create(std::string_view url,
                                                             std::chrono::milliseconds timeout) {
  const size_t scheme = url.find("://");
  const size_t slash = scheme == url.npos ? url.npos : url.find('/', scheme + 3);
  TRY_ASSIGN(net::Origin origin, net::Origin::Parse(url.substr(0, slash)));
  std::string path(slash == url.npos ? "" : url.substr(slash));
  if (path.empty() || path == "/") path = kInvocations;
  if (path.find_first_of(" \r\n#") != path.npos) {
    return Fail(ErrorCode::kInvalidArgument, fmt::format("not a URL: '{}'", url));
  }
  return std::unique_ptr<HttpTarget>(new HttpTarget(std::move(origin), std::move(path), timeout));
}

HttpTarget::HttpTarget(net::Origin origin, std::string path, std::chrono::milliseconds timeout)
    : client_(std::move(origin)), path_(std::move(path)), timeout_(timeout) {}

bool HttpTarget::Begin(const std::shared_ptr<WakeUp>& call) {
  const std::lock_guard lock(mutex_);
  if (stopping_) return false;
  under_way_.push_back(call);
  return true;
}

void HttpTarget::End(const std::shared_ptr<WakeUp>& call) {
  const std::lock_guard lock(mutex_);
  std::erase(under_way_, call);
}

bool HttpTarget::stopped() {
  const std::lock_guard lock(mutex_);
  return stopped_;
}

void HttpTarget::Stop(bool at_once) {
  const std::lock_guard lock(mutex_);
  stopping_ = true;
  if (!at_once) return;
  stopped_ = true;
  for (const auto& call : under_way_) call->Wake();
}

base::Task<base::Result<std::string>> HttpTarget::Invoke(const Invocation& invocation) {
  const base::Executor executor = co_await base::asio::this_coro::executor;
  const auto call = std::make_shared<Call>();
  call->wake_up = std::make_shared<WakeUp>(executor);
  call->request = {.method = "POST",
                   .target = path_,
                   .headers = {{"Content-Type", "application/json"},
                               {"X-Amz-Invocation-Type", "RequestResponse"},
                               {"X-Amzn-RequestId", invocation.request_id}},
                   .body = invocation.payload};
  if (!Begin(call->wake_up)) co_return Fail(ErrorCode::kUnavailable, "stopping");
  base::asio::co_spawn(executor, client_.Send(call->request, timeout_),
                       [call](std::exception_ptr exception, Answer answer) {
                         call->answer = exception ? Answer(Fail(ErrorCode::kInternal, "exception"))
                                                  : std::move(answer);
                         call->wake_up->Wake();
                       });
  while (!call->answer && !stopped()) co_await call->wake_up->Wait();
  End(call->wake_up);
  if (!call->answer) co_return Fail(ErrorCode::kUnavailable, "stopping");

  Answer& answer = *call->answer;
  if (!answer) co_return std::unexpected(std::move(answer).error());
  if (answer->status != 200) {
    co_return Fail(ErrorCode::kUnavailable, fmt::format("the target answered {}", answer->status));
  }
  std::string error = ErrorIn(answer->body);
  const std::string_view kind = answer->Header("X-Amz-Function-Error");
  if (!kind.empty() && error.empty()) error = kind;
  if (!error.empty()) co_return Fail(ErrorCode::kUnavailable, std::move(error));
  co_return std::move(answer->body);
}

}  // namespace cruddur::stream
