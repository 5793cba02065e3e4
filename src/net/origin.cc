#include <algorithm>
#include <charconv>

#include "net/client.h"

namespace cruddur::net {
namespace {

using base::ErrorCode;
using base::Fail;

bool IsHostCharacter(char c) {
  return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '-' ||
         c == '.' || c == '_';
}

}  // namespace

base::Result<Origin> Origin::Parse(std::string_view url) {
  const auto refuse = [&](std::string_view why) {
    return Fail(ErrorCode::kInvalidArgument,
                "\"" + std::string(url) +
                    "\" is not an address like http://host:port: " + std::string(why));
  };
  Origin origin;
  std::string_view rest = url;
  if (rest.starts_with("https://")) {
    origin = {.tls = true, .port = 443};
    rest.remove_prefix(8);
  } else if (rest.starts_with("http://")) {
    rest.remove_prefix(7);
  } else {
    return refuse("it must begin with http:// or https://");
  }
  if (rest.ends_with('/')) rest.remove_suffix(1);

  std::string_view port;
  if (rest.starts_with('[')) {
    const size_t end = rest.find(']');
    if (end == std::string_view::npos) return refuse("the bracket is not closed");
    origin.host = rest.substr(1, end - 1);
    port = rest.substr(end + 1);
    if (!std::ranges::all_of(origin.host, [](char c) { return IsHostCharacter(c) || c == ':'; })) {
      return refuse("the host has a character that no address has");
    }
  } else {
    const size_t end = std::min(rest.find(':'), rest.size());
    origin.host = rest.substr(0, end);
    port = rest.substr(end);
    if (!std::ranges::all_of(origin.host, IsHostCharacter)) {
      return refuse("it has more than a host and a port, or a host that is none");
    }
  }
  if (origin.host.empty()) return refuse("it has no host");
  if (!port.empty()) {
    const auto [end, error] =
        std::from_chars(port.data() + 1, port.data() + port.size(), origin.port);
    if (port.front() != ':' || error != std::errc() || end != port.data() + port.size() ||
        origin.port == 0) {
      return refuse("the port must be a number from 1 to 65535");
    }
  }
  return origin;
}

std::string Origin::HostHeader() const {
  std::string text = host.find(':') == std::string::npos ? host : "[" + host + "]";
  if (port != (tls ? 443 : 80)) text.append(":").append(std::to_string(port));
  return text;
}

}  // namespace cruddur::net
