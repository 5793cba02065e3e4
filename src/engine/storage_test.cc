#include "engine/storage.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rocksdb/write_batch.h>
#include <sys/wait.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

#include "engine/temporary_directory.h"

namespace cruddur::engine {
namespace {

using base::ErrorCode;
using testing::HasSubstr;

const base::SystemClock kClock;

base::Result<std::unique_ptr<Storage>> OpenAt(const std::string& directory) {
  StorageOptions options;
  options.directory = directory;
  options.clock = &kClock;
  return Storage::Open(options);
}

void Put(Storage& storage, Family family, const std::string& key, const std::string& value) {
  rocksdb::WriteBatch batch;
  ASSERT_TRUE(batch.Put(storage.family(family), key, value).ok());
  ASSERT_TRUE(storage.Write(batch));
}

std::string Get(const Storage& storage, Family family, const std::string& key) {
  std::string value;
  const auto status = storage.db().Get(rocksdb::ReadOptions(), storage.family(family), key, &value);
  return status.ok() ? value : "(" + status.ToString() + ")";
}

void ExpectRefused(const base::Result<std::unique_ptr<Storage>>& result, ErrorCode code,
                   const std::string& directory, const std::string& text) {
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().code, code) << result.error().message;
  EXPECT_THAT(result.error().message, HasSubstr("'" + directory + "'"));
  EXPECT_THAT(result.error().message, HasSubstr(text));
  EXPECT_THAT(result.error().message, testing::Not(HasSubstr("\n")));
}

TEST(Storage, KeepsWhatWasWritten) {
  const TemporaryDirectory directory;
  const std::string path = directory.path() + "/deep/data";
  {
    const auto storage = OpenAt(path);
    ASSERT_TRUE(storage) << storage.error().message;
    Put(**storage, Family::kItems, "key", "value");
    Put(**storage, Family::kStreams, "key", "record");
  }
  const auto storage = OpenAt(path);
  ASSERT_TRUE(storage) << storage.error().message;
  EXPECT_EQ(Get(**storage, Family::kItems, "key"), "value");
  EXPECT_EQ(Get(**storage, Family::kStreams, "key"), "record");
}

TEST(Storage, SortsItemsDownwards) {
  const TemporaryDirectory directory;
  const auto storage = OpenAt(directory.path());
  ASSERT_TRUE(storage);
  Put(**storage, Family::kItems, "partition-a", "");
  Put(**storage, Family::kItems, "partition-b", "");
  rocksdb::ReadOptions options;
  options.total_order_seek = true;
  const std::unique_ptr<rocksdb::Iterator> rows(
      (*storage)->db().NewIterator(options, (*storage)->family(Family::kItems)));
  rows->SeekToFirst();
  ASSERT_TRUE(rows->Valid());
  EXPECT_EQ(rows->key(), "partition-b");
}

TEST(Storage, InMemoryLeavesNothingBehind) {
  const TemporaryDirectory directory;
  StorageOptions options;
  options.directory = directory.path() + "/unused";
  options.in_memory = true;
  options.clock = &kClock;
  {
    const auto storage = Storage::Open(options);
    ASSERT_TRUE(storage) << storage.error().message;
    Put(**storage, Family::kItems, "key", "value");
    EXPECT_EQ(Get(**storage, Family::kItems, "key"), "value");
  }
  EXPECT_FALSE(std::filesystem::exists(options.directory));
  const auto again = Storage::Open(options);
  ASSERT_TRUE(again);
  EXPECT_THAT(Get(**again, Family::kItems, "key"), HasSubstr("NotFound"));
}

TEST(Storage, RefusesADirectoryInUse) {
  const TemporaryDirectory directory;
  const auto storage = OpenAt(directory.path());
  ASSERT_TRUE(storage);
  ExpectRefused(OpenAt(directory.path()), ErrorCode::kAlreadyExists, directory.path(), "in use");

  int answer[2];
  ASSERT_EQ(pipe(answer), 0);
  const pid_t child = fork();
  if (child == 0) {
    const auto second = OpenAt(directory.path());
    const char refused = !second && second.error().code == ErrorCode::kAlreadyExists ? 'y' : 'n';
    _exit(write(answer[1], &refused, 1) == 1 ? 0 : 1);
  }
  char refused = 0;
  EXPECT_EQ(read(answer[0], &refused, 1), 1);
  EXPECT_EQ(refused, 'y');
  EXPECT_EQ(waitpid(child, nullptr, 0), child);
  close(answer[0]);
  close(answer[1]);
}

TEST(Storage, RefusesFilesOfSomethingElse) {
  const TemporaryDirectory directory;
  std::ofstream(directory.path() + "/holiday.jpg") << "x";
  ExpectRefused(OpenAt(directory.path()), ErrorCode::kCorruption, directory.path(),
                "something else");
  EXPECT_FALSE(std::filesystem::exists(directory.path() + "/CURRENT"));
}

TEST(Storage, RefusesAnotherProgramsRocksDbAndLeavesItAlone) {
  const TemporaryDirectory directory;
  rocksdb::Options options;
  options.create_if_missing = true;
  rocksdb::DB* raw = nullptr;
  ASSERT_TRUE(rocksdb::DB::Open(options, directory.path(), &raw).ok());
  ASSERT_TRUE(raw->Put({}, "their", "data").ok());
  delete raw;
  ExpectRefused(OpenAt(directory.path()), ErrorCode::kCorruption, directory.path(),
                "something else");
  std::vector<std::string> families;
  ASSERT_TRUE(rocksdb::DB::ListColumnFamilies(options, directory.path(), &families).ok());
  EXPECT_THAT(families, testing::ElementsAre("default"));
}

TEST(Storage, RefusesAnUnknownFormatVersion) {
  const TemporaryDirectory directory;
  {
    const auto storage = OpenAt(directory.path());
    ASSERT_TRUE(storage);
    Put(**storage, Family::kCatalog, "format", "\x02");
  }
  ExpectRefused(OpenAt(directory.path()), ErrorCode::kCorruption, directory.path(),
                "format version 2; this program reads version 1");
}

TEST(Storage, RefusesAVersionWithColumnFamiliesOfItsOwn) {
  const TemporaryDirectory directory;
  {
    const auto storage = OpenAt(directory.path());
    ASSERT_TRUE(storage);
    Put(**storage, Family::kCatalog, "format", "\x03");
    rocksdb::ColumnFamilyHandle* extra = nullptr;
    ASSERT_TRUE((*storage)->db().CreateColumnFamily({}, "backups", &extra).ok());
    ASSERT_TRUE((*storage)->db().DestroyColumnFamilyHandle(extra).ok());
  }
  ExpectRefused(OpenAt(directory.path()), ErrorCode::kCorruption, directory.path(),
                "format version 3");
}

TEST(Storage, RefusesADamagedStore) {
  const TemporaryDirectory directory;
  {
    ASSERT_TRUE(OpenAt(directory.path()));
  }
  std::ofstream(directory.path() + "/CURRENT", std::ios::trunc) << "nonsense\n";
  ExpectRefused(OpenAt(directory.path()), ErrorCode::kCorruption, directory.path(), "damaged");
  std::filesystem::remove(directory.path() + "/CURRENT");
  ExpectRefused(OpenAt(directory.path()), ErrorCode::kCorruption, directory.path(), "damaged");
}

TEST(Storage, GoesOnAfterAnInterruptedFirstStart) {
  const TemporaryDirectory directory;
  {
    // RocksDB's files, but nothing of ours in them yet.
    rocksdb::Options options;
    options.create_if_missing = true;
    rocksdb::DB* raw = nullptr;
    ASSERT_TRUE(rocksdb::DB::Open(options, directory.path(), &raw).ok());
    delete raw;
    for (const auto& entry : std::filesystem::directory_iterator(directory.path())) {
      if (entry.path().filename().string().starts_with("LOG")) std::filesystem::remove(entry);
    }
  }
  const auto storage = OpenAt(directory.path());
  ASSERT_TRUE(storage) << storage.error().message;
  Put(**storage, Family::kTokens, "key", "value");
}

TEST(Storage, SaysWhichDirectoryItCannotMake) {
  const TemporaryDirectory directory;
  std::ofstream(directory.path() + "/file") << "x";
  const std::string path = directory.path() + "/file/data";
  ExpectRefused(OpenAt(path), ErrorCode::kIo, path, "cannot create");
}

}  // namespace
}  // namespace cruddur::engine
