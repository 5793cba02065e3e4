// Takes the chunked coding off a body (RFC 9112, section 7.1). Knows no socket.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace cruddur::net {

// Beast's own decoder lets a quoted chunk extension run over the end of its line, so that what it
// sees depends on how the bytes arrive. Here a line ends where it ends, and holds no control
// character whatever it says. Extensions and trailers are checked and read over.
class ChunkDecoder {
 public:
  // A line, and the trailers together, may have `max_line_bytes`.
  ChunkDecoder(size_t max_line_bytes, size_t max_body_bytes)
      : max_line_bytes_(max_line_bytes), max_body_bytes_(max_body_bytes) {}

  // Takes what it can from the front of `bytes` and appends the body in it to `body`. What is left
  // of `bytes` it wants to see again with more behind it. Returns 0, or the status to refuse the
  // message with: 400, 413 (body too large), 431 (line or trailers too long).
  int Decode(std::string_view& bytes, std::string& body);

  bool done() const { return state_ == State::kDone; }

 private:
  enum class State { kSize, kData, kDataEnd, kTrailer, kDone };

  int TakeSize(std::string_view line, size_t body_bytes);
  int TakeTrailer(std::string_view line);

  size_t max_line_bytes_, max_body_bytes_;
  State state_ = State::kSize;
  uint64_t left_ = 0;  // of the chunk
  size_t trailer_bytes_ = 0;
};

}  // namespace cruddur::net
