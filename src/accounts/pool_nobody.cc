#include "accounts/pool_nobody.h"

#include <fmt/format.h>

#include "accounts/pool_request.h"
#include "auth/digest.h"
#include "auth/encoding.h"
#include "base/ascii.h"
#include "base/random.h"

namespace cruddur::accounts {
namespace {

// The first eight bytes of an id: 46 bits that follow from the name, and twice seven, the letters,
// under a pad that follows from those. The version's four bits are in their midst. The other eight
// are a tag, under the two bits of the variant.
constexpr int kLetterBits = 7;
constexpr uint64_t kLetterMask = (1u << kLetterBits) - 1;
constexpr uint64_t kPadMask = (1u << (2 * kLetterBits)) - 1;
constexpr uint64_t kVariantMask = ~uint64_t{0} >> 2;

uint64_t Number(std::string_view secret, std::string_view of) {
  const auto digest = auth::HmacSha256(secret, of);
  uint64_t number = 0;
  for (size_t i = 0; i < 8; ++i) number = number << 8 | digest[i];
  return number;
}

uint64_t Pad(std::string_view secret, uint64_t derived) {
  return Number(secret, fmt::format("nobody pad\n{}", derived)) & kPadMask;
}

// `front` has 60 bits.
std::string IdOf(std::string_view secret, uint64_t front) {
  const uint64_t tag = (Number(secret, fmt::format("nobody tag\n{}", front)) & kVariantMask) |
                       (kVariantMask + 1) << 1;
  return fmt::format("{:08x}-{:04x}-4{:03x}-{:04x}-{:012x}", front >> 28, front >> 12 & 0xffff,
                     front & 0xfff, tag >> 48, tag & 0xffff'ffff'ffff);
}

// Of a UUID.
uint64_t FrontOf(std::string_view id) {
  const std::string hex = fmt::format("{}{}{}", id.substr(0, 8), id.substr(9, 4), id.substr(15, 3));
  return std::stoull(hex, nullptr, 16);
}

}  // namespace

std::string NobodysId(std::string_view secret, std::string_view name) {
  const std::string lower = base::LowerAscii(name);
  if (base::IsUuid(lower) && auth::ConstantTimeEqual(lower, IdOf(secret, FrontOf(lower)))) {
    return lower;
  }
  const uint64_t seed = Number(secret, "nobody\n" + lower);
  uint64_t first = 'a' + seed % 26, second = 'a' + (seed >> 8) % 26;
  if (IsEmail(lower)) {
    first = static_cast<unsigned char>(lower.front());
    second = static_cast<unsigned char>(lower[lower.find('@') + 1]);
  }
  const uint64_t derived = seed >> 18;
  const uint64_t letters = first << kLetterBits | second;
  return IdOf(secret, derived << (2 * kLetterBits) | (letters ^ Pad(secret, derived)));
}

auth::SrpVerifier NobodysVerifier(std::string_view secret, std::string_view id) {
  const auto seed = auth::HmacSha256(secret, fmt::format("srp\n{}", id));
  return auth::FakeSrpVerifier(auth::AsBytes(seed));
}

std::string NobodysAddress(std::string_view secret, std::string_view id) {
  const uint64_t front = FrontOf(id);
  const uint64_t letters = (front & kPadMask) ^ Pad(secret, front >> (2 * kLetterBits));
  return {static_cast<char>(letters >> kLetterBits), '@', static_cast<char>(letters & kLetterMask)};
}

}  // namespace cruddur::accounts
