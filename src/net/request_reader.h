// Takes requests out of a connection's bytes. Knows no socket, so that tests and fuzzers can feed
// it any bytes in any pieces.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "net/chunk_decoder.h"
#include "net/http.h"
#include "net/request_parser.h"

namespace cruddur::net {

// Usage: read into Space(), tell Filled(), then Advance() until it needs more; after kRequest
// answer request() and Consume() it. After kRefused the connection is of no further use.
class RequestReader {
 public:
  enum class Step { kNeedMore, kRequest, kRefused };
  enum class Phase { kIdle, kHeader, kBody };

  RequestReader(size_t max_header_bytes, size_t max_body_bytes, std::string_view remote_address,
                Peer* peer = nullptr);

  std::span<char> Space();  // never empty
  void Filled(size_t bytes) { end_ += bytes; }
  Step Advance();

  // What Advance waits for after kNeedMore.
  Phase phase() const;

  // True once a request, when its peer holds the body back until it is told to go on.
  bool TakeContinue();

  // After kRequest and until Consume.
  const Request& request() const { return request_; }
  bool keep_alive() const { return keep_alive_; }
  bool http_1_0() const { return http_1_0_; }
  void Consume();

  // The memory that the requests at hand take.
  size_t Held() const { return capacity_ + chunked_body_.capacity(); }

  // After kRefused: the status to answer.
  int refusal() const { return refusal_; }
  // True if the peer may have more to say: bytes behind the current request.
  bool HasMore() const { return begin_ + taken_ < end_; }

 private:
  enum class State { kHeader, kFixedBody, kChunkedBody, kComplete };

  std::string_view Unread() const { return {data_.get() + begin_, end_ - begin_}; }
  Step Refuse(int status);
  bool SkipEmptyLines();
  Step FindHeaderEnd();
  Step ParseHeader();
  Step ReadBody();
  void MakeRoom();
  void MoveTo(std::unique_ptr<char[]> data, size_t capacity);
  void FillRequest();

  const size_t max_header_bytes_, max_body_bytes_;

  // Unread bytes are [begin_, end_). Offsets below count from begin_.
  std::unique_ptr<char[]> data_;
  size_t capacity_ = 0, begin_ = 0, end_ = 0;
  size_t line_ = 0;         // where the line that is looked at begins
  size_t seen_ = 0;         // up to where there is no further LF
  size_t header_size_ = 0;  // once it is known
  size_t body_size_ = 0;    // of a body of known length
  size_t taken_ = 0;        // the bytes of the complete request

  State state_ = State::kHeader;
  bool keep_alive_ = true, http_1_0_ = false;
  int refusal_ = 0;
  ParsedRequest parsed_;
  ChunkDecoder chunks_;
  std::string chunked_body_;
  Request request_;
};

}  // namespace cruddur::net
