// Of the tests: model checking in the small. What a run decides freely is asked of a Choices, which
// takes another way through each run until there is none left.
#pragma once

#include <boost/asio/async_result.hpp>
#include <boost/asio/post.hpp>
#include <deque>
#include <functional>
#include <utility>
#include <vector>

#include "messaging/interruption_fixture.h"

namespace cruddur::messaging {

// A depth-first walk over all sequences of decisions:
//
//   Choices choices;
//   do { ... choices.Pick(n) ... } while (choices.Next());
class Choices {
 public:
  // One of 0 to `options` - 1. What it depends on may only be what was picked before.
  size_t Pick(size_t options) {
    if (at_ == taken_.size()) taken_.push_back({0, options});
    return taken_[at_++].picked;
  }
  // On to the next sequence. False: that was the last.
  bool Next() {
    at_ = 0;
    while (!taken_.empty() && taken_.back().picked + 1 == taken_.back().options) taken_.pop_back();
    if (taken_.empty()) return false;
    ++taken_.back().picked;
    return true;
  }
  // The same sequence once more.
  void Rewind() { at_ = 0; }
  // To reproduce a run by eye.
  std::string ToString() const {
    std::string text;
    for (const Taken& taken : taken_) text += std::to_string(taken.picked);
    return text;
  }

 private:
  struct Taken {
    size_t picked, options;
  };
  std::vector<Taken> taken_;
  size_t at_ = 0;
};

// One process' client: each call waits until Step, and after Kill none is made any more. All on one
// loop.
class SteppedClient final : public InterruptedClient {
 public:
  explicit SteppedClient(dynamo::Client& store)
      : InterruptedClient(store, [this](int, std::string_view) {
          return killed_ ? Fate::kFails : Fate::kPasses;
        }) {}

  bool waits() const { return !waiting_.empty(); }

  void Step() {
    auto resume = std::move(waiting_.front());
    waiting_.pop_front();
    resume();
  }
  void Kill() {
    killed_ = true;
    while (waits()) Step();
  }

 private:
  Task<void> Arrive() override {
    if (killed_) co_return;
    const base::Executor executor = co_await base::asio::this_coro::executor;
    co_await base::asio::async_initiate<const base::asio::use_awaitable_t<base::Executor>, void()>(
        [this, executor](auto handler) {
          waiting_.push_back([executor, handler = std::move(handler)]() mutable {
            base::asio::post(executor, std::move(handler));
          });
        },
        base::kUseTask);
  }

  std::deque<std::move_only_function<void()>> waiting_;
  bool killed_ = false;
};

}  // namespace cruddur::messaging
