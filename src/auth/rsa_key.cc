#include "auth/rsa_key.h"

#include <openssl/bio.h>
#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/param_build.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>

#include <vector>

#include "auth/digest.h"
#include "auth/encoding.h"
#include "auth/freer.h"
#include "auth/private_file.h"

namespace cruddur::auth {
namespace {

using Number = std::unique_ptr<BIGNUM, Freer<BN_free>>;
using Bio = std::unique_ptr<BIO, Freer<BIO_free_all>>;
using DigestContext = std::unique_ptr<EVP_MD_CTX, Freer<EVP_MD_CTX_free>>;
using KeyContext = std::unique_ptr<EVP_PKEY_CTX, Freer<EVP_PKEY_CTX_free>>;
using ParamBuilder = std::unique_ptr<OSSL_PARAM_BLD, Freer<OSSL_PARAM_BLD_free>>;
using Params = std::unique_ptr<OSSL_PARAM, Freer<OSSL_PARAM_free>>;

EVP_PKEY* Raw(const KeyHandle& key) { return static_cast<EVP_PKEY*>(key.get()); }

KeyHandle Own(EVP_PKEY* key) {
  return KeyHandle(key, [](void* owned) { EVP_PKEY_free(static_cast<EVP_PKEY*>(owned)); });
}

const uint8_t* Bytes(std::string_view text) {
  return reinterpret_cast<const uint8_t*>(text.data());
}

std::string ToBytes(const BIGNUM* number) {
  std::string bytes(BN_num_bytes(number), '\0');
  BN_bn2bin(number, reinterpret_cast<uint8_t*>(bytes.data()));
  return bytes;
}

base::Result<std::string> Component(EVP_PKEY* key, const char* name) {
  BIGNUM* number = nullptr;
  if (EVP_PKEY_get_bn_param(key, name, &number) != 1) {
    return base::Fail(base::ErrorCode::kInvalidArgument, "the key is not an RSA key");
  }
  return ToBytes(Number(number).get());
}

// What fails here is told by our return value; the thread's OpenSSL error queue must not carry it
// into a TLS connection that asks next.
struct ErrorQueueMark {
  ErrorQueueMark() { ERR_set_mark(); }
  ~ErrorQueueMark() { ERR_pop_to_mark(); }
};

// Without it OpenSSL would ask for the password of an encrypted file on the terminal.
int NoPassword(char*, int, int, void*) { return -1; }

}  // namespace

PublicKey::PublicKey(KeyHandle key, std::string n, std::string e)
    : key_(std::move(key)), n_(std::move(n)), e_(std::move(e)) {}

base::Result<PublicKey> PublicKey::FromComponents(std::string_view n, std::string_view e) {
  const ErrorQueueMark mark;
  if (n.size() > kMaxRsaBits / 8 + 1 || e.size() > 8) {
    return base::Fail(base::ErrorCode::kInvalidArgument, "the RSA key is too large");
  }
  const Number modulus(BN_bin2bn(Bytes(n), static_cast<int>(n.size()), nullptr));
  const Number exponent(BN_bin2bn(Bytes(e), static_cast<int>(e.size()), nullptr));
  if (!modulus || !exponent) return base::Fail(base::ErrorCode::kInternal, "out of memory");
  const int bits = BN_num_bits(modulus.get());
  if (bits < kMinRsaBits || bits > kMaxRsaBits || !BN_is_odd(modulus.get())) {
    return base::Fail(base::ErrorCode::kInvalidArgument, "the RSA modulus is not acceptable");
  }
  if (!BN_is_odd(exponent.get()) || BN_is_one(exponent.get()) || BN_num_bits(exponent.get()) > 32) {
    return base::Fail(base::ErrorCode::kInvalidArgument, "the RSA exponent is not acceptable");
  }

  const ParamBuilder builder(OSSL_PARAM_BLD_new());
  OSSL_PARAM_BLD_push_BN(builder.get(), OSSL_PKEY_PARAM_RSA_N, modulus.get());
  OSSL_PARAM_BLD_push_BN(builder.get(), OSSL_PKEY_PARAM_RSA_E, exponent.get());
  const Params params(OSSL_PARAM_BLD_to_param(builder.get()));
  const KeyContext context(EVP_PKEY_CTX_new_from_name(nullptr, "RSA", nullptr));
  EVP_PKEY* key = nullptr;
  if (!params || !context || EVP_PKEY_fromdata_init(context.get()) != 1 ||
      EVP_PKEY_fromdata(context.get(), &key, EVP_PKEY_PUBLIC_KEY, params.get()) != 1) {
    return base::Fail(base::ErrorCode::kInvalidArgument, "the RSA key is not acceptable");
  }
  return PublicKey(Own(key), ToBytes(modulus.get()), ToBytes(exponent.get()));
}

bool PublicKey::VerifyRs256(std::string_view message, std::string_view signature) const {
  const ErrorQueueMark mark;
  const DigestContext context(EVP_MD_CTX_new());
  return context &&
         EVP_DigestVerifyInit(context.get(), nullptr, EVP_sha256(), nullptr, Raw(key_)) == 1 &&
         EVP_DigestVerify(context.get(), Bytes(signature), signature.size(), Bytes(message),
                          message.size()) == 1;
}

std::string PublicKey::Thumbprint() const {
  const std::string canonical = "{\"e\":\"" + Base64UrlEncode(e_) + "\",\"kty\":\"RSA\",\"n\":\"" +
                                Base64UrlEncode(n_) + "\"}";
  return Base64UrlEncode(AsBytes(Sha256(canonical)));
}

base::Result<PrivateKey> PrivateKey::Wrap(KeyHandle key) {
  if (!EVP_PKEY_is_a(Raw(key), "RSA")) {
    return base::Fail(base::ErrorCode::kInvalidArgument, "the key is not an RSA key");
  }
  const int bits = EVP_PKEY_get_bits(Raw(key));
  if (bits < kMinRsaBits || bits > kMaxRsaBits) {
    return base::Fail(base::ErrorCode::kInvalidArgument,
                      "an RSA key of " + std::to_string(bits) + " bits is not acceptable");
  }
  TRY_ASSIGN(std::string n, Component(Raw(key), OSSL_PKEY_PARAM_RSA_N));
  TRY_ASSIGN(std::string e, Component(Raw(key), OSSL_PKEY_PARAM_RSA_E));
  return PrivateKey(PublicKey(std::move(key), std::move(n), std::move(e)));
}

base::Result<PrivateKey> PrivateKey::Generate() {
  EVP_PKEY* key = EVP_RSA_gen(static_cast<size_t>(kMinRsaBits));
  if (key == nullptr) {
    return base::Fail(base::ErrorCode::kInternal, "an RSA key could not be generated");
  }
  return Wrap(Own(key));
}

base::Result<PrivateKey> PrivateKey::ParsePem(std::string_view pem) {
  const ErrorQueueMark mark;
  const Bio in(BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())));
  EVP_PKEY* key = in ? PEM_read_bio_PrivateKey(in.get(), nullptr, NoPassword, nullptr) : nullptr;
  if (key == nullptr) {
    return base::Fail(base::ErrorCode::kInvalidArgument, "not an unencrypted PEM private key");
  }
  return Wrap(Own(key));
}

