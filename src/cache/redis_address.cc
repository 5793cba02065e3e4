#include "cache/redis_address.h"

#include <charconv>

#include "net/http.h"

namespace cruddur::cache {
namespace {

constexpr uint16_t kPort = 6379;

std::unexpected<base::Error> Refuse(std::string why) {
  return base::Fail(base::ErrorCode::kInvalidArgument,
                    "not an address like redis://user:password@host:6379/0: " + std::move(why));
}

}  // namespace

base::Result<RedisAddress> RedisAddress::Parse(std::string_view url) {
  RedisAddress address;
  bool tls = false;
  if (url.starts_with("rediss://")) {
    tls = true;
    url.remove_prefix(9);
  } else if (url.starts_with("redis://")) {
    url.remove_prefix(8);
  } else {
    return Refuse("it must begin with redis:// or rediss://");
  }

  if (const size_t at = url.rfind('@'); at != std::string_view::npos) {
    const std::string_view who = url.substr(0, at);
    const size_t colon = who.find(':');
    if (colon == std::string_view::npos) return Refuse("a user needs a password");
    const auto user = net::PercentDecode(who.substr(0, colon), false);
    const auto password = net::PercentDecode(who.substr(colon + 1), false);
    if (!user || !password || password->empty()) {
      return Refuse("user and password must be percent-encoded text");
    }
    address.user = *user;
    address.password = *password;
    url.remove_prefix(at + 1);
  }

  const size_t slash = std::min(url.find('/'), url.size());
  const std::string_view database = url.substr(std::min(slash + 1, url.size()));
  if (!database.empty()) {
    const char* const end = database.data() + database.size();
    const auto [last, error] = std::from_chars(database.data(), end, address.database);
    if (error != std::errc() || last != end || address.database < 0) {
      return Refuse("the database must be a number");
    }
  }
  const std::string host(url.substr(0, slash));
  auto origin = net::Origin::Parse((tls ? "https://" : "http://") + host);
  if (!origin) return Refuse("\"" + host + "\" is no host and port");
  address.origin = *std::move(origin);
  const bool has_port =
      host.find(':', host.rfind(']') == std::string::npos ? 0 : host.rfind(']')) !=
      std::string::npos;
  if (!has_port) address.origin.port = kPort;
  return address;
}

}  // namespace cruddur::cache
