// Hands dead letters to a function once more.
#pragma once

#include <string>

#include "base/result.h"
#include "base/task.h"
#include "stream/dead_letters.h"
#include "stream/target.h"

namespace cruddur::stream {

struct RedriveReport {
  size_t replayed = 0, failed = 0;  // letters
  std::string last_error;           // of one that failed
};

// Hands one letter over. False: it failed, as the report says now.
base::Task<bool> Replay(const std::string& letter, Target& target, RedriveReport& report);

// One invocation a letter, in the file's order. Letters that fail again are in the file afterwards,
// as they were; the others are gone. A trigger may go on writing the file meanwhile. What an
// interruption leaves undone is in PATH.redriving, with which the next call begins: a letter may
// then be replayed twice, but none is lost. Errors are kIo, kNotFound where there is no file, and
// kUnavailable where another one is at it.
base::Task<base::Result<RedriveReport>> Redrive(std::string path, Target& target);

}  // namespace cruddur::stream
