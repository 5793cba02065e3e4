// Where a Redis server is, and as whom: redis://[user[:password]@]host[:port][/database], or
// rediss:// for TLS. User and password may be percent-encoded; a password alone is ":password@".
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"
#include "net/client.h"

namespace cruddur::cache {

struct RedisAddress {
  net::Origin origin;  // port 6379 where the URL has none
  std::string user, password;
  int database = 0;

  // kInvalidArgument, without the password.
  static base::Result<RedisAddress> Parse(std::string_view url);
};

}  // namespace cruddur::cache
