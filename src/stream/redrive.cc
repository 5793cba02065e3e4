#include "stream/redrive.h"

#include <fmt/format.h>

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <filesystem>

#include "base/random.h"
#include "stream/lambda_event.h"

namespace cruddur::stream {
namespace {

using base::ErrorCode;
using base::Fail;

// What the function makes of one letter.
base::Task<base::Status> Replay(const std::string& line, Target& target) {
  CO_TRY_ASSIGN(std::string payload, PayloadOfDeadLetter(line));
  CO_TRY_ASSIGN(const auto records, ReadPayload(payload));
  std::vector<StreamEvent> events;
  for (const model::StreamRecord& record : records) {
    events.push_back({.sequence_number = record.sequence_number});
  }
  const Invocation invocation{base::NewUuid(), std::move(payload)};
  const InvocationResult answer = co_await target.Invoke(invocation);
  if (!answer) co_return Fail(ErrorCode::kUnavailable, answer.error().message);
  // Whether the function's trigger reads reports isn't known: one that is there counts.
  if (answer->contains("\"batchItemFailures\"") && HandledOf(*answer, events) < events.size()) {
    co_return Fail(ErrorCode::kUnavailable, "the function reported failures");
  }
  co_return base::Status();
}

}  // namespace

base::Task<base::Result<RedriveReport>> Redrive(std::string path, Target& target) {
  const std::string aside = path + ".redriving";
  const bool interrupted = std::filesystem::exists(aside);
  if (!interrupted && std::rename(path.c_str(), aside.c_str()) != 0) {
    co_return Fail(errno == ENOENT ? ErrorCode::kNotFound : ErrorCode::kIo,
                   fmt::format("can't take {}: {}", path, std::strerror(errno)));
  }
  RedriveReport report;
  CO_TRY_ASSIGN(const auto lines, DeadLetterFile(aside).Read());
  DeadLetterFile file(path);
  for (const std::string& line : lines) {
    const auto replayed = co_await Replay(line, target);
    if (replayed) {
      ++report.replayed;
      continue;
    }
    ++report.failed;
    report.last_error = replayed.error().message;
    CO_TRY(file.Append(line));
  }
  std::remove(aside.c_str());
  if (interrupted && std::filesystem::exists(path)) {
    // What was written since, and what failed just now, which is tried a second time.
    CO_TRY_ASSIGN(const RedriveReport rest, co_await Redrive(path, target));
    report.replayed += rest.replayed;
    report.failed = rest.failed;
    if (!rest.last_error.empty()) report.last_error = rest.last_error;
  }
  co_return report;
}

}  // namespace cruddur::stream
