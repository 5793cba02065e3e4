// Logs that can't be written: what was acknowledged stays, what failed is forgotten, and writes go
// on by themselves.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rocksdb/env.h>
#include <rocksdb/write_batch.h>
#include <unistd.h>

#include <atomic>
#include <filesystem>

#include "engine/storage.h"
#include "engine/temporary_directory.h"

namespace cruddur::engine {
namespace {

using rocksdb::Status;
using testing::HasSubstr;

const base::SystemClock kClock;

enum class Failure { kNone, kFull, kBroken, kUnsynced };

// A disk that fails as it is told to, for the write-ahead log alone.
class FailingDisk final : public rocksdb::EnvWrapper {
 public:
  FailingDisk() : EnvWrapper(rocksdb::Env::Default()) {}
  const char* Name() const override { return "FailingDisk"; }

  Status NewWritableFile(const std::string& name, std::unique_ptr<rocksdb::WritableFile>* file,
                         const rocksdb::EnvOptions& options) override {
    const auto status = EnvWrapper::NewWritableFile(name, file, options);
    if (status.ok() && name.ends_with(".log"))
      *file = std::make_unique<Log>(std::move(*file), *this);
    return status;
  }

  std::atomic<Failure> failure = Failure::kNone;

 private:
  class Log final : public rocksdb::WritableFileWrapper {
   public:
    Log(std::unique_ptr<rocksdb::WritableFile> file, const FailingDisk& disk)
        : WritableFileWrapper(file.get()), file_(std::move(file)), disk_(disk) {}
    using WritableFileWrapper::Append;
    // Half of it gets through, as a disk does that runs full.
    Status Append(const rocksdb::Slice& data) override {
      const Failure failure = disk_.failure;
      if (failure == Failure::kNone || failure == Failure::kUnsynced) {
        return WritableFileWrapper::Append(data);
      }
      (void)WritableFileWrapper::Append({data.data(), data.size() / 2});
      return failure == Failure::kFull ? Status::NoSpace("injected") : Status::IOError("injected");
    }
    Status Sync() override {
      if (disk_.failure == Failure::kUnsynced) return Status::IOError("injected");
      return WritableFileWrapper::Sync();
    }

   private:
    std::unique_ptr<rocksdb::WritableFile> file_;
    const FailingDisk& disk_;
  };
};

class StorageRecovery : public testing::Test {
 protected:
  void Open() {
    auto opened = Storage::Open({.directory = path_, .clock = &kClock, .env = &disk_});
    ASSERT_TRUE(opened) << opened.error().message;
    storage_ = *std::move(opened);
  }
  bool Put(const std::string& key) {
    rocksdb::WriteBatch batch;
    EXPECT_TRUE(batch.Put(storage_->family(Family::kItems), key, "value").ok());
    return storage_->Write(batch).has_value();
  }
  std::string Get(const std::string& key) {
    std::string value;
    const auto status =
        storage_->db().Get(rocksdb::ReadOptions(), storage_->family(Family::kItems), key, &value);
    return status.ok() ? value : "(" + status.ToString() + ")";
  }
  // `flushed`: the memtables are empty when the log fails.
  void FailAndRecover(Failure failure, bool flushed);
  // As a process does that is killed: the files as they are, without a clean end.
  void Crash() {
    const std::string copy = directory_.path() + "/copy" + std::to_string(++crashes_);
    std::filesystem::copy(path_, copy, std::filesystem::copy_options::recursive);
    storage_.reset();
    path_ = copy;
    std::filesystem::remove(path_ + "/LOCK");
  }

  TemporaryDirectory directory_;
  std::string path_ = directory_.path() + "/data";
  FailingDisk disk_;
  std::unique_ptr<Storage> storage_;
  int crashes_ = 0;
};

void StorageRecovery::FailAndRecover(Failure failure, bool flushed) {
  Open();
  ASSERT_TRUE(Put("before it"));
  // Twice: the log that recovery started may fail too.
  for (const char* const key : {"after it 1", "after it 2"}) {
    if (flushed) {
      for (const Family family : {Family::kCatalog, Family::kItems}) {
        ASSERT_TRUE(storage_->db().Flush({}, storage_->family(family)).ok());
      }
    }
    disk_.failure = failure;
    EXPECT_FALSE(Put("lost key"));
    EXPECT_FALSE(storage_->Writable());
    EXPECT_FALSE(Put("lost key"));
    EXPECT_EQ(Get("before it"), "value");
    EXPECT_THAT(Get("lost key"), HasSubstr("NotFound"));
    disk_.failure = Failure::kNone;
    for (int i = 0; i < 500 && !storage_->Writable(); ++i) {
      storage_->Revive();
      usleep(20'000);
    }
    EXPECT_TRUE(storage_->Writable());
    EXPECT_TRUE(Put(key));
    EXPECT_TRUE(Put(std::string(key) + " too"));
  }
  Crash();
  Open();
  for (const char* key :
       {"before it", "after it 1", "after it 1 too", "after it 2", "after it 2 too"}) {
    EXPECT_EQ(Get(key), "value") << key;
  }
  EXPECT_THAT(Get("lost key"), HasSubstr("NotFound"));
  EXPECT_TRUE(Put("the end"));
}

TEST_F(StorageRecovery, GoesOnAfterAFullDisk) { FailAndRecover(Failure::kFull, false); }

TEST_F(StorageRecovery, GoesOnAfterAFullDiskWithNothingToFlush) {
  FailAndRecover(Failure::kFull, true);
}

TEST_F(StorageRecovery, GoesOnAfterAnErrorOfTheDisk) { FailAndRecover(Failure::kBroken, false); }

TEST_F(StorageRecovery, GoesOnAfterAnErrorOfTheDiskWithNothingToFlush) {
  FailAndRecover(Failure::kBroken, true);
}

TEST_F(StorageRecovery, GoesOnAfterAFailedSync) { FailAndRecover(Failure::kUnsynced, true); }

}  // namespace
}  // namespace cruddur::engine
