// The keys of the built-in user pool: one RSA key a file, DATA/keys/token-0001.pem and so on for
// access tokens, id-0001.pem and so on for ID tokens: what signs one kind doesn't verify the other.
//
// A key's kid is its RFC 7638 thumbprint. The file with the highest name signs; all verify. So keys
// are rotated by adding a file, and a key is withdrawn by removing its file: a server that runs
// sees either when it looks (pool_watch.h), when it meets a kid that it doesn't know, or when it
// starts.
#pragma once

#include <atomic>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include "accounts/key_source.h"
#include "auth/rsa_key.h"
#include "base/clock.h"
#include "base/result.h"

namespace cruddur::accounts {

inline constexpr std::chrono::seconds kKeyRefreshInterval{10};

// How long a key that was replaced verifies: as long as anything that it signed can be alive.
inline constexpr std::chrono::days kRetiredKeyLife{366};

// What the files' names begin with.
inline constexpr std::string_view kAccessKeys = "token-", kIdKeys = "id-";

class BuiltInKeys final : public KeySource {
 public:
  // Reads the folder; makes it (mode 0700) and a first key if there is none. Several processes may
  // do so at once and will have the same key. `clock` must outlive the object.
  static base::Result<std::unique_ptr<BuiltInKeys>> Open(std::string folder,
                                                         const base::Clock& clock,
                                                         std::string_view prefix = kAccessKeys);

  // Adds a key, which signs from now on: in this process at once. Removes those that were replaced
  // more than kRetiredKeyLife ago.
  base::Status Rotate();

  // Whether there were other files than before; takes them over then. While files can't be
  // read, what was there serves; it is logged once.
  bool Look();

  std::shared_ptr<const auth::Jwks> Keys() const override;
  uint64_t Generation() const override { return generation_.load(std::memory_order_acquire); }
  bool Refresh() override;  // reads the folder at most once in kKeyRefreshInterval

  // The newest key.
  struct Signer {
    auth::PrivateKey key;
    std::string kid;
  };
  Signer signer() const;

 private:
  struct Loaded {
    auth::Jwks jwks;
    Signer signer;
    std::vector<std::string> files;
  };
  BuiltInKeys(std::string folder, std::string_view prefix, const base::Clock& clock);
  base::Result<std::vector<std::string>> Files() const;
  base::Result<Loaded> Load() const;
  base::Status RemoveRetired() const;
  base::Status AddKey(const std::string& file) const;
  void Adopt(Loaded loaded);

  const std::string folder_, prefix_;
  const base::Clock& clock_;

  mutable std::mutex mutex_;
  std::shared_ptr<const Loaded> loaded_;  // protected by mutex_
  base::Micros refreshed_at_{};           // protected by mutex_
  std::vector<std::string> unread_;       // that Look logged; protected by mutex_
  std::atomic<uint64_t> generation_{0};
};

}  // namespace cruddur::accounts
