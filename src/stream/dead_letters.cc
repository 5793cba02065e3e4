#include "stream/dead_letters.h"

#include <fcntl.h>
#include <fmt/chrono.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <sys/stat.h>
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

// Behind the last whole line; null on an error.
std::optional<off_t> EndOfLines(int file) {
  constexpr off_t kPiece = 64 * 1024;
  std::string piece;
  for (off_t end = lseek(file, 0, SEEK_END); end > 0; end -= std::min(end, kPiece)) {
    const off_t begin = end - std::min(end, kPiece);
    piece.resize(static_cast<size_t>(end - begin));
    if (pread(file, piece.data(), piece.size(), begin) != end - begin) return std::nullopt;
    if (const size_t newline = piece.rfind('\n'); newline != piece.npos) {
      return begin + static_cast<off_t>(newline) + 1;
    }
  }
  return 0;
}

}  // namespace

std::string FormatDeadLetter(const DeadLetter& letter, const ShardMapping::Work& work) {
  std::string line;
  json::Writer out(line);
  out.BeginObject().Key("requestContext").BeginObject();
  out.Key("requestId").String(letter.request_id).Key("functionArn").String(letter.function_arn);
  out.Key("condition").String(NameOf(*work.given_up));
  out.Key("approximateInvokeCount").Int(work.attempts).EndObject();
  if (!letter.error.empty()) {
    out.Key("responseContext").BeginObject();
    out.Key("statusCode").Int(200).Key("executedVersion").String("$LATEST");
    if (letter.unhandled) out.Key("functionError").String("Unhandled");
    out.Key("errorMessage").String(letter.error).EndObject();
  }
  out.Key("version").String("1.0");
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

base::Result<std::optional<LockedFile>> LockedFile::Open(const std::string& path, bool create,
                                                         Wait wait) {
  for (;;) {
    // Readable by nobody else: it holds people's data.
    LockedFile file(open(path.c_str(), O_RDWR | O_CLOEXEC | (create ? O_CREAT : 0), 0600));
    if (file.file_ < 0 && errno == ENOENT && !create) return std::nullopt;
    if (file.file_ < 0) return Io("open", path);
    int locked = 0;
    do {
      locked = flock(file.file_, LOCK_EX | (wait == Wait::kNo ? LOCK_NB : 0));
    } while (locked != 0 && errno == EINTR);
    if (locked != 0 && errno == EWOULDBLOCK) {
      return Fail(ErrorCode::kUnavailable, fmt::format("another process works on {}", path));
    }
    if (locked != 0) return Io("lock", path);
    // While this waited, the file may have been taken away.
    struct stat mine = {}, there = {};
    if (fstat(file.file_, &mine) != 0) return Io("read", path);
    if (stat(path.c_str(), &there) == 0 && mine.st_ino == there.st_ino &&
        mine.st_dev == there.st_dev) {
      return file;
    }
  }
}

LockedFile::~LockedFile() {
  if (file_ >= 0) close(file_);
}

base::Status DeadLetterFile::Append(std::string_view line) {
  TRY_ASSIGN(const auto locked, LockedFile::Open(path_, true, LockedFile::Wait::kYes));
  const int file = locked->descriptor();
  // A line that a crash cut short wasn't kept: its records come again.
  const auto end = EndOfLines(file);
  if (!end || ftruncate(file, *end) != 0) return Io("read", path_);
  std::string text(line);
  text += '\n';
  size_t written = 0;
  while (written < text.size()) {
    const ssize_t count = pwrite(file, text.data() + written, text.size() - written,
                                 *end + static_cast<off_t>(written));
    if (count < 0 && errno == EINTR) continue;
    if (count <= 0) break;
    written += static_cast<size_t>(count);
  }
  if (written == text.size() && fsync(file) == 0) return {};
  const auto failed = Io("write", path_);
  // Where this fails, too, the next one does it.
  [[maybe_unused]] const int taken_back = ftruncate(file, *end);
  return failed;
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
