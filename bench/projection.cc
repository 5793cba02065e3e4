// The projection in process: how long after its acknowledgement a message is in the conversation
// rows, and how many records a second go through it.
//
//   projection [--seconds 10] [--rate 1000] [--records 50000]
//
// Prints a Markdown table. "As fast as possible": batches of up to 1,000 records straight to the
// handler, of one conversation and of 10,000; the table itself takes the writes durably.
#include <fmt/format.h>

#include <algorithm>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/use_future.hpp>
#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <mutex>
#include <thread>
#include <unordered_map>
#include <vector>

#include "base/random.h"
#include "base/timestamp.h"
#include "dynamo/in_process_client.h"
#include "engine/engine.h"
#include "messaging/service.h"
#include "net/loop_pool.h"
#include "settings.h"
#include "stream/follower.h"

namespace {

using namespace cruddur;
using Clock = std::chrono::steady_clock;
using model::StreamRecord;

struct Settings {
  int64_t seconds = 10, rate = 1'000, records = 50'000;
};

constexpr std::string_view kProgram = "projection";

[[noreturn]] void Die(std::string_view what) { cruddur::bench::Die(kProgram, what); }

class NobodyKnown final : public messaging::People {
 public:
  base::Task<std::vector<messaging::Person>> Find(std::vector<std::string>) override {
    co_return std::vector<messaging::Person>();
  }
};

// The parts of a server that have to do with rows, without its HTTP side.
class Bench {
 public:
  explicit Bench(const std::string& directory)
      : engine_(Open(directory)), client_(*engine_), service_(client_, people_, clock_, Options()) {
    Run(client_.CreateTable(messaging::MessageTable(model::BillingMode::kPayPerRequest))).value();
    for (int i = 0; i < 2'000; ++i) {
      senders_.push_back({base::NewUuid(), "handle" + std::to_string(i), "Some Name"});
    }
  }
  ~Bench() {
    engine_.reset();
    loops_.Stop();
  }

  template <class T>
  T Run(base::Task<T> task) {
    return base::asio::co_spawn(loops_.loop(0), std::move(task), base::asio::use_future).get();
  }

  // Conversations of neighbours, each with a first message.
  std::vector<std::string> Start(size_t count) {
    std::vector<std::string> uuids;
    for (size_t i = 0; uuids.size() < count; ++i) {
      const size_t one = i % senders_.size(),
                   other = (one + 1 + i / senders_.size()) % senders_.size();
      auto started = Run(service_.Start(senders_[one], senders_[other], "hello"));
      if (!started) Die(started.error().message);
      uuids.push_back(started->conversation_uuid);
    }
    return uuids;
  }

  messaging::Service& service() { return service_; }
  engine::Engine& engine() { return *engine_; }
  dynamo::Client& client() { return client_; }
  net::LoopPool& loops() { return loops_; }
  const messaging::Person& sender(size_t i) const { return senders_[i % senders_.size()]; }

 private:
  static std::unique_ptr<engine::Engine> Open(const std::string& directory) {
    auto opened = engine::Engine::Open({.directory = directory});
    if (!opened) Die(opened.error().message);
    return *std::move(opened);
  }
  static messaging::ServiceOptions Options() {
    messaging::ServiceOptions options;
    options.writer.project_inline = true;  // until a follower does it
    options.projection.transactions = true;
    return options;
  }

  net::LoopPool loops_{2};
  std::unique_ptr<engine::Engine> engine_;
  dynamo::InProcessClient client_;
  NobodyKnown people_;
  base::SystemClock clock_;
  messaging::Service service_;
  std::vector<messaging::Person> senders_;
};

// When the message of each key was acknowledged, and how long after that its row came.
class Delays {
 public:
  void Acknowledged(const std::string& created_at) {
    const std::lock_guard lock(mutex_);
    if (const auto row = rows_.extract(created_at)) {
      delays_.push_back(0);  // the row was there before the answer
    } else {
      acknowledged_.emplace(created_at, Clock::now());
    }
  }
  void RowCommitted(const std::string& created_at) {
    const std::lock_guard lock(mutex_);
    if (const auto message = acknowledged_.extract(created_at)) {
      const std::chrono::duration<double, std::milli> took = Clock::now() - message.mapped();
      delays_.push_back(took.count());
    } else {
      rows_.emplace(created_at, Clock::now());
    }
  }
  double Percentile(double part) {
    const std::lock_guard lock(mutex_);
    if (delays_.empty()) return 0;
    std::ranges::sort(delays_);
    return delays_[static_cast<size_t>(part * static_cast<double>(delays_.size() - 1))];
  }
  size_t count() {
    const std::lock_guard lock(mutex_);
    return delays_.size();
  }

