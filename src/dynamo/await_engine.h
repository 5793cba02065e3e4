// Awaits an engine write from a coroutine: the engine calls back on its committer's thread, the
// coroutine goes on on its own loop.
#pragma once

#include <boost/asio/associated_executor.hpp>
#include <boost/asio/post.hpp>
#include <utility>

#include "base/task.h"
#include "engine/engine.h"

namespace cruddur::dynamo {

// start(done) hands the write to the engine; `done` is an engine::Done<T>. The returned task starts
// it when it is awaited. The loop must outlive the engine, which calls every `done` before it ends.
template <class T, class Start>
base::Task<model::DbResult<T>> AwaitEngine(Start start) {
  namespace asio = base::asio;
  return asio::async_initiate<const asio::use_awaitable_t<base::Executor>&,
                              void(model::DbResult<T>)>(
      [](auto handler, Start start) {
        start([handler = std::move(handler)](model::DbResult<T> result) mutable {
          auto executor = asio::get_associated_executor(handler);
          asio::post(executor,
                     [handler = std::move(handler), result = std::move(result)]() mutable {
                       handler(std::move(result));
                     });
        });
      },
      base::kUseTask, std::move(start));
}

}  // namespace cruddur::dynamo
