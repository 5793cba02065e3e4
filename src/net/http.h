// The HTTP message types that server, client and router share.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace cruddur::net {

struct HeaderView {
  std::string_view name;  // as the peer spelled it
  std::string_view value;
};

// Header names and some values compare without case (ASCII only).
bool EqualsIgnoreCase(std::string_view a, std::string_view b);

// The other end of a connection, for handlers that wait for long. Used on the connection's loop.
class Peer {
 public:
  virtual ~Peer() = default;
  // `gone` is called, once, when the peer ends the connection before it has sent another request:
  // while the handler waits, or after the answer. Replaces the one before; null: none. What ends
  // the connection at this end isn't told.
  virtual void WhenGone(std::function<void()> gone) = 0;
  // Whether it has ended the connection, as far as is known here; one system call.
  virtual bool IsGone() = 0;
  // How many requests came by this connection before this one.
  virtual uint64_t requests_before() const = 0;
};

// A request as a handler sees it: views into the connection's buffer.
struct Request {
  std::string_view method;  // "GET"
  std::string_view path;    // of the target, before '?', not decoded
  std::string_view query;   // after '?', not decoded; empty if there is none
  std::span<const HeaderView> headers;
  std::string_view body;
  std::string_view remote_address;  // "127.0.0.1", without port
  Peer* peer = nullptr;             // null: it came by no connection

  // The first header of that name, whatever its case.
  std::optional<std::string_view> Header(std::string_view name) const;
  bool HasDuplicate(std::string_view name) const;
};

// An answer. One object a connection, cleared and reused: fill it, don't replace it.
struct Response {
  int status = 200;
  std::string_view content_type = "application/json";  // must outlive the answer: a literal
  std::string headers;  // further header lines, "Name: value\r\n" each: see AddHeader
  std::string body;
  bool close = false;    // close the connection after this answer
  bool chunked = false;  // send the body in chunks instead of telling its length
  // The pattern of the route that answered, for logs and metrics: whoever routes may set it, to a
  // literal or to what outlives the answer.
  std::string_view route;

  // A value is cut at the first CR, LF or NUL, so that foreign text cannot add header lines.
  void AddHeader(std::string_view name, std::string_view value);
  void Clear();
};

// The standard reason phrase of a status: "Not Found"; "Unknown" for one that has none.
std::string_view ReasonPhrase(int status);

// %XX decoded (and '+' as a space in queries); nullopt for a broken escape.
std::optional<std::string> PercentDecode(std::string_view text, bool plus_is_space);
// All but letters, digits and "-._~" as %XX: fit for any part of a URL.
std::string PercentEncode(std::string_view text);

// name=value pairs of a query string in order, decoded; broken escapes are kept as they are.
std::vector<std::pair<std::string, std::string>> ParseQuery(std::string_view query);

}  // namespace cruddur::net
