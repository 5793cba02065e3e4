#include "engine/storage.h"

#include <rocksdb/convenience.h>

#include <algorithm>
#include <filesystem>
#include <ranges>
#include <set>
#include <system_error>

#include "base/log.h"
#include "engine/storage_options.h"

namespace cruddur::engine {
namespace {

using base::ErrorCode;
using base::Fail;

constexpr std::string_view kFormatKey = Storage::kFormatKey;
constexpr char kFormatVersion = Storage::kFormatVersion;

constexpr auto kLongestWait = std::chrono::seconds(5);
// Of the disk, a twentieth within these bounds is left free: about what a flush of all memtables
// and a small compaction take.
constexpr uintmax_t kLeastReserve = 2 * 1024 * 1024, kMostReserve = 64 * 1024 * 1024;
// A start replays what the log holds: more than this is flushed when the engine closes.
constexpr uint64_t kFlushAtCloseBytes = 1024 * 1024;

std::string Quoted(const std::string& directory) { return "'" + directory + "'"; }

auto Foreign(const std::string& directory) {
  return Fail(ErrorCode::kCorruption, "the directory " + Quoted(directory) +
                                          " holds files of something else: choose another one");
}

auto Damaged(const std::string& directory, const std::string& why) {
  return Fail(ErrorCode::kCorruption, "the store in " + Quoted(directory) + " is damaged: " + why);
}

base::Status FromOpen(const rocksdb::Status& status, const std::string& directory) {
  if (status.ok()) return {};
  const std::string text = status.ToString();
  if (status.IsIOError() && text.find("/LOCK:") != std::string::npos) {
    return Fail(ErrorCode::kAlreadyExists,
                "the directory " + Quoted(directory) + " is in use by another process");
  }
  if (status.IsIOError() && !status.IsPathNotFound()) {
    return Fail(ErrorCode::kIo, "cannot open the store in " + Quoted(directory) + ": " + text);
  }
  return Damaged(directory, text);
}

enum class Content { kNothing, kStore };

// What a start that was interrupted before it had made the store may leave behind.
bool IsLeftover(const std::string& name) {
  return name == "LOCK" || name == "IDENTITY" || name.starts_with("MANIFEST-") ||
         name.starts_with("OPTIONS-") || name.ends_with(".dbtmp");
}

base::Result<Content> Inspect(const std::string& directory) {
  std::error_code error;
  std::filesystem::create_directories(directory, error);
  if (error) {
    return Fail(ErrorCode::kIo,
                "cannot create the directory " + Quoted(directory) + ": " + error.message());
  }
  bool store = false, foreign = false, data = false;
  std::filesystem::directory_iterator entries(directory, error);
  if (error) {
    return Fail(ErrorCode::kIo,
                "cannot read the directory " + Quoted(directory) + ": " + error.message());
  }
  for (const auto& entry : entries) {
    const std::string name = entry.path().filename();
    if (name == "CURRENT") {
      store = true;
    } else if (name.ends_with(".sst") || name.ends_with(".log")) {
      data = true;
    } else if (!IsLeftover(name)) {
      foreign = true;
    }
  }
  if (store) return Content::kStore;
  if (foreign) return Foreign(directory);
  if (data) return Damaged(directory, "its file CURRENT is missing");
  return Content::kNothing;
}

// The store as it is, without writing to it: for one whose column families aren't ours.
base::Status InspectUnknown(const rocksdb::DBOptions& db_options, const std::string& directory) {
  rocksdb::DB* raw = nullptr;
  TRY(FromOpen(rocksdb::DB::OpenForReadOnly(rocksdb::Options(db_options, {}), directory, &raw),
               directory));
  const std::unique_ptr<rocksdb::DB> db(raw);
  std::string version;
  const bool ours = db->Get(rocksdb::ReadOptions(), std::string(kFormatKey), &version).ok();
  if (ours && version.size() == 1 && version[0] != kFormatVersion) {
    return Fail(ErrorCode::kCorruption,
                "the store in " + Quoted(directory) + " has format version " +
                    std::to_string(static_cast<unsigned char>(version[0])) +
                    "; this program reads version " + std::to_string(kFormatVersion));
  }
  if (ours) return Damaged(directory, "it has other column families than its format version");
  if (db->GetLatestSequenceNumber() != 0) return Foreign(directory);
  return {};
}

base::Status InspectFamilies(const rocksdb::DBOptions& db_options,
                             const std::vector<rocksdb::ColumnFamilyDescriptor>& families,
                             const std::string& directory) {
  std::vector<std::string> names;
  TRY(FromOpen(rocksdb::DB::ListColumnFamilies(db_options, directory, &names), directory));
  const std::set<std::string> stored(names.begin(), names.end());
  std::set<std::string> expected;
  for (const auto& family : families) expected.insert(family.name);
  if (stored == expected) return {};
  TRY(InspectUnknown(db_options, directory));
  // Nothing was ever written. A start that was interrupted made some of the families.
  if (!std::includes(expected.begin(), expected.end(), stored.begin(), stored.end()))
    return Foreign(directory);
  return {};
}

}  // namespace

base::Result<std::unique_ptr<Storage>> Storage::Open(const StorageOptions& options) {
  std::unique_ptr<Storage> storage(new Storage);
  TRY(storage->OpenDb(options));
  return storage;
}

base::Status Storage::OpenDb(const StorageOptions& options) {
  in_memory_ = options.in_memory;
  StorageOptions effective = options;
  if (in_memory_) {
    memory_env_.reset(rocksdb::NewMemEnv(rocksdb::Env::Default()));
    effective.env = memory_env_.get();
    effective.directory = "/memory";
    memory_env_->CreateDir(effective.directory).PermitUncheckedError();
  }
  const std::string& directory = directory_ = effective.directory;
  rocksdb::DBOptions db_options = MakeDbOptions(effective);
  db_options.listeners = {idle_iterators_, errors_};
  const auto families = MakeFamilies(effective);
  write_options_.sync = options.sync && !in_memory_;
  write_options_.disableWAL = in_memory_;
  write_options_.no_slowdown = true;  // see WriteBounded

  if (!in_memory_) {
    TRY_ASSIGN(const Content content, Inspect(directory));
    if (content == Content::kStore) TRY(InspectFamilies(db_options, families, directory));
  }
  rocksdb::DB* raw = nullptr;
  std::vector<rocksdb::ColumnFamilyHandle*> handles;
  TRY(FromOpen(rocksdb::DB::Open(db_options, directory, families, &handles, &raw), directory));
  db_.reset(raw);
  std::ranges::copy(handles, families_.begin());
  db_options.info_log->SetInfoLogLevel(rocksdb::InfoLogLevel::WARN_LEVEL);
  return CheckFormat(directory);
}

base::Status Storage::CheckFormat(const std::string& directory) {
  std::string version;
  const rocksdb::Status status =
      db_->Get(rocksdb::ReadOptions(), std::string(kFormatKey), &version);
  if (status.IsNotFound()) {
    if (db_->GetLatestSequenceNumber() != 0) return Foreign(directory);
    rocksdb::WriteOptions durable = write_options_;
    durable.sync = !in_memory_;
    return FromOpen(db_->Put(durable, std::string(kFormatKey), std::string(1, kFormatVersion)),
                    directory);
  }
  TRY(FromOpen(status, directory));
  if (version.size() == 1 && version[0] == kFormatVersion) return {};
  const int found = version.empty() ? 0 : static_cast<unsigned char>(version[0]);
  return Fail(ErrorCode::kCorruption, "the store in " + Quoted(directory) + " has format version " +
                                          std::to_string(found) + "; this program reads version " +
                                          std::to_string(kFormatVersion));
}

Storage::~Storage() {
  if (db_ == nullptr) return;
  idle_iterators_->Close();
  if (!Healthy()) rocksdb::CancelAllBackgroundWork(db_.get(), false);
  if (recovery_.joinable()) recovery_.join();
  if (!in_memory_) {
    uint64_t bytes = 0;
    for (rocksdb::ColumnFamilyHandle* family : families_) {
      uint64_t own = 0;
      if (family != nullptr &&
          db_->GetIntProperty(family, rocksdb::DB::Properties::kCurSizeAllMemTables, &own)) {
        bytes += own;
      }
    }
    const bool flush = bytes > kFlushAtCloseBytes && Healthy();
    if (flush) {
      db_->Flush(rocksdb::FlushOptions(), {families_.begin(), families_.end()})
          .PermitUncheckedError();
    }
    // A log whose write failed is not touched again.
    if (Healthy()) db_->SyncWAL().PermitUncheckedError();
  }
  for (rocksdb::ColumnFamilyHandle* family : families_) {
    if (family != nullptr) db_->DestroyColumnFamilyHandle(family).PermitUncheckedError();
  }
  db_->Close().PermitUncheckedError();
}

base::Status Storage::Write(rocksdb::WriteBatch& batch) {
  if (!Healthy()) {
    Revive();
    return Fail(ErrorCode::kUnavailable, "the store is not writable");
  }
  TRY(CheckRoom(batch.GetDataSize()));
  const rocksdb::Status status = WriteBounded(batch);
  if (status.ok()) return {};
  // Nothing was written, and nothing is broken, where RocksDB takes no writes at the time.
  if (status.IsIncomplete()) return Fail(ErrorCode::kUnavailable, status.ToString());
  base::Log(base::LogLevel::kError, "write failed", {{"error", status.ToString()}});
  errors_->Fail();
  return Fail(ErrorCode::kIo, status.ToString());
}

// RocksDB is kept from running into the end of the disk as far as that can be seen: flushes and
// compactions then still work, and nothing has to be recovered.
base::Status Storage::CheckRoom(size_t bytes) {
  if (in_memory_) return {};
  std::error_code error;
  const auto space = std::filesystem::space(directory_, error);
  if (error) return {};
  const uintmax_t reserve = std::clamp(space.capacity / 20, kLeastReserve, kMostReserve);
  const bool full = space.available < reserve + 2 * bytes;
  if (full_.exchange(full, std::memory_order_relaxed) != full) {
    base::Log(full ? base::LogLevel::kError : base::LogLevel::kInfo,
              full ? "disk full: writes are refused" : "disk has room: writes go on",
              {{"directory", std::string_view(directory_)},
               {"available", static_cast<int64_t>(space.available)}});
  }
  if (full) return Fail(ErrorCode::kUnavailable, "no space left on the disk");
  return {};
}

// RocksDB takes no writes while compaction is far behind: for some seconds under a long rush, for
// ever where there is no room to compact. After one that waited in vain no other one waits.
rocksdb::Status Storage::WriteBounded(rocksdb::WriteBatch& batch) {
  rocksdb::Status status = db_->Write(write_options_, &batch);
  const auto give_up = std::chrono::steady_clock::now() + kLongestWait;
  while (status.IsIncomplete() && !stalled_ && std::chrono::steady_clock::now() < give_up) {
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
    status = db_->Write(write_options_, &batch);
  }
  if (status.IsIncomplete() && !stalled_) {
    base::Log(base::LogLevel::kError, "compaction is too far behind: writes are refused");
  }
  stalled_ = status.IsIncomplete();
  return status;
}

}  // namespace cruddur::engine