base::Result<PrivateKey> PrivateKey::Load(const std::string& path) {
  TRY_ASSIGN(const std::string pem, ReadSmallFile(path));
  auto key = ParsePem(pem);
  if (!key) key.error().message = path + ": " + key.error().message;
  return key;
}

base::Status PrivateKey::Save(const std::string& path) const {
  const Bio out(BIO_new(BIO_s_mem()));
  if (!out || PEM_write_bio_PKCS8PrivateKey(out.get(), Raw(public_.key_), nullptr, nullptr, 0,
                                            nullptr, nullptr) != 1) {
    return base::Fail(base::ErrorCode::kInternal, "the key could not be written as PEM");
  }
  char* text = nullptr;
  const long length = BIO_get_mem_data(out.get(), &text);
  return CreatePrivateFile(path, std::string_view(text, static_cast<size_t>(length)));
}

base::Result<std::string> PrivateKey::SignRs256(std::string_view message) const {
  const DigestContext context(EVP_MD_CTX_new());
  size_t length = static_cast<size_t>(EVP_PKEY_get_size(Raw(public_.key_)));
  std::string signature(length, '\0');
  if (!context ||
      EVP_DigestSignInit(context.get(), nullptr, EVP_sha256(), nullptr, Raw(public_.key_)) != 1 ||
      EVP_DigestSign(context.get(), reinterpret_cast<uint8_t*>(signature.data()), &length,
                     Bytes(message), message.size()) != 1) {
    return base::Fail(base::ErrorCode::kInternal, "signing failed");
  }
  signature.resize(length);
  return signature;
}

}  // namespace cruddur::auth
