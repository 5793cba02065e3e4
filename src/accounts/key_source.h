// Where a token verifier has its keys from.
#pragma once

#include <cstdint>
#include <memory>

#include "auth/jwks.h"
#include "base/result.h"
#include "base/task.h"

namespace cruddur::accounts {

// Thread-safe.
class KeySource {
 public:
  virtual ~KeySource() = default;

  // An immutable snapshot.
  virtual std::shared_ptr<const auth::Jwks> Keys() const = 0;

  // Changes whenever the keys do: what was verified under another generation is verified again.
  // Asked on every request, so it costs no lock.
  virtual uint64_t Generation() const = 0;

  // A token named a kid that isn't there: look for new keys, though not for every such token. True
  // if there are others than before, so that it is worth another try. Doesn't wait for a network.
  virtual bool Refresh() { return false; }

  // The same for keys that come over a network: waits for them. kUnavailable: those that there are
  // may be old, for the last attempt to fetch others failed.
  virtual base::Task<base::Status> Fetch() { co_return base::Status(); }
};

}  // namespace cruddur::accounts
