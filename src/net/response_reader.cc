#include "net/response_reader.h"

#include <algorithm>
#include <boost/asio/buffer.hpp>

#include "net/http.h"

namespace cruddur::net {
namespace {

namespace http = boost::beast::http;
using base::ErrorCode;
using base::Fail;

constexpr uint32_t kMaxHeaderBytes = 64 * 1024;
constexpr uint64_t kMaxReserve = 1024 * 1024;  // on the word of a header alone

}  // namespace

std::string_view ClientResponse::Header(std::string_view name) const {
  for (const auto& [key, value] : headers) {
    if (EqualsIgnoreCase(key, name)) return value;
  }
  return {};
}

ResponseReader::ResponseReader(bool head, size_t max_body_bytes) {
  header_limit(kMaxHeaderBytes);
  body_limit(max_body_bytes);
  eager(true);
  skip(head);
}

base::Status ResponseReader::Feed(std::string& bytes) {
  while (!bytes.empty() && !is_done()) {
    error_code ec;
    bytes.erase(0, put(boost::asio::buffer(bytes), ec));
    if (ec == http::error::need_more) {
      // A chunk's head or trailers without an end; headers are bounded by Beast.
      if (bytes.size() > kMaxHeaderBytes) return StatusOf(http::error::header_limit);
      return {};
    }
    if (ec) return StatusOf(ec);
  }
  return {};
}

base::Status ResponseReader::FeedEnd() {
  if (is_header_done() && need_eof()) {
    error_code ec;
    put_eof(ec);
    if (!ec) return {};
  }
  return Fail(ErrorCode::kUnavailable, got_some() ? "the connection was closed within the answer"
                                                  : "the connection was closed before the answer");
}

void ResponseReader::on_response_impl(int status, string_view, int, error_code& ec) {
  response_.status = status;
  if (status < 100) ec = http::error::bad_status;
}

void ResponseReader::on_field_impl(http::field, string_view name, string_view value, error_code&) {
  if (is_header_done()) return;  // a trailer
  response_.headers.emplace_back(name, value);
}

void ResponseReader::on_body_init_impl(const boost::optional<uint64_t>& length, error_code&) {
  response_.body.reserve(std::min(length.value_or(0), kMaxReserve));
}

size_t ResponseReader::on_body_impl(string_view body, error_code&) {
  response_.body.append(body.data(), body.size());
  return body.size();
}

size_t ResponseReader::on_chunk_body_impl(uint64_t, string_view body, error_code& ec) {
  return on_body_impl(body, ec);
}

base::Status ResponseReader::StatusOf(const error_code& ec) const {
  if (ec == http::error::body_limit || ec == http::error::header_limit) {
    return Fail(ErrorCode::kResourceExhausted, "the answer is too large");
  }
  return Fail(ErrorCode::kUnavailable, "the answer is not HTTP: " + ec.message());
}

}  // namespace cruddur::net
