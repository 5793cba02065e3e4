// A Momento cache by its HTTP API: GET and PUT /cache/NAME?key=…, the token in the header
// Authorization without a scheme.
#pragma once

#include <string>

#include "cache/remote_store.h"
#include "net/client.h"

namespace cruddur::cache {

struct MomentoOptions {
  net::Origin origin;  // https://api.cache.<cell>…
  std::string cache_name = "cruddur";
  std::string auth_token;
  std::string ca_file;  // PEM; the system's certificates if empty
};

// Where the API is for a token of the console's newer form, which names its cell: base64 of
// {"endpoint": …, "api_key": …}. kInvalidArgument for a token that doesn't say.
base::Result<net::Origin> MomentoOrigin(std::string_view auth_token);

class MomentoStore final : public RemoteStore {
 public:
  // Throws when `ca_file` can't be used.
  explicit MomentoStore(MomentoOptions options);

  // A key that isn't there and a cache that isn't there are both 404: their texts tell them apart.
  base::Task<base::Result<Values>> Get(std::vector<std::string> keys,
                                       std::chrono::milliseconds patience) override;
  base::Task<base::Status> Put(std::string key, std::string value,
                               std::chrono::seconds time_to_live,
                               std::chrono::milliseconds patience) override;
  size_t max_value_bytes() const override { return 5 * 1024 * 1024; }

 private:
  struct Got {
    base::Status status;
    std::optional<std::string> value;
  };
  base::Task<Got> GetOne(std::string key, std::chrono::milliseconds patience);
  std::string TargetOf(std::string_view key) const;
  base::Error ErrorOf(const net::ClientResponse& answer) const;

  const MomentoOptions options_;
  net::HttpClient client_;
};

}  // namespace cruddur::cache
