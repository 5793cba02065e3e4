// The operations that the wire server offers, each from JSON to the engine and back.
#pragma once

#include <boost/asio/use_awaitable.hpp>
#include <string_view>

#include "base/task.h"
#include "dynamo/authenticator.h"
#include "engine/engine.h"
#include "net/http.h"

namespace cruddur::dynamo {

// What an operation works with. `body` is the request's JSON text; the response's body takes the
// answer, its status says 200 or the error's.
struct WireCall {
  engine::Engine& engine;
  std::string_view region;
  std::string_view body;
  net::Response& response;
  std::string_view operation;
  std::string_view host;  // as the client named it
  const Caller* caller;   // null: everybody may do everything
};

// Goes on with the coroutine that waits for a write; to be called on its loop.
using Resume =
    base::asio::async_result<base::asio::use_awaitable_t<base::Executor>, void()>::handler_type;

// One of the two is set: reads are answered when the function returns, writes when they resume.
struct WireOperation {
  std::string_view name;
  void (*read)(WireCall call) = nullptr;
  void (*write)(WireCall call, Resume resume) = nullptr;
};

// By the whole target, "DynamoDB_20120810.PutItem"; null for what is not there.
const WireOperation* FindOperation(std::string_view target);

// Answers with the error: status and body.
void AnswerError(net::Response& response, const model::DbError& error);

}  // namespace cruddur::dynamo
