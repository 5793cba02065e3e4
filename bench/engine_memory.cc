// What the engine takes of memory while a table grows, is read at random and scanned.
//
//   engine_memory [--items 10000000] [--block-cache-mb 8]
//
// Prints a Markdown table of the process' resident memory after each step. Writes wait for the
// system's buffers only: memory, not syncing, is looked at. The store lies under TMPDIR, some 150
// bytes an item.
#include <fmt/format.h>
#include <unistd.h>

#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <future>
#include <random>
#include <semaphore>

#include "engine/engine.h"
#include "settings.h"

namespace {

namespace engine = cruddur::engine;
namespace model = cruddur::model;

struct Settings {
  int64_t items = 10'000'000, block_cache_mb = 8;
};

constexpr std::string_view kProgram = "engine_memory";

[[noreturn]] void Die(std::string_view what) { cruddur::bench::Die(kProgram, what); }

double ResidentMb() {
  std::ifstream statm("/proc/self/statm");
  int64_t total = 0, resident = 0;
  statm >> total >> resident;
  return static_cast<double>(resident * sysconf(_SC_PAGESIZE)) / (1 << 20);
}

model::Item Key(int64_t number) {
  // Neighbours in time lie far apart in the table.
  return {{"pk", fmt::format("item-{:016x}", static_cast<uint64_t>(number) * 0x9E3779B97F4A7C15)}};
}

model::Item ItemOf(int64_t number) {
  model::Item item = Key(number);
  item.Set("text", std::string(64, static_cast<char>('a' + number % 26)));
  item.Set("number", model::Number(number));
  return item;
}

class Bench {
 public:
  Bench(const Settings& settings, const std::string& directory) : settings_(settings) {
    auto opened = engine::Engine::Open(
        {.directory = directory,
         .sync = false,
         .block_cache_bytes = static_cast<size_t>(settings.block_cache_mb) << 20});
    if (!opened) Die(opened.error().message);
    engine_ = *std::move(opened);
    model::CreateTableRequest request{.table = "items", .keys = {{{"pk", model::Type::kS}}, {}}};
    request.billing = model::BillingMode::kPayPerRequest;
    std::promise<void> done;
    engine_->CreateTable(std::move(request), [&](auto result) {
      if (!result) Die(result.error().message);
      done.set_value();
    });
    done.get_future().wait();
  }

  void Run() {
    fmt::print("{} items, block cache {} MB\n\n| after | resident MB |\n|---|---|\n",
               settings_.items, settings_.block_cache_mb);
    Report("an empty table");
    constexpr int64_t kSteps = 10;
    for (int64_t step = 0; step < kSteps; ++step) {
      Write(settings_.items * step / kSteps, settings_.items * (step + 1) / kSteps);
      Report(fmt::format("{} items", settings_.items * (step + 1) / kSteps));
    }
    ReadAtRandom(500'000);
    Report("500,000 random GetItems");
    Report(fmt::format("a Scan of {} items", Scan()));
  }

 private:
  static void Report(std::string_view step) {
    fmt::print("| {} | {:.1f} |\n", step, ResidentMb());
    std::fflush(stdout);
  }

  void Write(int64_t from, int64_t to) {
    constexpr int64_t kInFlight = 256;
    std::counting_semaphore<kInFlight> free(kInFlight);
    for (int64_t i = from; i < to; ++i) {
      free.acquire();
      engine_->PutItem({.table = "items", .item = ItemOf(i)}, [&](auto result) {
        if (!result) Die(result.error().message);
        free.release();
      });
    }
    for (int64_t i = 0; i < kInFlight; ++i) free.acquire();
  }

  void ReadAtRandom(int64_t count) {
    std::mt19937_64 random(1);
    for (int64_t i = 0; i < count; ++i) {
      const auto number = static_cast<int64_t>(random() % static_cast<uint64_t>(settings_.items));
      const auto found = engine_->GetItem({.table = "items", .key = Key(number)});
      if (!found || !found->item) Die("an item is missing");
    }
  }

  int64_t Scan() {
    model::ScanRequest request;
    request.table = "items";
    int64_t count = 0;
    do {
      auto page = engine_->Scan(request);
      if (!page) Die(page.error().message);
      count += static_cast<int64_t>(page->items.size());
      request.exclusive_start_key = std::move(page->last_evaluated_key);
    } while (!request.exclusive_start_key.empty());
    return count;
  }

  const Settings settings_;
  std::unique_ptr<engine::Engine> engine_;
};

}  // namespace

int main(int count, char** arguments) {
  Settings settings;
  cruddur::bench::ReadFlags(
      kProgram, count, arguments,
      {{"--items", &settings.items}, {"--block-cache-mb", &settings.block_cache_mb}});
  const cruddur::bench::TemporaryDirectory directory(kProgram);
  Bench(settings, directory.path()).Run();
}
