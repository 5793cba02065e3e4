// What the engine makes of RocksDB for durable writes: PutItem by 64 writers, beside 64 threads
// that write the same rows with RocksDB's own synced group commit and the same options, turn by
// turn in one run.
//
//   engine_write [--rows 20000] [--writers 64] [--rounds 5]
//
// Prints a Markdown table. The stores lie under TMPDIR: what syncs cost there decides the rates.
#include <fmt/format.h>
#include <rocksdb/db.h>

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <ctime>
#include <filesystem>
#include <functional>
#include <future>
#include <semaphore>
#include <thread>
#include <vector>

#include "engine/engine.h"
#include "engine/key_codec.h"
#include "engine/row.h"
#include "engine/storage.h"
#include "engine/storage_options.h"
#include "settings.h"

namespace {

namespace base = cruddur::base;
namespace engine = cruddur::engine;
namespace model = cruddur::model;
using engine::Family;

struct Settings {
  int64_t rows = 20'000, writers = 64, rounds = 5;
};

constexpr std::string_view kProgram = "engine_write";

[[noreturn]] void Die(std::string_view what) { cruddur::bench::Die(kProgram, what); }

// A message as Cruddur stores it: about 300 bytes.
model::Item Message(int64_t number) {
  return {{"pk", fmt::format("MSG#{:08x}-6d2b-4f0e-9d52-0a4a4a6b7c11", number * 2654435761 % 1000)},
          {"sk", fmt::format("2023-03-24T09:{:012}+00:00", number)},
          {"message_uuid", "3f9c6a52-6d2b-4f0e-9d52-0a4a4a6b7c11"},
          {"message", std::string(64, static_cast<char>('a' + number % 26))},
          {"user_uuid", "b1a2c3d4-6d2b-4f0e-9d52-0a4a4a6b7c11"},
          {"user_display_name", "Andrew Brown"},
          {"user_handle", "andrewbrown"}};
}

const model::KeySchema kKeys{{{"pk", model::Type::kS}}, {{"sk", model::Type::kS}}};

struct Figures {
  double rate = 0;        // rows a second
  double cpu_micros = 0;  // of the whole process, a row
};

double ProcessCpuSeconds() {
  timespec now;
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
  return static_cast<double>(now.tv_sec) + static_cast<double>(now.tv_nsec) * 1e-9;
}

Figures Measure(int64_t rows, const std::function<void()>& run) {
  const double cpu = ProcessCpuSeconds();
  const auto start = std::chrono::steady_clock::now();
  run();
  const std::chrono::duration<double> took = std::chrono::steady_clock::now() - start;
  return {static_cast<double>(rows) / took.count(),
          (ProcessCpuSeconds() - cpu) * 1e6 / static_cast<double>(rows)};
}

// Every writer writes its share of the rows, one after the other.
void WithWriters(const Settings& settings, int64_t first,
                 const std::function<void(int64_t row)>& write) {
  std::vector<std::thread> writers;
  for (int64_t writer = 0; writer < settings.writers; ++writer) {
    writers.emplace_back([&, writer] {
      for (int64_t row = writer; row < settings.rows; row += settings.writers) write(first + row);
    });
  }
  for (std::thread& writer : writers) writer.join();
}

class PlainStore {
 public:
  explicit PlainStore(const std::string& directory) {
    engine::StorageOptions options{.directory = directory, .clock = &clock_};
    std::filesystem::create_directories(directory);
    auto db_options = engine::MakeDbOptions(options);
    // Several threads write here: what RocksDB does with them by default.
    db_options.allow_concurrent_memtable_write = true;
    db_options.enable_write_thread_adaptive_yield = true;
    rocksdb::DB* db = nullptr;
    const auto status =
        rocksdb::DB::Open(db_options, directory, engine::MakeFamilies(options), &families_, &db);
    if (!status.ok()) Die(status.ToString());
    db_.reset(db);
  }
  ~PlainStore() {
    for (auto* family : families_) delete family;
  }

  void Put(int64_t number) {
    const model::Item item = Message(number);
    std::string key, row;
    engine::AppendItemKey(1, kKeys, item, key);
    engine::AppendRow(item, model::SizeInBytes(item), row);
    rocksdb::WriteOptions durable;
    durable.sync = true;
    const auto status = db_->Put(durable, families_[static_cast<size_t>(Family::kItems)], key, row);
    if (!status.ok()) Die(status.ToString());
  }

 private:
  base::SystemClock clock_;
  std::unique_ptr<rocksdb::DB> db_;
  std::vector<rocksdb::ColumnFamilyHandle*> families_;
};

class EngineStore {
 public:
  explicit EngineStore(const std::string& directory) {
    auto opened = engine::Engine::Open({.directory = directory});
    if (!opened) Die(opened.error().message);
    engine_ = *std::move(opened);
    // "messages" is Cruddur's own: every message goes to the stream too.
    Create({.table = "plain", .keys = kKeys});
    model::CreateTableRequest messages{.table = "messages", .keys = kKeys};
    messages.stream_view = model::StreamViewType::kNewImage;
    messages.indexes.push_back(
        {.name = "message-group-sk-index",
         .global = true,
         .keys = {{{"message_group_uuid", model::Type::kS}}, {{"sk", model::Type::kS}}}});
    Create(std::move(messages));
  }