 private:
  std::mutex mutex_;
  std::unordered_map<std::string, Clock::time_point> acknowledged_, rows_;
  std::vector<double> delays_;
};

base::Task<void> SendOne(Bench& bench, Delays& delays, std::string conversation, size_t sender) {
  auto sent = co_await bench.service().Send(bench.sender(sender), std::move(conversation),
                                            "a line as people write them");
  if (!sent) Die(sent.error().message);
  delays.Acknowledged(sent->created_at);
}

void MeasureDelay(Bench& bench, const Settings& settings) {
  // Neighbours i and i + 1 share conversation i; each conversation gets a message now and then.
  const auto conversations = bench.Start(1'000);
  Delays delays;
  const auto rows = bench.engine().Subscribe(
      std::string(messaging::kTableName), [&](const engine::CommittedRecords& commit) {
        for (const StreamRecord& record : commit.records) {
          const std::string_view pk = record.keys.FindString("pk");
          if (record.event_name != model::StreamEventName::kRemove && pk.starts_with("GRP#")) {
            // Two rows a message: the first finds its acknowledgement, the second nobody waits for.
            delays.RowCommitted(std::string(record.keys.FindString("sk")));
          }
        }
        bench.service().SeeCommit(commit.records);
      });
  stream::FollowerOptions options;
  options.table = messaging::kTableName;
  options.concerns = messaging::Projection::Concerns;
  stream::Follower follower(
      bench.loops().loop(0), bench.client(),
      [&](const std::string& table, stream::CommitListener listener) {
        return bench.engine().Subscribe(
            table, [listener = std::move(listener)](const engine::CommittedRecords& commit) {
              listener(commit.records);
            });
      },
      [&](std::span<const StreamRecord> records, bool) {
        return bench.service().projection().Handle(records, messaging::Delivery::kFirst);
      },
      std::move(options));
  bench.service().SetStreamed(true);
  follower.Start();

  const auto start = Clock::now();
  const int64_t total = settings.seconds * settings.rate;
  for (int64_t i = 0; i < total; ++i) {
    std::this_thread::sleep_until(start + std::chrono::microseconds(i * 1'000'000 / settings.rate));
    const auto which = static_cast<size_t>(i) % conversations.size();
    base::asio::co_spawn(bench.loops().loop(1), SendOne(bench, delays, conversations[which], which),
                         base::asio::detached);
  }
  std::this_thread::sleep_for(std::chrono::seconds(1));
  fmt::print("| acknowledged to row visible, {} messages a second, p50 | {:.2f} ms |\n",
             settings.rate, delays.Percentile(0.5));
  fmt::print("| the same, p99 | {:.2f} ms |\n", delays.Percentile(0.99));
  follower.Stop();
}

// Records of messages that are in the table, in batches, as a stream that is behind brings them.
void MeasureRate(Bench& bench, const char* name, size_t conversation_count, int64_t records) {
  const auto conversations = bench.Start(conversation_count);
  std::vector<StreamRecord> stream;
  for (int64_t i = 0; i < records; ++i) {
    messaging::Message message{
        .conversation_uuid = conversations[static_cast<size_t>(i) % conversations.size()],
        .created_at = base::FormatTimestamp(base::SystemClock().Now() + base::Micros(i)),
        .uuid = base::NewUuid(),
        .text = "a line as people write them",
        .sender = bench.sender(0)};
    StreamRecord record;
    record.event_name = model::StreamEventName::kInsert;
    record.new_image = messaging::ItemOf(message);
    record.keys.Set("pk", record.new_image->FindString("pk"));
    record.keys.Set("sk", message.created_at);
    record.sequence_number = std::to_string(i + 1);
    stream.push_back(std::move(record));
  }
  constexpr size_t kBatch = 1'000;
  const auto start = Clock::now();
  for (size_t i = 0; i < stream.size(); i += kBatch) {
    const auto batch = std::span(stream).subspan(i, std::min(kBatch, stream.size() - i));
    const auto failed =
        bench.Run(bench.service().projection().Handle(batch, messaging::Delivery::kFirst));
    if (!failed.empty()) Die("records failed");
  }
  const std::chrono::duration<double> took = Clock::now() - start;
  fmt::print("| records a second, {} | {:.0f} |\n", name,
             static_cast<double>(records) / took.count());
}

}  // namespace

int main(int count, char** arguments) {
  Settings settings;
  cruddur::bench::ReadFlags(kProgram, count, arguments,
                            {{"--seconds", &settings.seconds},
                             {"--rate", &settings.rate},
                             {"--records", &settings.records}});
  const cruddur::bench::TemporaryDirectory directory(kProgram);
  Bench bench(directory.path());
  fmt::print("| | |\n|---|---|\n");
  MeasureRate(bench, "one conversation", 1, settings.records);
  MeasureRate(bench, "10,000 conversations", 10'000, settings.records);
  MeasureDelay(bench, settings);
}
