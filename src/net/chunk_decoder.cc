#include "net/chunk_decoder.h"

#include <algorithm>
#include <charconv>

#include "net/http.h"

namespace cruddur::net {
namespace {

// Text without control characters; what lies beyond ASCII is opaque.
bool IsText(std::string_view text) {
  return std::ranges::all_of(text, [](char c) {
    const auto byte = static_cast<uint8_t>(c);
    return (byte >= 0x20 && byte != 0x7f) || c == '\t';
  });
}

bool IsToken(std::string_view text) {
  return !text.empty() && std::ranges::all_of(text, [](char c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
           std::string_view("!#$%&'*+-.^_`|~").find(c) != std::string_view::npos;
  });
}

}  // namespace

int ChunkDecoder::Decode(std::string_view& bytes, std::string& body) {
  while (!bytes.empty() && !done()) {
    if (state_ == State::kData) {
      const auto n = static_cast<size_t>(std::min<uint64_t>(left_, bytes.size()));
      body.append(bytes.substr(0, n));
      bytes.remove_prefix(n);
      left_ -= n;
      if (left_ == 0) state_ = State::kDataEnd;
      continue;
    }
    const size_t end = bytes.find('\n');
    if (std::min(end, bytes.size()) >= max_line_bytes_) return 431;
    if (end == std::string_view::npos) return 0;
    if (end == 0 || bytes[end - 1] != '\r') return 400;
    const std::string_view line = bytes.substr(0, end - 1);
    bytes.remove_prefix(end + 1);
    int status = 0;
    if (state_ == State::kSize) {
      status = TakeSize(line, body.size());
    } else if (state_ == State::kTrailer) {
      status = TakeTrailer(line);
    } else {
      status = line.empty() ? 0 : 400;  // behind a chunk's data
      state_ = State::kSize;
    }
    if (status != 0) return status;
  }
  return 0;
}

int ChunkDecoder::TakeSize(std::string_view line, size_t body_bytes) {
  const auto [end, error] = std::from_chars(line.data(), line.data() + line.size(), left_, 16);
  if (error == std::errc::result_out_of_range) return 413;
  if (error != std::errc()) return 400;
  std::string_view extension = line.substr(static_cast<size_t>(end - line.data()));
  if (!extension.empty()) {
    extension.remove_prefix(std::min(extension.find_first_not_of(" \t"), extension.size()));
    if (!extension.starts_with(';') || !IsText(extension)) return 400;
  }
  if (left_ > max_body_bytes_ - body_bytes) return 413;
  state_ = left_ > 0 ? State::kData : State::kTrailer;
  return 0;
}

int ChunkDecoder::TakeTrailer(std::string_view line) {
  if (line.empty()) {
    state_ = State::kDone;
    return 0;
  }
  trailer_bytes_ += line.size() + 2;
  if (trailer_bytes_ > max_line_bytes_) return 431;
  const size_t colon = std::min(line.find(':'), line.size());
  const std::string_view name = line.substr(0, colon);
  if (colon == line.size() || !IsToken(name) || !IsText(line.substr(colon))) return 400;
  // Framing has no business behind the frame (RFC 9110, section 6.5.1).
  for (const std::string_view framing : {"Content-Length", "Transfer-Encoding", "Host"}) {
    if (EqualsIgnoreCase(name, framing)) return 400;
  }
  return 0;
}

}  // namespace cruddur::net
