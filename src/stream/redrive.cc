#include "stream/redrive.h"

#include <fmt/format.h>

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <optional>
#include <utility>

#include "base/random.h"
#include "stream/lambda_event.h"

namespace cruddur::stream {
namespace {

using base::ErrorCode;
using base::Fail;

// What the function makes of one letter.
base::Task<base::Status> HandOver(const std::string& line, Target& target) {
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

// The letters of `path`, moved aside and locked: those of an interrupted redrive, if there are any.
struct Taken {
  LockedFile file;
  bool interrupted = false;
};
base::Result<std::optional<Taken>> Take(const std::string& path, const std::string& aside) {
  TRY_ASSIGN(auto left, LockedFile::Open(aside, false, LockedFile::Wait::kNo));
  if (left) return Taken{*std::move(left), true};
  TRY_ASSIGN(auto file, LockedFile::Open(path, false, LockedFile::Wait::kYes));
  if (!file) return std::nullopt;
  // Triggers that wait for the lock find the file gone, and begin another one.
  if (std::rename(path.c_str(), aside.c_str()) != 0) {
    return Fail(ErrorCode::kIo, fmt::format("can't take {}: {}", path, std::strerror(errno)));
  }
  return Taken{*std::move(file)};
}

// What is replayed in this pass; false: there was nothing.
base::Task<base::Result<bool>> RedriveOnce(const std::string& path, Target& target,
                                           RedriveReport& report, bool& interrupted) {
  const std::string aside = path + ".redriving";
  CO_TRY_ASSIGN(const auto taken, Take(path, aside));
  if (!taken) co_return false;
  interrupted = taken->interrupted;
  CO_TRY_ASSIGN(const auto lines, DeadLetterFile(aside).Read());
  DeadLetterFile file(path);
  for (const std::string& line : lines) {
    if (!co_await Replay(line, target, report)) {
      CO_TRY(file.Append(line));
    }
  }
  if (std::remove(aside.c_str()) != 0) {
    co_return Fail(ErrorCode::kIo, fmt::format("can't remove {}: {}", aside, std::strerror(errno)));
  }
  co_return true;
}

}  // namespace

base::Task<bool> Replay(const std::string& letter, Target& target, RedriveReport& report) {
  const base::Status replayed = co_await HandOver(letter, target);
  if (replayed) {
    ++report.replayed;
  } else {
    ++report.failed;
    report.last_error = replayed.error().message;
  }
  co_return replayed.has_value();
}

base::Task<base::Result<RedriveReport>> Redrive(std::string path, Target& target) {
  RedriveReport report;
  bool interrupted = false;
  CO_TRY_ASSIGN(const bool found, co_await RedriveOnce(path, target, report, interrupted));
  if (!found) co_return Fail(ErrorCode::kNotFound, fmt::format("there is no {}", path));
  if (interrupted) {
    // What was written since, and what failed just now, which is tried a second time.
    report.failed = 0;
    CO_TRY(co_await RedriveOnce(path, target, report, interrupted));
  }
  if (report.failed == 0) report.last_error.clear();
  co_return report;
}

}  // namespace cruddur::stream
