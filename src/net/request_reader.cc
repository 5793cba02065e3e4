#include "net/request_reader.h"

#include <algorithm>
#include <cstring>

namespace cruddur::net {
namespace {

constexpr size_t kFirstCapacity = 4 * 1024;
constexpr size_t kMinSpace = 1024;
constexpr size_t kKeptCapacity = 64 * 1024;  // what an idle connection may hold on to

void Split(std::string_view target, Request& request) {
  // An origin server must take the absolute form too (RFC 9112, section 3.2.2).
  for (const std::string_view scheme : {"http://", "https://"}) {
    if (target.size() > scheme.size() &&
        EqualsIgnoreCase(target.substr(0, scheme.size()), scheme)) {
      target.remove_prefix(scheme.size());
      target.remove_prefix(std::min(target.find_first_of("/?"), target.size()));
      break;
    }
  }
  const size_t mark = target.find('?');
  request.path = target.substr(0, mark);
  request.query = mark == std::string_view::npos ? std::string_view() : target.substr(mark + 1);
  if (request.path.empty()) request.path = "/";
}

bool MayBegin(char c) {  // a request: methods are words
  return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
}

}  // namespace

RequestReader::RequestReader(size_t max_header_bytes, size_t max_body_bytes,
                             std::string_view remote_address, Peer* peer)
    : max_header_bytes_(max_header_bytes),
      max_body_bytes_(max_body_bytes),
      chunks_(max_header_bytes, max_body_bytes) {
  request_.remote_address = remote_address;
  request_.peer = peer;
}

std::span<char> RequestReader::Space() {
  if (capacity_ - end_ < kMinSpace) MakeRoom();
  return {data_.get() + end_, capacity_ - end_};
}

RequestReader::Phase RequestReader::phase() const {
  if (state_ != State::kHeader) return Phase::kBody;
  return begin_ == end_ ? Phase::kIdle : Phase::kHeader;
}

bool RequestReader::TakeContinue() {
  const bool expected = parsed_.expects_continue && state_ != State::kHeader;
  // A peer that has begun with the body does not wait.
  const bool waits = expected && end_ - begin_ == header_size_;
  if (expected) parsed_.expects_continue = false;
  return waits;
}

RequestReader::Step RequestReader::Advance() {
  if (refusal_ != 0) return Step::kRefused;
  if (state_ == State::kHeader) {
    if (!SkipEmptyLines()) return refusal_ != 0 ? Step::kRefused : Step::kNeedMore;
    if (const Step step = FindHeaderEnd(); step != Step::kRequest) return step;
    if (const Step step = ParseHeader(); step != Step::kRequest) return step;
  }
  return ReadBody();
}

void RequestReader::Consume() {
  begin_ += taken_;
  if (begin_ == end_) {
    begin_ = end_ = 0;
    if (capacity_ > kKeptCapacity) {
      data_.reset();
      capacity_ = 0;
    }
  }
  chunked_body_.clear();
  if (chunked_body_.capacity() > kKeptCapacity) chunked_body_.shrink_to_fit();
  line_ = seen_ = header_size_ = body_size_ = taken_ = 0;
  state_ = State::kHeader;
}

RequestReader::Step RequestReader::Refuse(int status) {
  refusal_ = status;
  keep_alive_ = false;
  return Step::kRefused;
}

// Some clients end a body with a line too many (RFC 9112, section 2.2). True if a request begins.
bool RequestReader::SkipEmptyLines() {
  if (line_ > 0 || seen_ > 0) return true;
  std::string_view unread = Unread();
  while (unread.starts_with("\r\n")) unread.remove_prefix(2);
  begin_ = end_ - unread.size();
  if (unread.empty() || unread == "\r") return false;
  // What is no HTTP at all (a TLS greeting on a plain port) is refused at its first byte.
  if (!MayBegin(unread.front())) Refuse(400);
  return refusal_ == 0;
}

// Goes over the lines once, however they arrive, and refuses what parsers are known to disagree
// about: a line feed alone, and a line that continues the one before (obs-fold).
RequestReader::Step RequestReader::FindHeaderEnd() {
  const std::string_view unread = Unread();
  for (;;) {
    if (line_ > 0 && line_ < unread.size() && (unread[line_] == ' ' || unread[line_] == '\t')) {
      return Refuse(400);
    }
    const size_t end = unread.find('\n', std::max(line_, seen_));
    if (std::min(end, unread.size()) >= max_header_bytes_) return Refuse(431);
    if (end == std::string_view::npos) {
      seen_ = unread.size();
      return Step::kNeedMore;
    }
    if (end == line_ || unread[end - 1] != '\r') return Refuse(400);
    const bool empty = end == line_ + 1;
    line_ = seen_ = end + 1;
    if (empty) break;
  }
  header_size_ = line_;
  return Step::kRequest;
}

RequestReader::Step RequestReader::ParseHeader() {
  RequestParser parser(parsed_, max_body_bytes_);
  if (const int status = parser.ParseHeader(Unread().substr(0, header_size_)); status != 0) {
    return Refuse(status);
  }
  keep_alive_ = parser.keep_alive();
  http_1_0_ = parsed_.http_1_0;
  if (parser.chunked()) {
    state_ = State::kChunkedBody;
    chunks_ = ChunkDecoder(max_header_bytes_, max_body_bytes_);
  } else {
    state_ = State::kFixedBody;
    body_size_ = static_cast<size_t>(parser.content_length().value_or(0));
  }
  return Step::kRequest;
}

RequestReader::Step RequestReader::ReadBody() {
  if (state_ == State::kFixedBody) {
    if (end_ - begin_ < header_size_ + body_size_) return Step::kNeedMore;
    taken_ = header_size_ + body_size_;
    request_.body = Unread().substr(header_size_, body_size_);
  } else {
    // What has been decoded is cut out, so that the buffer holds the header and one piece only.
    std::string_view raw = Unread().substr(header_size_);
    if (const int status = chunks_.Decode(raw, chunked_body_); status != 0) return Refuse(status);
    std::memmove(data_.get() + begin_ + header_size_, raw.data(), raw.size());
    end_ = begin_ + header_size_ + raw.size();
    if (!chunks_.done()) return Step::kNeedMore;
    taken_ = header_size_;
    request_.body = chunked_body_;
  }
  state_ = State::kComplete;
  FillRequest();
  return Step::kRequest;
}

void RequestReader::FillRequest() {
  request_.method = parsed_.method;
  request_.headers = parsed_.headers;
  Split(parsed_.target, request_);
}

void RequestReader::MakeRoom() {
  const size_t used = end_ - begin_;
  size_t wanted = used + kMinSpace;
  if (state_ == State::kFixedBody) {
    // Doubling, and not the length that the peer announced, which may never come.
    wanted = std::max(wanted, std::min(header_size_ + body_size_ + kMinSpace, 2 * capacity_));
  }
  if (wanted <= capacity_) {
    MoveTo(nullptr, capacity_);
  } else {
    const size_t capacity = std::max({kFirstCapacity, wanted, std::min(2 * capacity_, wanted * 2)});
    MoveTo(std::make_unique_for_overwrite<char[]>(capacity), capacity);
  }
}

// Moves the unread bytes to the front of `data`, or of the buffer itself, and the views with them.
void RequestReader::MoveTo(std::unique_ptr<char[]> data, size_t capacity) {
  const char* const from = data_.get() + begin_;
  char* const to = data ? data.get() : data_.get();
  const size_t used = end_ - begin_;
  if (used > 0) std::memmove(to, from, used);
  if (state_ != State::kHeader) {
    const auto moved = [&](std::string_view view) {
      return view.empty() ? view : std::string_view(to + (view.data() - from), view.size());
    };
    parsed_.method = moved(parsed_.method);
    parsed_.target = moved(parsed_.target);
    for (HeaderView& header : parsed_.headers) {
      header.name = moved(header.name);
      header.value = moved(header.value);
    }
  }
  if (data) data_ = std::move(data);
  capacity_ = capacity;
  begin_ = 0;
  end_ = used;
}

}  // namespace cruddur::net
