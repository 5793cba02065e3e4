// A full disk: writes fail, reads go on, nothing acknowledged is lost, and writes go on by
// themselves when there is room again.
#include <sys/mount.h>

#include <chrono>
#include <fstream>
#include <set>
#include <thread>

#include "engine/consistency.h"
#include "engine/engine_fixture.h"
#include "engine/key_codec.h"

namespace cruddur::engine {
namespace {

using model::Item;

// A small file system of the test's own. Needs the right to mount: without it the test is skipped.
class SmallDisk {
 public:
  explicit SmallDisk(const char* size) {
    mounted_ =
        mount("tmpfs", path().c_str(), "tmpfs", 0, (std::string("size=") + size).c_str()) == 0;
  }
  ~SmallDisk() {
    if (mounted_) umount2(path().c_str(), MNT_DETACH);
  }
  SmallDisk(const SmallDisk&) = delete;
  SmallDisk& operator=(const SmallDisk&) = delete;

  bool mounted() const { return mounted_; }
  const std::string& path() const { return directory_.path(); }

 private:
  TemporaryDirectory directory_;
  bool mounted_ = false;
};

std::unique_ptr<Engine> OpenOn(const SmallDisk& disk) {
  auto engine = Engine::Open({.directory = disk.path() + "/data"});
  EXPECT_TRUE(engine) << (engine ? "" : engine.error().message);
  return engine ? *std::move(engine) : nullptr;
}

void CreateTable(Engine& engine) {
  model::CreateTableRequest request{.table = "items"};
  request.keys = {{{"pk", model::Type::kS}}, {}};
  request.billing = model::BillingMode::kPayPerRequest;
  request.stream_view = model::StreamViewType::kNewAndOldImages;
  const auto created = Await<model::TableDescription>(
      [&](auto done) { engine.CreateTable(std::move(request), std::move(done)); });
  ASSERT_TRUE(created);
}

class DiskFull : public testing::Test {
 protected:
  DbResult<model::WriteItemResponse> PutNext(Engine& engine) {
    const std::string key = std::to_string(next_++);
    // Not compressible, so that the files that hold it are as large.
    std::string text;
    for (uint64_t i = 0; text.size() < 20'000; ++i) {
      text += std::to_string(StableHash(key, i));
    }
    auto put = Await<model::WriteItemResponse>([&](auto done) {
      engine.PutItem({.table = "items", .item = {{"pk", key}, {"text", text}}}, std::move(done));
    });
    if (put) acknowledged_.insert(key);
    return put;
  }

  void ExpectAcknowledged(Engine& engine) {
    for (const std::string& key : acknowledged_) {
      const auto got = engine.GetItem({.table = "items", .key = {{"pk", key}}});
      ASSERT_TRUE(got) << got.error().message;
      EXPECT_TRUE(got->item) << key;
    }
  }

  // Writes until the disk is full, and then some more.
  void FillUp(Engine& engine) {
    auto put = PutNext(engine);
    while (put && next_ < 10'000) put = PutNext(engine);
    ASSERT_FALSE(put) << "the disk never got full";
    // The first one may have run into the end of the disk; from then on they are refused. (Now and
    // then a compaction makes room for another one.)
    const auto refused = [&] {
      return !put && put.error().code == model::DbErrorCode::kServiceUnavailable;
    };
    while (!refused() && next_ < 20'000) put = PutNext(engine);
    ASSERT_TRUE(refused());
    ExpectAcknowledged(engine);
  }

  void FillAndFree(const char* size);

  std::set<std::string> acknowledged_;
  int next_ = 0;
};

void DiskFull::FillAndFree(const char* size) {
  const SmallDisk disk(size);
  if (!disk.mounted()) GTEST_SKIP() << "mounting needs root";
  const std::string filler = disk.path() + "/filler";
  std::ofstream(filler) << std::string(20'000'000, 'x');
  auto engine = OpenOn(disk);
  ASSERT_NE(engine, nullptr);
  CreateTable(*engine);

  FillUp(*engine);
  std::ofstream(filler, std::ios::trunc) << std::string(10'000'000, 'x');
  // By itself: nobody writes before it says that it can. Where a compaction needs more than was
  // freed, it takes that again and again, and writes go on for some milliseconds in between.
  bool written = false;
  for (int i = 0; i < 20'000 && !written; ++i) {
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
    written = engine->Writable() && PutNext(*engine);
  }
  EXPECT_TRUE(written) << "writes did not go on";
  ExpectAcknowledged(*engine);
  FillUp(*engine);
  // Full still: what was acknowledged has to come through a restart, once there is room for it.
  engine.reset();
  std::filesystem::remove(filler);
  engine = OpenOn(disk);
  ASSERT_NE(engine, nullptr);
  ExpectAcknowledged(*engine);
  ExpectConsistent(*engine, "items", true);
}

// On a disk of ordinary size the engine stops before the end; on one so small that the reserve is
// no more than a memtable, RocksDB runs into it.
TEST_F(DiskFull, FailsWritesKeepsReadsLosesNothingAndRecovers) { FillAndFree("100m"); }

TEST_F(DiskFull, RecoversWhenRocksDbRanIntoIt) { FillAndFree("48m"); }
}  // namespace
}  // namespace cruddur::engine
