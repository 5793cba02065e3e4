#include "cache/remote_cache.h"

#include <algorithm>
#include <atomic>
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/basic_waitable_timer.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <cstring>
#include <optional>
#include <thread>

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
constexpr std::chrono::milliseconds kStopLook{20};

uint64_t ToNumber(const std::optional<std::string>& bytes) {
  uint64_t number = 0;
  if (bytes && bytes->size() == sizeof number) std::memcpy(&number, bytes->data(), sizeof number);
  return number;
}

std::string ToBytes(uint64_t number) {
  return {reinterpret_cast<const char*>(&number), sizeof number};
}

// What a value carries: never 0, and another one for each three (splitmix64's finish).
uint64_t TagOf(uint64_t source, uint64_t epoch, uint64_t version) {
  constexpr uint64_t kOdd = 0x9e3779b97f4a7c15;
  uint64_t x = (source * kOdd + epoch) * kOdd + version;
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

  // The key's version, made by us where it has none: a version that isn't there never stands for
  // anything, so a value can't come back when its own has gone. nullopt: it can't be made.
  Task<std::optional<uint64_t>> VersionOf(std::string_view key, uint64_t found,
                                          std::chrono::milliseconds patience);
  Task<bool> Deliver(PendingDrops::Drop drop);
  Task<bool> DeliverAll(uint64_t drop);
  Task<bool> Probe();
  // For Tend: what somebody else carries is not its work.
  bool HasWork() const { return breaker.is_open() || pending.All() || !pending.Some(1).empty(); }
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
  // Counts drops of all keys, as they are asked for and as they arrive: what was looked up before
  // one says nothing after it.
  std::atomic<uint64_t> all_drops{0};
  std::atomic<bool> tending{false}, stopped{false};
  std::atomic<int> tasks{0};  // that nobody waits for
};

namespace {

// A task that nobody waits for is under way.
class Counted {
 public:
  explicit Counted(std::atomic<int>& tasks) : tasks_(tasks) { ++tasks_; }
  ~Counted() { --tasks_; }
  Counted(const Counted&) = delete;
  Counted& operator=(const Counted&) = delete;

 private:
  std::atomic<int>& tasks_;
};

}  // namespace

void RemoteCache::State::Note(const Status& outcome) {
  if (outcome) return breaker.Succeeded();
  if (!stopped) counters->failures.Add();
  breaker.Failed(outcome.error());
  if (breaker.is_open()) StartTending();
}

Task<std::optional<uint64_t>> RemoteCache::State::VersionOf(std::string_view key, uint64_t found,
                                                            std::chrono::milliseconds patience) {
  if (found != 0) co_return found;
  if (patience.count() <= 0) co_return std::nullopt;
  const uint64_t made = base::RandomUint64() | 1;
  const Status put =
      co_await store->Put(VersionKey(key), ToBytes(made), options.max_age + kLongestLoad, patience);
  Note(put);
  if (!put) co_return std::nullopt;
  co_return made;
}

