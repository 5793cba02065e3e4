// What the engine adds to RocksDB for reads: CPU per GetItem and per Query of the newest 20 items,
// beside the same reads of comparable rows made directly on a RocksDB with the same options, in the
// same run, turn by turn.
//
//   engine_read [--rows 1000000] [--partition 100] [--operations 20000] [--rounds 5]
//
// Prints a Markdown table. Needs about 1 GB of disk under TMPDIR.
#include <fmt/format.h>
#include <rocksdb/db.h>

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <ctime>
#include <filesystem>
#include <functional>
#include <random>
#include <vector>

#include "engine/catalog.h"
#include "engine/engine.h"
#include "engine/row.h"
#include "engine/storage.h"
#include "engine/storage_options.h"

namespace {

using cruddur::base::SystemClock;
using cruddur::engine::Engine;
using cruddur::engine::Family;
using cruddur::engine::Storage;
using cruddur::engine::StorageOptions;
namespace engine = cruddur::engine;
namespace model = cruddur::model;

constexpr const char* kTable = "cruddur-messages";
constexpr size_t kPageItems = 20;

struct Settings {
  int64_t rows = 1'000'000, partition = 100, operations = 20'000, rounds = 5;
};

[[noreturn]] void Die(std::string_view what) {
  fmt::print(stderr, "engine_read: {}\n", what);
  std::exit(1);
}
void Must(const rocksdb::Status& status) {
  if (!status.ok()) Die(status.ToString());
}

double CpuSeconds() {
  timespec now;
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
  return static_cast<double>(now.tv_sec) + static_cast<double>(now.tv_nsec) * 1e-9;
}

std::string Partition(int64_t number) {
  return fmt::format("MSG#{:08x}-6d2b-4f0e-9d52-0a4a4a6b7c11", number * 2654435761 % (1LL << 32));
}
std::string Sort(int64_t number) {
  return fmt::format("2023-03-24T{:02}:{:02}:{:02}.561513+00:00", number / 3600 % 24,
                     number / 60 % 60, number % 60);
}

// A message as Cruddur stores it: about 300 bytes.
model::Item Message(int64_t partition, int64_t number) {
  return {{"pk", Partition(partition)},
          {"sk", Sort(number)},
          {"message_uuid", "3f9c6a52-6d2b-4f0e-9d52-0a4a4a6b7c11"},
          {"message", std::string(64, static_cast<char>('a' + number % 26))},
          {"user_uuid", "b1a2c3d4-6d2b-4f0e-9d52-0a4a4a6b7c11"},
          {"user_display_name", "Andrew Brown"},
          {"user_handle", "andrewbrown"}};
}

model::TableDescription Table() {
  model::TableDescription table;
  table.name = kTable;
  table.keys = {.partition = {{"pk", model::Type::kS}}, .sort = {{"sk", model::Type::kS}}};
  return table;
}

// Rows as somebody would store them who uses RocksDB itself.
std::string PlainKey(const std::string& partition, const std::string& sort) {
  return partition + '\0' + sort;
}

void Fill(rocksdb::DB& db, rocksdb::ColumnFamilyHandle* family, const Settings& settings,
          const std::function<void(int64_t, int64_t, std::string&, std::string&)>& make) {
  rocksdb::WriteOptions options;
  options.disableWAL = true;
  for (int64_t row = 0; row < settings.rows;) {
    rocksdb::WriteBatch batch;
    for (int i = 0; i < 1000 && row < settings.rows; ++i, ++row) {
      std::string key, value;
      make(row % (settings.rows / settings.partition), row / (settings.rows / settings.partition),
           key, value);
      Must(batch.Put(family, key, value));
    }
    Must(db.Write(options, &batch));
  }
  Must(db.Flush({}, family));
  rocksdb::CompactRangeOptions compact;
  compact.bottommost_level_compaction = rocksdb::BottommostLevelCompaction::kForce;
  Must(db.CompactRange(compact, family, nullptr, nullptr));
}

// The same column family options, in a store of its own.
class PlainStore {
 public:
  PlainStore(const std::string& directory, const StorageOptions& options,
             const Settings& settings) {
    auto families = engine::MakeFamilies(options);
    auto& items = families[static_cast<size_t>(Family::kItems)];
    items.options.prefix_extractor.reset();  // its keys don't begin with our eight bytes
    rocksdb::DB* db = nullptr;
    Must(rocksdb::DB::Open(engine::MakeDbOptions(options), directory, families, &families_, &db));
    db_.reset(db);
    Fill(*db_, family(), settings,
         [](int64_t partition, int64_t number, std::string& key, std::string& value) {
           key = PlainKey(Partition(partition), Sort(number));
           const model::Item item = Message(partition, number);
           engine::AppendRow(item, model::SizeInBytes(item), value);
         });
  }
  ~PlainStore() {
    for (auto* family : families_) delete family;
  }

  size_t Get(int64_t partition, int64_t number) {
    std::string value;
    Must(db_->Get({}, family(), PlainKey(Partition(partition), Sort(number)), &value));
    return value.size();
  }

  size_t NewestPage(int64_t partition) {
    // Sorted downwards: the newest is the first one at or behind the partition's end.
    const std::string newest = Partition(partition) + '\1', oldest = Partition(partition) + '\0';
    const rocksdb::Slice end(oldest);
    rocksdb::ReadOptions options;
    options.iterate_upper_bound = &end;
    const std::unique_ptr<rocksdb::Iterator> rows(db_->NewIterator(options, family()));
    // Copied, as what is to outlive the iterator must be.
    std::vector<std::string> values;
    values.reserve(kPageItems);
    for (rows->Seek(newest); rows->Valid() && values.size() < kPageItems; rows->Next()) {
      values.emplace_back(rows->value().data(), rows->value().size());
    }
    if (values.size() != kPageItems) Die("a page is short");
    return values.size();
  }

