#include "cache/remote_cache.h"

#include <algorithm>
#include <atomic>
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/basic_waitable_timer.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <cstring>
#include <optional>

#include "base/random.h"
#include "base/when_all.h"
#include "cache/breaker.h"
#include "cache/envelope.h"
#include "cache/pending_drops.h"

namespace cruddur::cache {
namespace {

namespace asio = base::asio;
using base::Status;
using base::Task;
using SteadyClock = std::chrono::steady_clock;
using Timer =
    asio::basic_waitable_timer<SteadyClock, asio::wait_traits<SteadyClock>, base::Executor>;

// How old what is known of the epoch may be.
constexpr std::chrono::seconds kEpochAge{1};
// What a load may take at most: versions outlive values by it.
constexpr std::chrono::seconds kLongestLoad{60};
// The epoch's life in the cache; written anew only by a drop of all.
constexpr std::chrono::seconds kEpochLife = std::chrono::hours(24);
constexpr size_t kDeliveredAtOnce = 64;

uint64_t ToNumber(const std::optional<std::string>& bytes) {
  uint64_t number = 0;
  if (bytes && bytes->size() == sizeof number) std::memcpy(&number, bytes->data(), sizeof number);
  return number;
}

std::string ToBytes(uint64_t number) {
  return {reinterpret_cast<const char*>(&number), sizeof number};
}

// What a value carries: never 0, and another one for each pair (splitmix64's finish).
uint64_t TagOf(uint64_t epoch, uint64_t version) {
  uint64_t x = epoch * 0x9e3779b97f4a7c15 + version;
  x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9;
  x = (x ^ (x >> 27)) * 0x94d049bb133111eb;
  return (x ^ (x >> 31)) | 1;
}

}  // namespace

struct RemoteCache::State : std::enable_shared_from_this<State> {
  State(base::Loop& loop, std::unique_ptr<RemoteStore> store, RemoteCacheOptions options)
      : loop(loop),
        options(std::move(options)),
        store(std::move(store)),
        breaker(this->options.name),
        pending(this->options.max_pending) {}

  std::string ValueKey(std::string_view key) const { return Join("v:", key); }
  std::string VersionKey(std::string_view key) const { return Join("n:", key); }
  std::string EpochKey() const { return Join("epoch", {}); }
  std::string Join(std::string_view kind, std::string_view key) const {
    std::string joined;
    joined.reserve(options.prefix.size() + kind.size() + key.size());
    return joined.append(options.prefix).append(kind).append(key);
  }

  void Note(const Status& outcome);
  bool EpochIsKnown() const {
    return SteadyClock::now().time_since_epoch().count() < epoch_until.load();
  }
  void LearnEpoch(uint64_t value) {
    epoch.store(value);
    epoch_until.store((SteadyClock::now() + kEpochAge).time_since_epoch().count());
  }

  Task<bool> Deliver(PendingDrops::Drop drop);
  Task<bool> DeliverAll(uint64_t drop);
  Task<bool> Probe();
  Task<void> Tend();
  void StartTending();

