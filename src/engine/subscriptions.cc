#include "engine/subscriptions.h"

#include <algorithm>
#include <exception>
#include <list>
#include <mutex>

#include "base/log.h"

namespace cruddur::engine {

// Shared with the handles, which may be dropped after the engine is gone.
struct Subscriptions::State {
  std::mutex mutex;  // held during calls: whoever removes a listener waits for a call under way
  struct Subscription {
    std::string table;
    StreamListener listener;
  };
  std::list<Subscription> listeners;
};

Subscriptions::Subscriptions() : state_(std::make_shared<State>()) {}
Subscriptions::~Subscriptions() = default;

std::shared_ptr<void> Subscriptions::Add(std::string table, StreamListener listener) {
  const std::lock_guard lock(state_->mutex);
  const auto place =
      state_->listeners.insert(state_->listeners.end(), {std::move(table), std::move(listener)});
  return std::shared_ptr<void>(&*place, [state = state_, place](void*) {
    const std::lock_guard remove(state->mutex);
    state->listeners.erase(place);
  });
}

void Subscriptions::Notify(
    const std::function<std::vector<CommittedRecords>(const TableFilter&)>& news) noexcept {
  // The commit is done: what a listener makes of it is no reason to call it failed.
  const auto guarded = [](const auto& call) {
    try {
      call();
    } catch (const std::exception& error) {
      base::Log(base::LogLevel::kError, "exception in a stream listener",
                {{"what", std::string_view(error.what())}});
    }
  };
  const std::lock_guard lock(state_->mutex);
  if (state_->listeners.empty()) return;
  std::vector<CommittedRecords> commit;
  guarded([&] {
    commit = news([&](std::string_view table) {
      return std::ranges::find(state_->listeners, table, &State::Subscription::table) !=
             state_->listeners.end();
    });
  });
  for (const CommittedRecords& records : commit) {
    for (const auto& [table, listener] : state_->listeners) {
      if (table == records.table) guarded([&] { listener(records); });
    }
  }
}

}  // namespace cruddur::engine
