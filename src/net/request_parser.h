// Beast's parser with the rules that it leaves open: what a request must not say if everyone on the
// way is to agree where it ends (RFC 9112, sections 3, 5 and 6).
#pragma once

#include <boost/beast/http/basic_parser.hpp>
#include <cstdint>
#include <string_view>
#include <vector>

#include "net/http.h"

namespace cruddur::net {

// What a parser finds. The connection keeps one and reuses its memory; views are into the bytes
// that were parsed.
struct ParsedRequest {
  std::string_view method, target;
  std::vector<HeaderView> headers;
  bool http_1_0 = false;
  bool expects_continue = false;
};

// Parses one request's header; its body is not the parser's business.
class RequestParser final : public boost::beast::http::basic_parser<true> {
 public:
  // `into` is cleared and must outlive the parser.
  RequestParser(ParsedRequest& into, size_t max_body_bytes);

  // Parses a header that is complete, its empty line included. Returns 0, or the status to refuse
  // the request with.
  int ParseHeader(std::string_view header);

 private:
  using error_code = boost::system::error_code;
  using string_view = boost::beast::string_view;

  void on_request_impl(boost::beast::http::verb verb, string_view method, string_view target,
                       int version, error_code& ec) override;
  void on_response_impl(int, string_view, int, error_code&) override {}
  void on_field_impl(boost::beast::http::field field, string_view name, string_view value,
                     error_code& ec) override;
  void on_header_impl(error_code& ec) override;
  void on_body_init_impl(const boost::optional<uint64_t>&, error_code&) override {}
  size_t on_body_impl(string_view, error_code&) override { return 0; }
  void on_chunk_header_impl(uint64_t, string_view, error_code&) override {}
  size_t on_chunk_body_impl(uint64_t, string_view, error_code&) override { return 0; }
  void on_finish_impl(error_code&) override {}

  void Refuse(int status, error_code& ec);
  int StatusOf(const error_code& ec) const;

  ParsedRequest& into_;
  int refusal_ = 0;
  int version_ = 11;
  int hosts_ = 0;
  bool has_length_ = false;
  bool has_transfer_encoding_ = false;
  bool unknown_expectation_ = false;
};

}  // namespace cruddur::net
