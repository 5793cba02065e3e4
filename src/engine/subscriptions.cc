#include "engine/subscriptions.h"

#include <atomic>
#include <list>
#include <mutex>

namespace cruddur::engine {

// Shared with the handles, which may be dropped after the engine is gone.
struct Subscriptions::State {
  std::mutex mutex;  // held during calls: whoever removes a listener waits for a call under way
  std::list<StreamListener> listeners;
  std::atomic<size_t> count = 0;
};

Subscriptions::Subscriptions() : state_(std::make_shared<State>()) {}
Subscriptions::~Subscriptions() = default;

std::shared_ptr<void> Subscriptions::Add(StreamListener listener) {
  const std::lock_guard lock(state_->mutex);
  const auto place = state_->listeners.insert(state_->listeners.end(), std::move(listener));
  state_->count.store(state_->listeners.size());
  return std::shared_ptr<void>(&*place, [state = state_, place](void*) {
    const std::lock_guard remove(state->mutex);
    state->listeners.erase(place);
    state->count.store(state->listeners.size());
  });
}

bool Subscriptions::Wanted() const { return state_->count.load() != 0; }

void Subscriptions::Notify(const std::vector<CommittedRecords>& commit) {
  const std::lock_guard lock(state_->mutex);
  for (const CommittedRecords& records : commit) {
    for (const StreamListener& listener : state_->listeners) listener(records);
  }
}

}  // namespace cruddur::engine
