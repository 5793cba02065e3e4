// RSA keys for RS256 (RFC 7518 section 3.3: RSASSA-PKCS1-v1_5 with SHA-256).
//
// Both classes are immutable and cheap to copy (they share the key); thread-safe.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "base/result.h"

namespace cruddur::auth {

// OpenSSL's EVP_PKEY, which stays out of this header.
using KeyHandle = std::shared_ptr<void>;

inline constexpr int kMinRsaBits = 2048;  // RFC 7518: keys of 2048 bits or larger MUST be used
inline constexpr int kMaxRsaBits = 8192;  // bounds what one verification costs

class PublicKey {
 public:
  // Modulus and exponent as big-endian bytes. Refuses sizes out of the bounds above, an even
  // modulus, and exponents other than odd ones from 3 to 2^32.
  static base::Result<PublicKey> FromComponents(std::string_view n, std::string_view e);

  bool VerifyRs256(std::string_view message, std::string_view signature) const;

  const std::string& n() const { return n_; }
  const std::string& e() const { return e_; }

  // The key's own name: base64url(SHA-256) of its canonical JWK (RFC 7638).
  std::string Thumbprint() const;

 private:
  friend class PrivateKey;
  PublicKey(KeyHandle key, std::string n, std::string e);

  KeyHandle key_;
  std::string n_, e_;
};

class PrivateKey {
 public:
  static base::Result<PrivateKey> Generate();  // 2048 bits; takes tens of milliseconds

  // PEM, PKCS#8 or PKCS#1, not encrypted.
  static base::Result<PrivateKey> ParsePem(std::string_view pem);
  static base::Result<PrivateKey> Load(const std::string& path);

  // Writes PKCS#8 to a new file of mode 0600, which appears whole or not at all. kAlreadyExists if
  // there is a file of that name: of two processes that save at once, one wins and both may Load.
  base::Status Save(const std::string& path) const;

  base::Result<std::string> SignRs256(std::string_view message) const;

  const PublicKey& public_key() const { return public_; }

 private:
  explicit PrivateKey(PublicKey key) : public_(std::move(key)) {}
  static base::Result<PrivateKey> Wrap(KeyHandle key);

  PublicKey public_;  // its handle holds the private part too
};

}  // namespace cruddur::auth
