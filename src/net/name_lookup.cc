#include "net/name_lookup.h"

#include <algorithm>
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/post.hpp>
#include <mutex>
#include <optional>
#include <system_error>
#include <thread>

namespace cruddur::net {

using base::ErrorCode;
using base::Fail;

struct NameLookUp::State {
  // One who waits. What resumes him is his timer.
  struct Waiter {
    Waiter(const base::Executor& executor, SteadyTime deadline) : timer(executor, deadline) {}

    Timer timer;
    std::optional<base::Result<Endpoints>> answer;  // written on his loop
  };
  // In the list for as long as the coroutine that waits is there, and so its loop.
  class Place {
   public:
    Place(std::shared_ptr<State> state, std::shared_ptr<Waiter> waiter)
        : state_(std::move(state)), waiter_(std::move(waiter)) {}
    ~Place() {
      const std::lock_guard lock(state_->mutex);
      std::erase(state_->waiting, waiter_);
    }
    Place(const Place&) = delete;
    Place& operator=(const Place&) = delete;

   private:
    const std::shared_ptr<State> state_;
    const std::shared_ptr<Waiter> waiter_;
  };

  void Answer(const base::Result<Endpoints>& answer) {
    const std::lock_guard lock(mutex);
    asking = false;
    for (const std::shared_ptr<Waiter>& waiter : waiting) {
      base::asio::post(waiter->timer.get_executor(), [waiter, answer] {
        waiter->answer = answer;
        waiter->timer.cancel();
      });
    }
  }

  Ask ask;
  std::mutex mutex;
  // Protected by mutex.
  std::vector<std::shared_ptr<Waiter>> waiting;
  bool asking = false;
};

NameLookUp::NameLookUp(Ask ask) : state_(std::make_shared<State>()) {
  state_->ask = std::move(ask);
}

base::Task<base::Result<NameLookUp::Endpoints>> NameLookUp::Find(const Origin& origin,
                                                                 SteadyTime deadline) {
  const auto waiter =
      std::make_shared<State::Waiter>(co_await base::asio::this_coro::executor, deadline);
  const State::Place place(state_, waiter);
  bool first = false;
  {
    const std::lock_guard lock(state_->mutex);
    state_->waiting.push_back(waiter);
    first = !std::exchange(state_->asking, true);
  }
  if (first) {
    try {
      std::thread([state = state_, origin] { state->Answer(state->ask(origin)); }).detach();
    } catch (const std::system_error& error) {
      state_->Answer(Fail(ErrorCode::kUnavailable, std::string("no thread: ") + error.what()));
    }
  }
  co_await waiter->timer.async_wait(base::asio::as_tuple(base::kUseTask));
  if (waiter->answer) co_return *std::move(waiter->answer);
  co_return Fail(ErrorCode::kDeadlineExceeded, "no address of " + origin.host + " in time");
}

base::Result<NameLookUp::Endpoints> NameLookUp::AskSystem(const Origin& origin) {
  base::asio::io_context context(1);
  Tcp::resolver resolver(context);
  boost::system::error_code error;
  const auto results = resolver.resolve(origin.host, std::to_string(origin.port), error);
  if (error) {
    return Fail(ErrorCode::kUnavailable, "cannot find " + origin.host + ": " + error.message());
  }
  Endpoints found;
  for (const auto& entry : results) found.push_back(entry.endpoint());
  return found;
}

}  // namespace cruddur::net