  base::Loop& loop;
  const RemoteCacheOptions options;
  const std::unique_ptr<RemoteStore> store;
  Breaker breaker;
  PendingDrops pending;
  CacheCounters* counters = nullptr;  // the cache's; null when it has gone
  std::atomic<uint64_t> epoch{0};
  std::atomic<SteadyClock::rep> epoch_until{0};
  std::atomic<bool> tending{false}, stopped{false};
};

void RemoteCache::State::Note(const Status& outcome) {
  if (outcome) return breaker.Succeeded();
  if (!stopped) counters->failures.Add();
  breaker.Failed(outcome.error());
  if (breaker.is_open()) StartTending();
}

// Each attempt sets a version of its own: one that arrives late, or twice, must not bring back a
// version under which somebody has stored since.
Task<bool> RemoteCache::State::Deliver(PendingDrops::Drop drop) {
  const Status outcome = co_await store->Put(VersionKey(drop.first), ToBytes(base::RandomUint64()),
                                             options.max_age + kLongestLoad, options.patience);
  Note(outcome);
  if (outcome) pending.Arrived(drop);
  co_return outcome.has_value();
}

Task<bool> RemoteCache::State::DeliverAll(uint64_t drop) {
  const uint64_t value = base::RandomUint64();
  const Status outcome =
      co_await store->Put(EpochKey(), ToBytes(value), kEpochLife, options.patience);
  Note(outcome);
  if (!outcome) co_return false;
  LearnEpoch(value);
  pending.AllArrived(drop);
  co_return true;
}

Task<bool> RemoteCache::State::Probe() {
  std::vector<std::string> keys;
  keys.push_back(EpochKey());
  const auto values = co_await store->Get(std::move(keys), options.patience);
  if (values) LearnEpoch(ToNumber(values->front()));
  Note(values ? Status() : std::unexpected(values.error()));
  co_return values.has_value();
}

// Runs while drops wait or the server is away.
Task<void> RemoteCache::State::Tend() {
  Timer timer(loop);
  while (!stopped) {
    bool good = true;
    if (breaker.is_open()) good = co_await Probe();
    if (good) {
      if (const auto all = pending.All()) good = co_await DeliverAll(*all);
    }
    if (good) {
      std::vector<Task<bool>> deliveries;
      for (PendingDrops::Drop& drop : pending.Some(kDeliveredAtOnce)) {
        deliveries.push_back(Deliver(std::move(drop)));
      }
      if (!deliveries.empty()) {
        const std::vector<bool> arrived = co_await base::WhenAll(std::move(deliveries));
        good = std::ranges::find(arrived, true) != arrived.end();
      }
    }
    if (!good) {
      timer.expires_after(options.retry_interval);
      co_await timer.async_wait(asio::as_tuple(base::kUseTask));
      continue;
    }
    if (pending.size() > 0 || breaker.is_open()) continue;
    tending = false;
    // Added meanwhile: by somebody who saw that this was still running.
    if ((pending.size() == 0 && !breaker.is_open()) || tending.exchange(true)) break;
  }
}

void RemoteCache::State::StartTending() {
  if (tending.exchange(true) || stopped) return;
  asio::co_spawn(
      loop,
      [](std::shared_ptr<State> state) -> Task<void> {
        co_await state->Tend();
      }(shared_from_this()),
      asio::detached);
}

RemoteCache::RemoteCache(base::Loop& loop, std::unique_ptr<RemoteStore> store,
                         RemoteCacheOptions options)
    : state_(std::make_shared<State>(loop, std::move(store), std::move(options))) {
  state_->counters = &counters_;
}

RemoteCache::~RemoteCache() { state_->stopped = true; }

bool RemoteCache::away() const { return state_->breaker.is_open(); }
size_t RemoteCache::pending() const { return state_->pending.size(); }

Task<Lookup> RemoteCache::Get(std::string_view key) {
  State& state = *state_;
  if (state.breaker.is_open() || state.pending.Concern(key)) {
    counters_.misses.Add();
    co_return Lookup();
  }
  const auto began = SteadyClock::now();
  const bool ask_epoch = !state.EpochIsKnown();
  const std::string value_key = state.ValueKey(key);
  std::vector<std::string> keys;
  keys.reserve(3);
  keys.push_back(state.VersionKey(key));
  keys.push_back(value_key);
  if (ask_epoch) keys.push_back(state.EpochKey());
  const auto values = co_await state.store->Get(std::move(keys), state.options.patience);
  state.Note(values ? Status() : std::unexpected(values.error()));
  counters_.nanoseconds.Add(static_cast<uint64_t>((SteadyClock::now() - began).count()));
  // Dropped while the answer was on its way.
  if (!values || state.pending.Concern(key)) {
    counters_.misses.Add();
    co_return Lookup();
  }
  if (ask_epoch) state.LearnEpoch(ToNumber((*values)[2]));
  const uint64_t tag = TagOf(state.epoch.load(), ToNumber((*values)[0]));
  if (const std::optional<std::string>& value = (*values)[1]) {
    const auto opened = Open(value_key, *value);
    if (opened && opened->tag == tag) {
      counters_.hits.Add();
      co_return Lookup{std::make_shared<const std::string>(opened->contents), tag};
    }
  }
  counters_.misses.Add();
  co_return Lookup{nullptr, tag};
}

Task<void> RemoteCache::SetIfNewer(std::string_view key, uint64_t version, Bytes bytes) {
  State& state = *state_;
  if (version == 0 || state.breaker.is_open() || state.pending.Concern(key)) {
    counters_.refused.Add();
    co_return;
  }
  std::string value_key = state.ValueKey(key);
  std::string envelope = Seal(value_key, version, *bytes);
  if (envelope.size() > state.store->max_value_bytes()) co_return;
  const auto age = std::chrono::duration_cast<std::chrono::seconds>(
      std::chrono::duration<double>(state.options.max_age) * (1.0 - 0.15 * base::RandomUnit()));
  const base::Executor executor = co_await asio::this_coro::executor;
  asio::co_spawn(
      executor,
      [](std::shared_ptr<State> state, std::string value_key, std::string envelope,
         std::chrono::seconds age) -> Task<void> {
        state->Note(co_await state->store->Put(std::move(value_key), std::move(envelope), age,
                                               state->options.patience));
      }(state_, std::move(value_key), std::move(envelope), age),
      asio::detached);
}

void RemoteCache::Drop(std::string_view key) {
  state_->pending.Add(key);
  state_->StartTending();
}

void RemoteCache::DropAll() {
  state_->pending.AddAll();
  state_->StartTending();
}

Task<void> RemoteCache::DropEverywhere(std::vector<std::string> keys) {
  State& state = *state_;
  for (const std::string& key : keys) state.pending.Add(key);
  if (state.breaker.is_open()) co_return;
  std::vector<Task<bool>> deliveries;
  for (const std::string& key : keys) {
    if (auto drop = state.pending.Find(key)) deliveries.push_back(state.Deliver(*std::move(drop)));
  }
  if (!deliveries.empty()) co_await base::WhenAll(std::move(deliveries));
  if (state.pending.size() > 0) state.StartTending();
}

}  // namespace cruddur::cache
