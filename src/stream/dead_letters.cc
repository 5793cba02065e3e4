#include "stream/dead_letters.h"

#include <fcntl.h>
#include <fmt/chrono.h>
#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <fstream>

#include "dynamo/thread_document.h"
#include "json/writer.h"

namespace cruddur::stream {
namespace {

using base::ErrorCode;
using base::Fail;

std::string_view NameOf(ShardMapping::Reason reason) {
  return reason == ShardMapping::Reason::kRetryAttemptsExhausted ? "RetryAttemptsExhausted"
                                                                 : "RecordAgeExceeded";
}

// "2023-03-24T09:45:01Z", or with ".561" before the Z.
std::string Timestamp(base::Micros time, bool milliseconds) {
  const int64_t millis = std::max<int64_t>(time.count(), 0) / 1000;
  std::string text = fmt::format("{:%FT%T}", fmt::gmtime(static_cast<std::time_t>(millis / 1000)));
  if (milliseconds) text += fmt::format(".{:03}", millis % 1000);
  return text += 'Z';
}

std::unexpected<base::Error> Io(std::string_view what, const std::string& path) {
  return Fail(ErrorCode::kIo, fmt::format("can't {} {}: {}", what, path, std::strerror(errno)));
}

}  // namespace

std::string FormatDeadLetter(const DeadLetter& letter, const ShardMapping::Work& work) {
  std::string line;
  json::Writer out(line);
  out.BeginObject().Key("requestContext").BeginObject();
  out.Key("requestId").String(letter.request_id).Key("functionArn").String(letter.function_arn);
  out.Key("condition").String(NameOf(*work.given_up));
  out.Key("approximateInvokeCount").Int(work.attempts).EndObject();
  out.Key("responseContext").BeginObject();
  out.Key("statusCode").Int(200).Key("executedVersion").String("$LATEST");
  if (!letter.error.empty()) {
    out.Key("functionError").String("Unhandled").Key("errorMessage").String(letter.error);
  }
  out.EndObject().Key("version").String("1.0");
  out.Key("timestamp").String(Timestamp(letter.time, true));
  out.Key("DDBStreamBatchInfo").BeginObject().Key("shardId").String(letter.shard_id);
  const StreamEvent &first = work.events.front(), &last = work.events.back();
  out.Key("startSequenceNumber").String(first.sequence_number);
  out.Key("endSequenceNumber").String(last.sequence_number);
  out.Key("approximateArrivalOfFirstRecord").String(Timestamp(first.created_at, false));
  out.Key("approximateArrivalOfLastRecord").String(Timestamp(last.created_at, false));
  out.Key("batchSize").Int(static_cast<int64_t>(work.events.size()));
  out.Key("streamArn").String(letter.stream_arn).EndObject();
  out.Key("payload").String(PayloadOf(work.events)).EndObject();
  return line;
}

base::Result<std::string> PayloadOfDeadLetter(std::string_view line) {
  using Payload = base::Result<std::string>;
  const auto wrong = [](const std::string&) -> Payload {
    return Fail(ErrorCode::kInvalidArgument, "not a dead letter with its records");
  };
  return dynamo::ReadJson(
      line,
      [&](json::Element letter) -> Payload {
        std::string_view payload;
        if (!letter.is_object() || letter["payload"].get(payload)) return wrong({});
        return std::string(payload);
      },
      wrong);
}

base::Status DeadLetterFile::Append(std::string_view line) {
  // Readable by nobody else: it holds people's data.
  const int file = open(path_.c_str(), O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
  if (file < 0) return Io("open", path_);
  // A line that a crash cut short is ended first, so that it spoils no other.
  char last = '\n';
  const off_t end = lseek(file, 0, SEEK_END);
  std::string text;
  if (end > 0 && pread(file, &last, 1, end - 1) == 1 && last != '\n') text += '\n';
  text.append(line).append("\n");
  size_t written = 0;
  while (written < text.size()) {
    const ssize_t count = write(file, text.data() + written, text.size() - written);
    if (count < 0 && errno == EINTR) continue;
    if (count <= 0) break;
    written += static_cast<size_t>(count);
  }
  const bool good = written == text.size() && fsync(file) == 0;
  const int error = errno;
  close(file);
  errno = error;
  if (!good) return Io("write", path_);
  return {};
}

base::Result<std::vector<std::string>> DeadLetterFile::Read() const {
  std::vector<std::string> lines;
  if (access(path_.c_str(), F_OK) != 0 && errno == ENOENT) return lines;
  std::ifstream file(path_);
  if (!file) return Io("read", path_);
  for (std::string line; std::getline(file, line) && !file.eof();) {
    if (!line.empty()) lines.push_back(std::move(line));
  }
  return lines;
}

}  // namespace cruddur::stream