  void Put(const std::string& table, int64_t number) {
    std::binary_semaphore ready(0);
    engine_->PutItem({.table = table, .item = Message(number)}, [&](auto result) {
      if (!result) Die(result.error().message);
      ready.release();
    });
    ready.acquire();
  }

  // As the server does: nobody blocks, each answer sets off its writer's next request. Two threads
  // make the requests.
  void PutInFlight(const Settings& settings, const std::string& table, int64_t first);

 private:
  void Create(model::CreateTableRequest request) {
    request.billing = model::BillingMode::kPayPerRequest;
    std::promise<void> done;
    engine_->CreateTable(std::move(request), [&](auto result) {
      if (!result) Die(result.error().message);
      done.set_value();
    });
    done.get_future().wait();
  }

  std::unique_ptr<engine::Engine> engine_;
};

// Requests to be made, handed to one of the threads.
class Loop {
 public:
  void Post(int64_t row) {
    {
      const std::lock_guard lock(mutex_);
      rows_.push_back(row);
    }
    wake_.notify_one();
  }
  int64_t Take() {
    std::unique_lock lock(mutex_);
    wake_.wait(lock, [this] { return !rows_.empty(); });
    const int64_t row = rows_.back();
    rows_.pop_back();
    return row;
  }

 private:
  std::mutex mutex_;
  std::condition_variable wake_;
  std::vector<int64_t> rows_;
};

void EngineStore::PutInFlight(const Settings& settings, const std::string& table, int64_t first) {
  constexpr int64_t kLoops = 2;
  std::array<Loop, kLoops> loops;
  std::atomic<int64_t> left = settings.rows;
  std::vector<std::thread> threads;
  for (Loop& loop : loops) {
    threads.emplace_back([&] {
      for (int64_t row = loop.Take(); row >= 0; row = loop.Take()) {
        engine_->PutItem({.table = table, .item = Message(first + row)}, [&, row](auto result) {
          if (!result) Die(result.error().message);
          if (row + settings.writers < settings.rows) loop.Post(row + settings.writers);
          if (--left == 0) {
            for (Loop& each : loops) each.Post(-1);
          }
        });
      }
    });
  }
  for (int64_t row = 0; row < std::min(settings.writers, settings.rows); ++row) {
    loops[static_cast<size_t>(row % kLoops)].Post(row);
  }
  for (std::thread& thread : threads) thread.join();
}

double Median(std::vector<double> values) {
  std::ranges::sort(values);
  return values[values.size() / 2];
}

void Run(const Settings& settings, const std::string& directory) {
  PlainStore plain(directory + "/plain");
  EngineStore store(directory + "/engine");
  struct Contender {
    const char* name;
    std::function<void(int64_t first)> run;
    std::vector<double> rates, ratios, cpu;
  };
  Contender contenders[] = {
      {"RocksDB, synced Put",
       [&](int64_t first) { WithWriters(settings, first, [&](int64_t row) { plain.Put(row); }); }},
      {"PutItem, a thread a writer",
       [&](int64_t first) {
         WithWriters(settings, first, [&](int64_t row) { store.Put("plain", row); });
       }},
      {"PutItem, two loops", [&](int64_t first) { store.PutInFlight(settings, "plain", first); }},
      {"PutItem with stream and index, two loops",
       [&](int64_t first) { store.PutInFlight(settings, "messages", first); }},
  };
  int64_t first = 0;
  // The first round warms up.
  for (int64_t round = 0; round <= settings.rounds; ++round) {
    double base = 0;
    for (Contender& contender : contenders) {
      const Figures figures = Measure(settings.rows, [&] { contender.run(first); });
      first += settings.rows;
      if (base == 0) base = figures.rate;
      if (round == 0) continue;
      contender.rates.push_back(figures.rate);
      contender.ratios.push_back(figures.rate / base);
      contender.cpu.push_back(figures.cpu_micros);
    }
  }
  fmt::print("{} writers, {} rows of about 300 bytes a turn, medians of {} rounds\n\n",
             settings.writers, settings.rows, settings.rounds);
  fmt::print("| | rows a second | of RocksDB's | CPU microseconds a row |\n|---|---|---|---|\n");
  for (Contender& contender : contenders) {
    fmt::print("| {} | {:.0f} | {:.2f} | {:.1f} |\n", contender.name, Median(contender.rates),
               Median(contender.ratios), Median(contender.cpu));
  }
}

}  // namespace

int main(int count, char** arguments) {
  Settings settings;
  cruddur::bench::ReadFlags(kProgram, count, arguments,
                            {{"--rows", &settings.rows},
                             {"--writers", &settings.writers},
                             {"--rounds", &settings.rounds}});
  const cruddur::bench::TemporaryDirectory directory(kProgram);
  Run(settings, directory.path());
}
