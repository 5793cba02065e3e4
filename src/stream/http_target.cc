#include "stream/http_target.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <boost/asio/co_spawn.hpp>
#include <exception>

#include "dynamo/thread_document.h"

namespace cruddur::stream {
namespace {

using base::ErrorCode;
using base::Fail;

constexpr size_t kMaxMessageBytes = 300;

// What these are the names of is no function's own answer.
constexpr std::array<std::string_view, 6> kErrorMembers = {
    "errorMessage", "errorType", "stackTrace", "trace", "requestId", "cause"};

// {"errorMessage": "…", "errorType": "…", …} in words; empty for anything else.
std::string ErrorOf(json::Element answer) {
  std::string_view message, type;
  if (!answer.is_object() || answer["errorMessage"].get(message)) return {};
  for (const auto& member : answer.get_object().value_unsafe()) {
    if (std::ranges::find(kErrorMembers, member.key) == kErrorMembers.end()) return {};
  }
  message = message.substr(0, kMaxMessageBytes);
  if (answer["errorType"].get(type)) return std::string(message);
  return fmt::format("{}: {}", type, message);
}

// The emulator answers 200 to a function that failed, too: then the error is all of the answer, and
// of one that took too long, "Task timed out after 3.00 seconds" without being JSON. A web page is
// nobody's answer: the URL leads elsewhere.
std::string ErrorIn(const net::ClientResponse& answer) {
  const std::string_view body = answer.body;
  if (body.starts_with("Task timed out after ")) return answer.body.substr(0, kMaxMessageBytes);
  if (answer.Header("Content-Type").starts_with("text/html")) {
    return "the target answered with a web page";
  }
  return dynamo::ReadJson(body, ErrorOf, [](const std::string&) { return std::string(); });
}

bool RefusesToInvoke(int status) {
  return status == 401 || status == 403 || status == 404 || status == 429 || status == 503;
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

base::Task<InvocationResult> HttpTarget::Invoke(const Invocation& invocation) {
  const base::Executor executor = co_await base::asio::this_coro::executor;
  const auto call = std::make_shared<Call>();
  call->wake_up = std::make_shared<WakeUp>(executor);
  call->request = {.method = "POST",
                   .target = path_,
                   .headers = {{"Content-Type", "application/json"},
                               {"X-Amz-Invocation-Type", "RequestResponse"},
                               {"X-Amzn-RequestId", invocation.request_id}},
                   .body = invocation.payload};
  if (!Begin(call->wake_up)) co_return NotReached("stopping");
  base::asio::co_spawn(executor, client_.Send(call->request, timeout_, &call->sent),
                       [call](std::exception_ptr exception, Answer answer) {
                         call->answer = exception ? Answer(Fail(ErrorCode::kInternal, "exception"))
                                                  : std::move(answer);
                         call->wake_up->Wake();
                       });
  while (!call->answer && !stopped()) co_await call->wake_up->Wait();
  End(call->wake_up);
  if (!call->answer) co_return NotReached("stopping");

  Answer& answer = *call->answer;
  if (!answer && !call->sent) co_return NotReached(std::move(answer).error().message);
  if (!answer) co_return FunctionFailed(std::move(answer).error().message);
  if (answer->status != 200) {
    InvocationError error{.message = fmt::format("the target answered {}", answer->status),
                          .reached = !RefusesToInvoke(answer->status)};
    co_return std::unexpected(std::move(error));
  }
  std::string error = ErrorIn(*answer);
  const std::string_view kind = answer->Header("X-Amz-Function-Error");
  if (!kind.empty() && error.empty()) error = kind;
  if (!error.empty()) co_return FunctionFailed(std::move(error));
  co_return std::move(answer->body);
}

}  // namespace cruddur::stream
