// Where batches go that were given up: one JSON line each, in the form that Lambda sends to an
// on-failure destination in S3, which has the records with their images as `payload`
// (docs/formats.md, "Dead letters").
// https://docs.aws.amazon.com/lambda/latest/dg/services-dynamodb-errors.html
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/clock.h"
#include "base/result.h"
#include "base/task.h"
#include "stream/shard_mapping.h"

namespace cruddur::stream {

struct DeadLetter {
  std::string function_arn, stream_arn, shard_id;
  std::string request_id;  // of the last invocation; a new one if there was none
  std::string error;       // the last one; empty if there was none
  bool unhandled = false;  // the function failed, rather than report records
  base::Micros time{0};
};

// The line, without its end. REQUIRES: `work` has events and was given up.
std::string FormatDeadLetter(const DeadLetter& letter, const ShardMapping::Work& work);

// What a line says that is to be replayed: its payload.
base::Result<std::string> PayloadOfDeadLetter(std::string_view line);

// Where letters are kept, one at a time. Letters of one mapping may come from several of its
// shards.
class DeadLetters {
 public:
  virtual ~DeadLetters() = default;

  // When it returns without an error, the letter is there for good.
  virtual base::Task<base::Status> Keep(std::string letter) = 0;
  virtual std::string place() const = 0;  // for people: a path, or table://NAME
};

// A file of them. One object isn't thread-safe, but several objects and processes may write the
// same file at a time. Blocks for as long as the disk takes.
class DeadLetterFile final : public DeadLetters {
 public:
  explicit DeadLetterFile(std::string path) : path_(std::move(path)) {}

  base::Task<base::Status> Keep(std::string letter) override { co_return Append(letter); }
  std::string place() const override { return path_; }

  // When it returns, the line is on the disk. kIo names the file.
  base::Status Append(std::string_view line);
  // All whole lines; none where there is no file.
  base::Result<std::vector<std::string>> Read() const;

 private:
  const std::string path_;
};

// The file of that path, locked: whoever appends to it or takes it away has it to himself.
class LockedFile {
 public:
  // Waits for the lock, or doesn't: kUnavailable where another one has it. Null where there is no
  // file, unless it is to be made.
  enum class Wait { kNo, kYes };
  static base::Result<std::optional<LockedFile>> Open(const std::string& path, bool create,
                                                      Wait wait);
  LockedFile(LockedFile&& other) noexcept : file_(std::exchange(other.file_, -1)) {}
  LockedFile& operator=(LockedFile&&) = delete;
  ~LockedFile();

  int descriptor() const { return file_; }

 private:
  explicit LockedFile(int file) : file_(file) {}
  int file_;
};

}  // namespace cruddur::stream
