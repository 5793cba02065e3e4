#include "stream/runtime_api.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "base/log.h"
#include "stream/lambda_event.h"
#include "stream/runtime_messages.h"

namespace cruddur::stream {
struct RuntimeApi::Call {
  Call(const Invocation& invocation, base::Executor executor)
      : invocation(invocation), wake_up(std::make_shared<WakeUp>(executor)) {}

  const Invocation invocation;
  const std::shared_ptr<WakeUp> wake_up;
  std::optional<WakeUp::SteadyClock::time_point> deadline;  // since a runtime has it
  base::Micros deadline_time{0};                            // the same, as the runtime is told
  std::optional<InvocationResult> result;
  bool abandoned = false;  // the connection that its runtime came by is gone
};

struct RuntimeApi::Poll {
  explicit Poll(base::Executor executor) : wake_up(std::make_shared<WakeUp>(executor)) {}

  const std::shared_ptr<WakeUp> wake_up;
  std::shared_ptr<Call> call;
  bool stopped = false, gone = false;
};

RuntimeApi::RuntimeApi(RuntimeApiOptions options)
    : options_(std::move(options)), clock_(options_.clock ? *options_.clock : system_clock_) {
  using net::PathParameters;
  using net::Request;
  using net::Response;
  const std::string root = "/2018-06-01/runtime";
  router_.Add("GET", root + "/invocation/next",
              [this](const Request& request, const PathParameters&, Response& response) {
                return Next(request, response);
              });
  router_.Add("POST", root + "/invocation/{id}/response",
              [this](const Request& request, const PathParameters& parameters,
                     Response& response) -> base::Task<void> {
                if (request.body.size() > kMaxPayloadBytes) {
                  const std::string why = fmt::format(
                      "Exceeded maximum allowed payload size ({} bytes).", kMaxPayloadBytes);
                  Answer(parameters[0], FunctionFailed(why), response);
                  if (response.status == 202) {
                    RespondError(response, 413, "RequestEntityTooLarge", why);
                  }
                } else {
                  Answer(parameters[0], std::string(request.body), response);
                }
                co_return;
              });
  router_.Add("POST", root + "/invocation/{id}/error",
              [this](const Request& request, const PathParameters& parameters,
                     Response& response) -> base::Task<void> {
                Answer(parameters[0], FunctionFailed(PostedError(request)), response);
                co_return;
              });
  router_.Add("POST", root + "/init/error",
              [this](const Request& request, const PathParameters&,
                     Response& response) -> base::Task<void> {
                InitError(request, response);
                co_return;
              });
  router_.SetErrorHandler(OnProtocolError);
}

RuntimeApi::~RuntimeApi() = default;

base::Task<void> RuntimeApi::Handle(const net::Request& request, net::Response& response) {
  if (!MayBeAWebPage(request, options_.host)) return router_.Handle(request, response);
  RespondError(response, 403, "AccessDenied", "The Runtime API is for runtimes");
  return []() -> base::Task<void> { co_return; }();
}

void RuntimeApi::OnProtocolError(net::Response& response) {
  RespondError(response, response.status, "InvalidRequest", net::ReasonPhrase(response.status));
}

net::ServerLimits RuntimeApi::Limits() {
  net::ServerLimits limits;
  limits.max_body_bytes = 4 * kMaxPayloadBytes;  // what is too large is told as AWS tells it
  return limits;
}

base::Task<InvocationResult> RuntimeApi::Invoke(const Invocation& invocation) {
  const base::Executor executor = co_await base::asio::this_coro::executor;
  const auto call = std::make_shared<Call>(invocation, executor);
  std::unique_lock lock(mutex_);
  if (stopping_) co_return NotReached("stopping");
  if (polls_.empty()) {
    waiting_.push_back(call);
  } else {
    Assign(call);
  }
  while (!call->result) {
    const auto until = call->deadline.value_or(WakeUp::SteadyClock::time_point::max());
    if (WakeUp::SteadyClock::now() >= until) {
      call->result =
          FunctionFailed(fmt::format("Task timed out after {:.2f} seconds",
                                     static_cast<double>(options_.timeout.count()) / 1000));
      break;
    }
    lock.unlock();
    co_await call->wake_up->Wait(until);
    lock.lock();
  }
  running_.erase(call->invocation.request_id);
  std::erase(waiting_, call);
  co_return *std::move(call->result);
}

// REQUIRES: somebody polls.
void RuntimeApi::Assign(const std::shared_ptr<Call>& call) {
  const auto poll = std::move(polls_.back());
  polls_.pop_back();
  Begin(call);
  poll->call = call;
  poll->wake_up->Wake();
}

// A runtime has it from now on.
void RuntimeApi::Begin(const std::shared_ptr<Call>& call) {
  call->deadline = WakeUp::SteadyClock::now() + options_.timeout;
  call->deadline_time = clock_.Now() + options_.timeout;
  running_[call->invocation.request_id] = call;
  call->wake_up->Wake();  // to wait until its deadline
}

// No runtime has it, after all.
void RuntimeApi::PutBack(const std::shared_ptr<Call>& call) {
  if (running_.erase(call->invocation.request_id) == 0) return;  // it ended meanwhile
  call->deadline.reset();
  if (stopping_) {
    call->result = NotReached("stopping");
    call->wake_up->Wake();
  } else if (polls_.empty()) {
    waiting_.push_front(call);
  } else {
    Assign(call);
  }
}

// A runtime that polls anew takes the place of one that is gone.
void RuntimeApi::FailAbandoned() {
  std::erase_if(running_, [](const auto& each) {
    Call& call = *each.second;
    if (!call.abandoned) return false;
    call.result = FunctionFailed("Runtime.ExitError: the runtime ended before it answered");
    call.wake_up->Wake();
    return true;
  });
}

base::Task<void> RuntimeApi::Next(const net::Request& request, net::Response& response) {
  const base::Executor executor = co_await base::asio::this_coro::executor;
  const auto poll = std::make_shared<Poll>(executor);
  {
    const std::lock_guard lock(mutex_);
    FailAbandoned();
    poll->stopped = stopping_;
    if (!stopping_ && !waiting_.empty()) {
      poll->call = std::move(waiting_.front());
      waiting_.pop_front();
      Begin(poll->call);
    } else if (!stopping_) {
      polls_.push_back(poll);
    }
  }
  if (request.peer) {
    request.peer->WhenGone([this, poll] {
      const std::lock_guard lock(mutex_);
      poll->gone = true;
      std::erase(polls_, poll);
      poll->wake_up->Wake();
    });
  }
  for (;;) {
    std::unique_lock lock(mutex_);
    poll->gone = poll->gone || (poll->call && request.peer && request.peer->IsGone());
    if (poll->gone) {
      if (poll->call) PutBack(poll->call);
      response.close = true;
      co_return;
    }
    if (poll->call) {
      const std::shared_ptr<Call> call = poll->call;
      lock.unlock();
      HandOver(*call, response);
      if (request.peer) Watch(call, *request.peer);
      co_return;
    }
    if (poll->stopped) {
      RespondError(response, 500, "Runtime.Stopping", "The trigger stops");
      response.close = true;
      co_return;
    }
    lock.unlock();
    co_await poll->wake_up->Wait();
  }
}

// Only a connection by which the runtime has come back before tells anything by its end.
void RuntimeApi::Watch(const std::shared_ptr<Call>& call, net::Peer& peer) {
  if (peer.requests_before() == 0) return peer.WhenGone(nullptr);
  peer.WhenGone([this, call] {
    const std::lock_guard lock(mutex_);
    call->abandoned = true;
  });
}

void RuntimeApi::HandOver(const Call& call, net::Response& response) const {
  response.AddHeader("Lambda-Runtime-Aws-Request-Id", call.invocation.request_id);
  response.AddHeader("Lambda-Runtime-Deadline-Ms",
                     std::to_string(call.deadline_time.count() / 1000));
  response.AddHeader("Lambda-Runtime-Invoked-Function-Arn", options_.function_arn);
  response.AddHeader("Lambda-Runtime-Trace-Id", NewTraceId(clock_.Now()));
  response.body = call.invocation.payload;
}

void RuntimeApi::Answer(const std::string& request_id, InvocationResult result,
                        net::Response& response) {
  const std::lock_guard lock(mutex_);
  const auto found = running_.find(request_id);
  // Answered before, timed out, or never given out.
  if (found == running_.end()) {
    return RespondError(response, 400, "InvalidRequestID", "Invalid request ID");
  }
  found->second->result = std::move(result);
  found->second->wake_up->Wake();
  running_.erase(found);
  RespondAccepted(response);
}

// The runtime couldn't begin, so the invocation that waits for one fails, as on AWS.
void RuntimeApi::InitError(const net::Request& request, net::Response& response) {
  const std::string error = PostedError(request);
  base::Log(base::LogLevel::kError, "runtime failed to start",
            {{"trigger", options_.name}, {"reason", error}});
  const std::lock_guard lock(mutex_);
  if (!waiting_.empty()) {
    waiting_.front()->result = FunctionFailed(error);
    waiting_.front()->wake_up->Wake();
    waiting_.pop_front();
  }
  RespondAccepted(response);
}

void RuntimeApi::Stop(bool at_once) {
  const std::lock_guard lock(mutex_);
  stopping_ = true;
  const auto end = [](Call& call) {
    call.result = NotReached("stopping");
    call.wake_up->Wake();
  };
  for (const auto& call : waiting_) end(*call);
  waiting_.clear();
  if (at_once) {
    for (const auto& [id, call] : running_) end(*call);
    running_.clear();
  }
  for (const auto& poll : polls_) {
    poll->stopped = true;
    poll->wake_up->Wake();
  }
  polls_.clear();
}

}  // namespace cruddur::stream
