// Signs HTTP requests with AWS Signature Version 4, in the header form.
#pragma once

#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "auth/credentials.h"
#include "auth/sigv4_canonical.h"
#include "base/clock.h"

namespace cruddur::auth {

// Thread-safe. Keeps the day's signing key, so that a signature costs one HMAC and two hashes.
class SigV4Signer {
 public:
  SigV4Signer(Credentials credentials, std::string region, std::string service);

  // The headers to add to `request`: X-Amz-Date, X-Amz-Security-Token if there is a session, and
  // Authorization. Signs all headers of the request, which must hold Host, but for those that
  // proxies may change.
  std::vector<std::pair<std::string, std::string>> Sign(const SigV4Request& request,
                                                        base::Micros now) const;

  const std::string& region() const { return region_; }

 private:
  struct DayKey {
    SigV4Scope scope;
    Digest key;
  };
  std::shared_ptr<const DayKey> KeyOf(std::string_view date) const;

  const Credentials credentials_;
  const std::string region_, service_;
  mutable std::mutex mutex_;
  mutable std::shared_ptr<const DayKey> day_;  // protected by mutex_
};

}  // namespace cruddur::auth
