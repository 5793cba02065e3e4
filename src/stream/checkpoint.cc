#include "stream/checkpoint.h"

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <fstream>

namespace cruddur::stream {
namespace {

constexpr std::string_view kFirstLine = "cruddur checkpoint 1";
constexpr size_t kMaxLine = 1024;

bool IsSequenceNumber(const std::string& text) {
  return text.size() <= 40 && text.find_first_not_of("0123456789") == std::string::npos;
}

}  // namespace

Position Checkpoint::Load() const {
  Position position;
  if (path_.empty()) return position;
  std::ifstream file(path_);
  std::string first, end;
  if (!std::getline(file, first) || first != kFirstLine) return {};
  if (!std::getline(file, position.stream_arn) || position.stream_arn.size() > kMaxLine) return {};
  if (!std::getline(file, position.sequence_number)) return {};
  // The last line shows that the file is whole.
  if (!std::getline(file, end) || end != "end") return {};
  if (!IsSequenceNumber(position.sequence_number)) return {};
  return position;
}

base::Status Checkpoint::Save(const Position& position) {
  if (path_.empty()) return {};
  const std::string draft = path_ + ".new";
  {
    std::ofstream file(draft, std::ios::trunc);
    file << kFirstLine << '\n'
         << position.stream_arn << '\n'
         << position.sequence_number << '\n'
         << "end\n";
    file.flush();
    if (!file) {
      return base::Fail(base::ErrorCode::kIo, "can't write " + draft + ": " + std::strerror(errno));
    }
  }
  if (std::rename(draft.c_str(), path_.c_str()) != 0) {
    return base::Fail(base::ErrorCode::kIo, "can't replace " + path_ + ": " + std::strerror(errno));
  }
  return {};
}

}  // namespace cruddur::stream