// Each attempt sets a version of its own: one that arrives late, or twice, must not bring back a
// version under which somebody has stored since.
Task<bool> RemoteCache::State::Deliver(PendingDrops::Drop drop) {
  const Status outcome =
      co_await store->Put(VersionKey(drop.first), ToBytes(base::RandomUint64() | 1),
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
  ++all_drops;
  LearnEpoch(value);
  pending.AllArrived(drop);
  co_return true;
}

// By writing: a server that only reads is of no use to us.
Task<bool> RemoteCache::State::Probe() {
  const Status put =
      co_await store->Put(Join("probe", {}), ToBytes(0), kLongestLoad, options.patience);
  Note(put);
  co_return put.has_value();
}

// Runs while drops wait or the server is away.
Task<void> RemoteCache::State::Tend() {
  const Counted counted(tasks);
  Timer timer(loop);
  bool good = !breaker.is_open();
  while (!stopped) {
    if (!good) {
      // In small parts, for who stops.
      const auto until = SteadyClock::now() + options.retry_interval;
      while (!stopped && SteadyClock::now() < until) {
        timer.expires_at(std::min(until, SteadyClock::now() + kStopLook));
        co_await timer.async_wait(asio::as_tuple(base::kUseTask));
      }
    }
    good = !breaker.is_open() || co_await Probe();
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
    if (!good || HasWork()) continue;
    tending.exchange(false);
    // Added meanwhile: by somebody who saw that this was still running.
    if (!HasWork() || tending.exchange(true)) break;
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
  const uint64_t all_drops = state.all_drops.load();
  const bool ask_epoch = !state.EpochIsKnown();
  const std::string value_key = state.ValueKey(key);
  std::vector<std::string> keys;
  keys.reserve(3);
  keys.push_back(state.VersionKey(key));
  keys.push_back(value_key);
  if (ask_epoch) keys.push_back(state.EpochKey());
  const auto values = co_await state.store->Get(std::move(keys), state.options.patience);
  state.Note(values ? Status() : std::unexpected(values.error()));
  if (counters_.lookup_time) counters_.lookup_time->Observe(SteadyClock::now() - began);
  // Dropped while the answer was on its way.
  const auto overtaken = [&] { return state.pending.Concern(key) || state.all_drops != all_drops; };
  if (!values || overtaken()) {
    counters_.misses.Add();
    co_return Lookup();
  }
  if (ask_epoch) state.LearnEpoch(ToNumber((*values)[2]));
  const uint64_t epoch = state.epoch.load();
  const uint64_t source = values->source;
  const uint64_t found = ToNumber((*values)[0]);
  if (const std::optional<std::string>& value = (*values)[1]; value && found != 0) {
    const uint64_t tag = TagOf(source, epoch, found);
    const auto opened = Open(value_key, *value);
    if (opened && opened->tag == tag) {
      counters_.hits.Add();
      co_return Lookup{std::make_shared<const std::string>(opened->contents), tag};
    }
    counters_.refused.Add();
  }
  counters_.misses.Add();
  const auto left = state.options.patience - (SteadyClock::now() - began);
  const auto version = co_await state.VersionOf(
      key, found, std::chrono::duration_cast<std::chrono::milliseconds>(left));
  if (!version || overtaken()) co_return Lookup();
  co_return Lookup{nullptr, TagOf(source, epoch, *version)};
}

Task<void> RemoteCache::SetIfNewer(std::string_view key, uint64_t version, Bytes bytes) {
  State& state = *state_;
  if (version == 0 || state.breaker.is_open() || state.pending.Concern(key)) co_return;
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
        const Counted counted(state->tasks);
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
  ++state_->all_drops;
  state_->pending.AddAll();
  state_->StartTending();
}

Task<void> RemoteCache::DropEverywhere(std::vector<std::string> keys) {
  State& state = *state_;
  const bool carried = !state.breaker.is_open();
  for (const std::string& key : keys) state.pending.Add(key, carried);
  if (!carried) co_return;
  std::vector<Task<bool>> deliveries;
  for (const std::string& key : keys) {
    if (auto drop = state.pending.Find(key)) deliveries.push_back(state.Deliver(*std::move(drop)));
  }
  if (!deliveries.empty()) co_await base::WhenAll(std::move(deliveries));
  for (const std::string& key : keys) state.pending.Release(key);
  if (state.HasWork()) state.StartTending();
}

void RemoteCache::Stop(std::chrono::milliseconds grace) {
  const auto end = SteadyClock::now() + grace;
  const auto wait_while = [&](auto condition) {
    while (condition() && SteadyClock::now() < end) {
      std::this_thread::sleep_for(std::chrono::milliseconds(1));
    }
  };
  wait_while([&] { return state_->pending.size() > 0 && !state_->breaker.is_open(); });
  state_->stopped = true;
  wait_while([&] { return state_->tasks > 0; });
}

}  // namespace cruddur::cache
