#include "auth/srp.h"

#include <openssl/bn.h>

#include <array>
#include <memory>
#include <new>
#include <span>

#include "auth/digest.h"
#include "auth/encoding.h"
#include "auth/freer.h"
#include "base/random.h"

namespace cruddur::auth {
namespace {

constexpr size_t kModulusBytes = 384, kSaltBytes = 16, kPrivateBytes = 128;

using Number = std::unique_ptr<BIGNUM, Freer<BN_clear_free>>;
using Context = std::unique_ptr<BN_CTX, Freer<BN_CTX_free>>;

// OpenSSL's arithmetic fails for want of memory only, where the modulus is odd and not 0.
void Must(bool done) {
  if (!done) throw std::bad_alloc();
}
Number Own(BIGNUM* number) {
  Must(number != nullptr);
  return Number(number);
}
Number New() { return Own(BN_new()); }

Number FromBytes(std::string_view bytes) {
  return Own(BN_bin2bn(reinterpret_cast<const uint8_t*>(bytes.data()),
                       static_cast<int>(bytes.size()), nullptr));
}

Number Random(size_t bytes) {
  std::string random(bytes, '\0');
  base::RandomBytes(std::as_writable_bytes(std::span(random)));
  return FromBytes(random);
}

// nullopt for what is no hexadecimal number of at most the modulus's length.
std::optional<Number> FromHex(std::string_view hex) {
  const std::string even = (hex.size() % 2 == 0 ? "" : "0") + std::string(hex);
  if (hex.empty() || hex.size() > 2 * kModulusBytes + 2) return std::nullopt;
  const auto bytes = HexDecode(even);
  if (!bytes) return std::nullopt;
  return FromBytes(*bytes);
}

// Java's BigInteger.toByteArray() of a number that isn't negative.
std::string Padded(const BIGNUM* number) {
  std::string bytes(static_cast<size_t>(BN_num_bytes(number)), '\0');
  BN_bn2bin(number, reinterpret_cast<uint8_t*>(bytes.data()));
  if (bytes.empty() || (static_cast<uint8_t>(bytes[0]) & 0x80) != 0) bytes.insert(0, 1, '\0');
  return bytes;
}
std::string Hex(const BIGNUM* number) { return HexEncode(Padded(number)); }

std::string HashOf(std::string_view bytes) { return std::string(AsBytes(Sha256(bytes))); }

// N, g and k = H(N, g).
struct Group {
  Number modulus, generator, multiplier;

  Group() : modulus(Own(BN_get_rfc3526_prime_3072(nullptr))), generator(New()) {
    Must(BN_set_word(generator.get(), 2) == 1);
    multiplier = FromBytes(HashOf(Padded(modulus.get()) + Padded(generator.get())));
  }
};
const Group& TheGroup() {
  static const Group group;
  return group;
}

// base^exponent mod N, in a time that doesn't depend on the exponent's bits.
Number Power(const BIGNUM* base, BIGNUM* exponent, BN_CTX* context) {
  Number result = New();
  BN_set_flags(exponent, BN_FLG_CONSTTIME);
  Must(BN_mod_exp(result.get(), base, exponent, TheGroup().modulus.get(), context) == 1);
  return result;
}
Number Product(const BIGNUM* a, const BIGNUM* b, BN_CTX* context) {
  Number result = New();
  Must(BN_mod_mul(result.get(), a, b, TheGroup().modulus.get(), context) == 1);
  return result;
}

Context NewContext() {
  Context context(BN_CTX_secure_new());
  Must(context != nullptr);
  return context;
}

// HKDF (RFC 5869) with SHA-256 for one block, cut to 16 bytes.
std::string DerivedKey(std::string_view secret, std::string_view salt) {
  const Digest extracted = HmacSha256(salt, secret);
  const Digest expanded =
      HmacSha256(AsBytes(extracted), std::string_view("Caldera Derived Key\x01", 20));
  return std::string(AsBytes(expanded).substr(0, 16));
}

}  // namespace

SrpVerifier MakeSrpVerifier(std::string_view pool_name, std::string_view user_id,
                            std::string_view password) {
  const Number salt = Random(kSaltBytes);
  std::string identity(pool_name);
  identity.append(user_id).append(":").append(password);
  const Number x = FromBytes(HashOf(Padded(salt.get()) + HashOf(identity)));
  const Context context = NewContext();
  return {Hex(salt.get()), Hex(Power(TheGroup().generator.get(), x.get(), context.get()).get())};
}

SrpVerifier FakeSrpVerifier(std::string_view seed) {
  std::string stream;
  for (char block = 0; stream.size() < kModulusBytes + kSaltBytes; ++block) {
    stream += AsBytes(HmacSha256(seed, std::string_view(&block, 1)));
  }
  stream[kSaltBytes] &= 0x7f;  // below the modulus, whose first bytes are all ones
  return {Hex(FromBytes(std::string_view(stream).substr(0, kSaltBytes)).get()),
          Hex(FromBytes(std::string_view(stream).substr(kSaltBytes, kModulusBytes)).get())};
}

SrpChallenge MakeSrpChallenge(const SrpVerifier& user) {
  const Group& group = TheGroup();
  const Context context = NewContext();
  const auto verifier = FromHex(user.verifier);
  if (!verifier) return {};
  for (;;) {
    const Number b = Random(kPrivateBytes);
    const Number power = Power(group.generator.get(), b.get(), context.get());
    const Number masked = Product(group.multiplier.get(), verifier->get(), context.get());
    Number sum = New();
    Must(BN_mod_add(sum.get(), masked.get(), power.get(), group.modulus.get(), context.get()) == 1);
    // B = 0 would be refused by the client (RFC 5054 section 2.5.3).
    if (!BN_is_zero(sum.get())) return {Hex(b.get()), Hex(sum.get())};
  }
}

bool IsSrpPublicValue(std::string_view public_a) {
  const auto a = FromHex(public_a);
  if (!a) return false;
  const Context context = NewContext();
  Number rest = New();
  Must(BN_mod(rest.get(), a->get(), TheGroup().modulus.get(), context.get()) == 1);
  return !BN_is_zero(rest.get());
}

std::optional<std::string> SrpSignature(const SrpVerifier& user, const SrpChallenge& challenge,
                                        std::string_view public_a, const SrpAttempt& attempt) {
  const auto verifier = FromHex(user.verifier), a = FromHex(public_a),
             private_b = FromHex(challenge.private_b), public_b = FromHex(challenge.public_b);
  if (!verifier || !a || !private_b || !public_b || !IsSrpPublicValue(public_a)) {
    return std::nullopt;
  }
  const Context context = NewContext();
  // S = (A · v^u)^b, u = H(A, B)
  const Number u = FromBytes(HashOf(Padded(a->get()) + Padded(public_b->get())));
  if (BN_is_zero(u.get())) return std::nullopt;
  const Number scrambled = Power(verifier->get(), u.get(), context.get());
  const Number base = Product(a->get(), scrambled.get(), context.get());
  const Number secret = Power(base.get(), private_b->get(), context.get());

  const std::string key = DerivedKey(Padded(secret.get()), Padded(u.get()));
  std::string message(attempt.pool_name);
  message.append(attempt.user_id).append(attempt.secret_block).append(attempt.timestamp);
  return std::string(AsBytes(HmacSha256(key, message)));
}

}  // namespace cruddur::auth
