#include "stream/checkpoint.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <cerrno>
#include <charconv>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <fstream>

namespace cruddur::stream {
namespace {

using base::ErrorCode;
using base::Fail;

constexpr std::string_view kFirstLine = "cruddur checkpoint 1", kSince = "since ", kEnded = "ended",
                           kLastLine = "end";
constexpr size_t kMaxLine = 1024;

bool IsSequenceNumber(const std::string& text) {
  return text.size() <= 40 && text.find_first_not_of("0123456789") == std::string::npos;
}

bool ReadSince(std::string_view line, base::Micros& since) {
  int64_t micros = 0;
  const char* end = line.data() + line.size();
  const auto [at, error] = std::from_chars(line.data() + kSince.size(), end, micros);
  since = base::Micros(micros);
  return error == std::errc() && at == end && micros > 0;
}

// The last line shows that the file is whole.
bool Read(std::istream& file, Position& position) {
  std::string line;
  if (!std::getline(file, line) || line != kFirstLine) return false;
  if (!std::getline(file, position.stream_arn) || position.stream_arn.size() > kMaxLine) {
    return false;
  }
  if (!std::getline(file, position.sequence_number)) return false;
  if (!IsSequenceNumber(position.sequence_number)) return false;
  while (std::getline(file, line)) {
    if (line == kLastLine) return true;
    if (line == kEnded) {
      position.ended = true;
    } else if (!line.starts_with(kSince) || !ReadSince(line, position.since)) {
      return false;
    }
  }
  return false;
}

std::string Format(const Position& position) {
  std::string text =
      fmt::format("{}\n{}\n{}\n", kFirstLine, position.stream_arn, position.sequence_number);
  if (position.since.count() > 0) text += fmt::format("{}{}\n", kSince, position.since.count());
  if (position.ended) text += fmt::format("{}\n", kEnded);
  return text.append(kLastLine).append("\n");
}

std::unexpected<base::Error> Io(std::string_view what, const std::string& path) {
  return Fail(ErrorCode::kIo, fmt::format("can't {} {}: {}", what, path, std::strerror(errno)));
}

bool Sync(const std::string& path, int flags) {
  const int file = open(path.c_str(), flags | O_CLOEXEC);
  if (file < 0) return false;
  const bool synced = fsync(file) == 0;
  close(file);
  return synced;
}

}  // namespace

base::Result<std::optional<Position>> Checkpoint::Load() const {
  if (path_.empty()) return std::nullopt;
  if (access(path_.c_str(), F_OK) != 0 && errno == ENOENT) return std::nullopt;
  std::ifstream file(path_);
  if (!file) return Io("read", path_);
  Position position;
  if (!Read(file, position)) {
    return Fail(ErrorCode::kCorruption, fmt::format("{} is no whole checkpoint", path_));
  }
  return position;
}

base::Status Checkpoint::Save(const Position& position, Durability durability) {
  if (path_.empty()) return {};
  const std::string draft = path_ + ".new";
  {
    std::ofstream file(draft, std::ios::trunc);
    file << Format(position);
    file.flush();
    if (!file) return Io("write", draft);
  }
  const bool synced = durability == Durability::kDisk;
  if (synced && !Sync(draft, O_WRONLY)) return Io("sync", draft);
  if (std::rename(draft.c_str(), path_.c_str()) != 0) return Io("replace", path_);
  const std::string folder = std::filesystem::path(path_).parent_path().string();
  if (synced && !Sync(folder.empty() ? "." : folder, O_RDONLY | O_DIRECTORY)) {
    return Io("sync", folder);
  }
  return {};
}

}  // namespace cruddur::stream
