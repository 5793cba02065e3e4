// Where batches go that were given up: one JSON line each, in the form that Lambda sends to an
// on-failure destination in S3, which has the records with their images as `payload`
// (docs/formats.md, "Dead letters").
// https://docs.aws.amazon.com/lambda/latest/dg/services-dynamodb-errors.html
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/result.h"
#include "stream/shard_mapping.h"

namespace cruddur::stream {

struct DeadLetter {
  std::string function_arn, stream_arn, shard_id;
  std::string request_id;  // of the last invocation; a new one if there was none
  std::string error;       // the last one; empty if there was none
  base::Micros time{0};
};

// The line, without its end. REQUIRES: `work` has events and was given up.
std::string FormatDeadLetter(const DeadLetter& letter, const ShardMapping::Work& work);

// What a line says that is to be replayed: its payload.
base::Result<std::string> PayloadOfDeadLetter(std::string_view line);

// A file of them. Not thread-safe; blocks for as long as the disk takes.
class DeadLetterFile {
 public:
  explicit DeadLetterFile(std::string path) : path_(std::move(path)) {}

  // When it returns, the line is on the disk. kIo names the file.
  base::Status Append(std::string_view line);
  // All whole lines; none where there is no file.
  base::Result<std::vector<std::string>> Read() const;

  const std::string& path() const { return path_; }

 private:
  const std::string path_;
};

}  // namespace cruddur::stream
