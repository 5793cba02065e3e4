// Takes one answer out of a connection's bytes. Knows no socket.
#pragma once

#include <boost/beast/http/basic_parser.hpp>
#include <string>
#include <string_view>

#include "base/result.h"
#include "net/client.h"

namespace cruddur::net {

// Feed it bytes, or the end of the stream, until it is Done. Interim answers (1xx) are read over by
// the caller with a reader each.
class ResponseReader final : private boost::beast::http::basic_parser<false> {
 public:
  // `head`: the answer to HEAD, which has no body whatever its header says.
  ResponseReader(bool head, size_t max_body_bytes);

  // Takes what it can from the front of `bytes`. Errors: kUnavailable (not HTTP),
  // kResourceExhausted (body or header too large).
  base::Status Feed(std::string& bytes);
  base::Status FeedEnd();

  bool Done() const { return is_done(); }
  bool KeepAlive() const { return keep_alive(); }
  ClientResponse& response() { return response_; }

 private:
  using error_code = boost::system::error_code;
  using string_view = boost::beast::string_view;

  void on_request_impl(boost::beast::http::verb, string_view, string_view, int,
                       error_code&) override {}
  void on_response_impl(int status, string_view reason, int version, error_code& ec) override;
  void on_field_impl(boost::beast::http::field field, string_view name, string_view value,
                     error_code& ec) override;
  void on_header_impl(error_code&) override {}
  void on_body_init_impl(const boost::optional<uint64_t>& length, error_code&) override;
  size_t on_body_impl(string_view body, error_code&) override;
  void on_chunk_header_impl(uint64_t, string_view, error_code&) override {}
  size_t on_chunk_body_impl(uint64_t, string_view body, error_code& ec) override;
  void on_finish_impl(error_code&) override {}

  base::Status StatusOf(const error_code& ec) const;

  ClientResponse response_;
};

}  // namespace cruddur::net
