#include "net/request_parser.h"

#include <algorithm>
#include <boost/asio/buffer.hpp>
#include <limits>

namespace cruddur::net {
namespace {

namespace http = boost::beast::http;

// Visible ASCII without what RFC 3986 leaves out and a router could be misled by.
bool IsTarget(std::string_view target) {
  for (const char c : target) {
    if (c <= ' ' || c >= 0x7f || c == '#' || c == '\\' || c == '"' || c == '<' || c == '>') {
      return false;
    }
  }
  return true;
}

// The characters of a host name or address and a port.
bool IsHost(std::string_view host) {
  for (const char c : host) {
    const bool letter_or_digit =
        (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
    if (!letter_or_digit &&
        std::string_view("-._~:[]%!$&'()*+,;=").find(c) == std::string_view::npos)
      return false;
  }
  return true;
}

// "GET / HTTP/2.0": well formed, but not a version of ours.
bool NamesAnotherVersion(std::string_view header) {
  const std::string_view line = header.substr(0, header.find("\r\n"));
  if (line.size() < 9 || std::ranges::count(line, ' ') != 2) return false;
  const std::string_view version = line.substr(line.size() - 9);
  const auto digit = [](char c) { return c >= '0' && c <= '9'; };
  return version.starts_with(" HTTP/") && digit(version[6]) && version[7] == '.' &&
         digit(version[8]);
}

}  // namespace

RequestParser::RequestParser(ParsedRequest& into, size_t max_body_bytes) : into_(into) {
  into_.headers.clear();
  into_.expects_continue = false;
  header_limit(std::numeric_limits<uint32_t>::max());  // the caller has its own
  body_limit(max_body_bytes);
}

int RequestParser::ParseHeader(std::string_view header) {
  error_code ec;
  const size_t used = put(boost::asio::buffer(header), ec);
  if (ec == http::error::bad_version && NamesAnotherVersion(header)) return 505;
  if (ec) return StatusOf(ec);
  return used == header.size() ? 0 : 400;
}

void RequestParser::on_request_impl(http::verb, string_view method, string_view target, int version,
                                    error_code& ec) {
  into_.method = method;
  into_.target = target;
  version_ = version;
  into_.http_1_0 = version == 10;
  if (!IsTarget(into_.target)) Refuse(400, ec);
}

void RequestParser::on_field_impl(http::field field, string_view name, string_view value,
                                  error_code& ec) {
  into_.headers.push_back({name, value});
  switch (field) {
    case http::field::host:
      if (++hosts_ > 1 || !IsHost(value)) Refuse(400, ec);
      break;
    case http::field::content_length:
      // Beast lets equal lengths pass, repeated or in a list; not everyone on the way may.
      if (has_length_ || value.find(',') != string_view::npos) Refuse(400, ec);
      has_length_ = true;
      break;
    case http::field::transfer_encoding:
      // Only the form that nobody can misread. Codings below "chunked" are legal but not ours.
      if (!EqualsIgnoreCase(value, "chunked")) Refuse(chunked() ? 501 : 400, ec);
      has_transfer_encoding_ = true;
      break;
    case http::field::expect:
      if (EqualsIgnoreCase(value, "100-continue")) {
        into_.expects_continue = version_ == 11;
      } else {
        unknown_expectation_ = true;
      }
      break;
    default:
      break;
  }
}

void RequestParser::on_header_impl(error_code& ec) {
  if (version_ == 11 && hosts_ == 0) return Refuse(400, ec);
  if (has_transfer_encoding_ && (has_length_ || version_ < 11)) return Refuse(400, ec);
  if (unknown_expectation_) return Refuse(417, ec);
}

void RequestParser::Refuse(int status, error_code& ec) {
  refusal_ = status;
  ec = http::error::bad_value;
}

int RequestParser::StatusOf(const error_code& ec) const {
  if (refusal_ != 0) return refusal_;
  return ec == http::error::body_limit ? 413 : 400;
}

}  // namespace cruddur::net