 private:
  rocksdb::ColumnFamilyHandle* family() { return families_[static_cast<size_t>(Family::kItems)]; }
  std::vector<rocksdb::ColumnFamilyHandle*> families_;
  std::unique_ptr<rocksdb::DB> db_;
};

// Loads past the committer, which a benchmark of reads needn't wait for.
void FillEngine(const StorageOptions& options, const Settings& settings) {
  auto storage = Storage::Open(options);
  if (!storage) Die(storage.error().message);
  auto catalog = engine::Catalog::Load(**storage);
  if (!catalog) Die(catalog.error().message);
  engine::CatalogEdit edit = (*catalog)->Edit();
  engine::TableState table;
  table.id = edit.NewId();
  table.description = Table();
  edit.PutTable(table);
  rocksdb::WriteBatch batch;
  edit.AppendTo(batch);
  if (auto status = (*storage)->Write(batch); !status) Die(status.error().message);
  Fill((*storage)->db(), (*storage)->family(Family::kItems), settings,
       [&](int64_t partition, int64_t number, std::string& key, std::string& value) {
         const model::Item item = Message(partition, number);
         engine::AppendItemKey(table.id, table.description.keys, item, key);
         engine::AppendRow(item, model::SizeInBytes(item), value);
       });
}

size_t EngineGet(Engine& engine, int64_t partition, int64_t number) {
  auto response = engine.GetItem(
      {.table = kTable, .key = {{"pk", Partition(partition)}, {"sk", Sort(number)}}});
  if (!response || !response->item) Die("an item is missing");
  return response->item->size();
}

size_t EngineNewestPage(Engine& engine, int64_t partition) {
  auto response = engine.Query({.table = kTable,
                                .key_condition_expression = "pk = :pk",
                                .placeholders = {.values = {{":pk", Partition(partition)}}},
                                .limit = kPageItems,
                                .scan_index_forward = false});
  if (!response) Die(response.error().message);
  if (response->items.size() != kPageItems) Die("a page is short");
  return response->items.size();
}

struct Reads {
  const char* name;
  std::function<size_t(int64_t, int64_t)> direct, through;
};

double MicrosEach(const std::function<size_t(int64_t, int64_t)>& read, const Settings& settings,
                  uint64_t seed) {
  std::mt19937_64 random(seed);
  volatile size_t sink = 0;
  const double start = CpuSeconds();
  for (int64_t i = 0; i < settings.operations; ++i) {
    const uint64_t number = random();
    sink = sink +
           read(number % (settings.rows / settings.partition), (number >> 32) % settings.partition);
  }
  return (CpuSeconds() - start) * 1e6 / static_cast<double>(settings.operations);
}

void Compare(const Reads& reads, const Settings& settings) {
  std::vector<double> direct, through_engine;
  for (int64_t round = 0; round < settings.rounds; ++round) {
    direct.push_back(MicrosEach(reads.direct, settings, round));
    through_engine.push_back(MicrosEach(reads.through, settings, round));
  }
  const auto median = [](std::vector<double>& values) {
    std::ranges::sort(values);
    return values[values.size() / 2];
  };
  const double a = median(direct), b = median(through_engine);
  fmt::print("| {} | {:.2f} | {:.2f} | {:.2f} |\n", reads.name, a, b, b / a);
}

Settings Parse(int argc, char** argv) {
  Settings settings;
  for (int i = 1; i + 1 < argc; i += 2) {
    const std::string_view name = argv[i];
    const int64_t value = std::atoll(argv[i + 1]);
    if (name == "--rows") settings.rows = value;
    if (name == "--partition") settings.partition = value;
    if (name == "--operations") settings.operations = value;
    if (name == "--rounds") settings.rounds = value;
  }
  if (settings.partition < static_cast<int64_t>(kPageItems) || settings.rows < settings.partition)
    Die("too few rows");
  return settings;
}

}  // namespace

int main(int argc, char** argv) {
  const Settings settings = Parse(argc, argv);
  auto directory = (std::filesystem::temp_directory_path() / "cruddur-bench-XXXXXX").string();
  if (mkdtemp(directory.data()) == nullptr) Die("no temporary directory");
  const SystemClock clock;
  const StorageOptions options{.directory = directory + "/engine", .clock = &clock};
  {
    FillEngine(options, settings);
    auto opened = Engine::Open({.directory = options.directory});
    if (!opened) Die(opened.error().message);
    Engine& engine = **opened;
    PlainStore plain(directory + "/plain", options, settings);

    fmt::print(
        "{} rows of {} bytes, {} a partition, compacted; microseconds of CPU each, median of {}"
        " rounds of {}\n\n",
        settings.rows, model::SizeInBytes(Message(0, 0)), settings.partition, settings.rounds,
        settings.operations);
    fmt::print("| read | RocksDB | engine | ratio |\n|---|---|---|---|\n");
    Compare({"GetItem", [&](int64_t p, int64_t n) { return plain.Get(p, n); },
             [&](int64_t p, int64_t n) { return EngineGet(engine, p, n); }},
            settings);
    Compare({"Query, newest 20", [&](int64_t p, int64_t) { return plain.NewestPage(p); },
             [&](int64_t p, int64_t) { return EngineNewestPage(engine, p); }},
            settings);
  }
  std::filesystem::remove_all(directory);
  return 0;
}
