// The two binary forms of Number: docs/formats.md, "Numbers".
#include <bit>
#include <cstring>

#include "model/number.h"

namespace cruddur::model {
namespace {

// The first byte of the ordered form.
constexpr char kNegative = 0x10, kZero = 0x20, kPositive = 0x30;
constexpr int kExponentBias = 130;
constexpr size_t kMaxPairs = kMaxDigits / 2;

// The first byte of the compact form: bit 7 the sign, the rest the coefficient's length in bytes.
constexpr uint8_t kCompactNegative = 0x80;

}  // namespace

void Number::EncodeOrdered(std::string& out) const {
  if (IsZero()) {
    out += kZero;
    return;
  }
  char digits[kMaxDigits + 2];
  int count = FormatDigits(Coefficient(), digits);
  char bytes[2 + kMaxPairs];
  size_t length = 0;
  bytes[length++] = negative_ ? kNegative : kPositive;
  // All bytes of a negative number are complemented, so that a larger magnitude sorts lower.
  const char flip = negative_ ? '\xFF' : '\0';
  bytes[length++] = static_cast<char>((exponent_ + count - 1 + kExponentBias) ^ flip);
  for (int i = 0; i < count; i += 2) {
    int pair = (digits[i] - '0') * 10 + (i + 1 < count ? digits[i + 1] - '0' : 0);
    int more = i + 2 < count ? 1 : 0;  // makes the form self-delimiting and a prefix sort first
    bytes[length++] = static_cast<char>((pair * 2 + more) ^ flip);
  }
  out.append(bytes, length);
}

bool Number::DecodeOrdered(std::string_view& in, Number& out) {
  if (in.empty()) return false;
  char sign = in[0];
  if (sign == kZero) {
    in.remove_prefix(1);
    out = Number();
    return true;
  }
  if ((sign != kNegative && sign != kPositive) || in.size() < 3) return false;
  const uint8_t flip = sign == kNegative ? 0xFF : 0;
  int magnitude = static_cast<int>(static_cast<uint8_t>(in[1]) ^ flip) - kExponentBias;
  Uint128 coefficient = 0;
  size_t pairs = 0;
  for (bool more = true; more; ++pairs) {
    if (pairs == kMaxPairs || 2 + pairs == in.size()) return false;
    uint8_t byte = static_cast<uint8_t>(in[2 + pairs]) ^ flip;
    more = (byte & 1) != 0;
    uint8_t pair = byte >> 1;
    // Neither a leading nor a trailing zero is ever written.
    if (pair > 99 || (pairs == 0 && pair < 10) || (!more && pair == 0)) return false;
    coefficient = coefficient * 100 + pair;
  }
  int digits = static_cast<int>(pairs) * 2;
  if (coefficient % 10 == 0) {
    coefficient /= 10;
    --digits;
  }
  out.SetCoefficient(coefficient);
  out.exponent_ = static_cast<int16_t>(magnitude - digits + 1);
  out.negative_ = sign == kNegative;
  in.remove_prefix(2 + pairs);
  return true;
}

void Number::EncodeCompact(std::string& out) const {
  char bytes[19];
  uint64_t words[2] = {low_, high_};  // little-endian, as is every machine that this runs on
  static_assert(std::endian::native == std::endian::little);
  int length = high_ != 0 ? 16 - std::countl_zero(high_) / 8 : 8 - std::countl_zero(low_) / 8;
  bytes[0] = static_cast<char>(length | (negative_ ? kCompactNegative : 0));
  std::memcpy(bytes + 3, words, 16);
  std::memcpy(bytes + 1, &exponent_, 2);
  out.append(bytes, IsZero() ? 1 : 3 + length);
}

bool Number::DecodeCompact(std::string_view& in, Number& out) {
  if (in.empty()) return false;
  auto head = static_cast<uint8_t>(in[0]);
  if (head == 0) {
    in.remove_prefix(1);
    out = Number();
    return true;
  }
  size_t length = head & 0x7F;
  if (length == 0 || length > 16 || in.size() < 3 + length || in[2 + length] == 0) return false;
  uint64_t words[2] = {0, 0};
  std::memcpy(words, in.data() + 3, length);
  Number number;
  number.low_ = words[0];
  number.high_ = words[1];
  std::memcpy(&number.exponent_, in.data() + 1, 2);
  number.negative_ = (head & kCompactNegative) != 0;
  // What Parse and Add guarantee must hold for whatever bytes come here.
  Uint128 coefficient = number.Coefficient();
  if (coefficient == 0 || coefficient >= kPowersOfTen[kMaxDigits]) return false;
  bool multiple_of_ten = number.high_ == 0 ? number.low_ % 10 == 0 : coefficient % 10 == 0;
  int magnitude = number.exponent_ + CountDigits(coefficient) - 1;
  if (multiple_of_ten || magnitude < -kExponentBias || magnitude > 255 - kExponentBias) {
    return false;
  }
  out = number;
  in.remove_prefix(3 + length);
  return true;
}

}  // namespace cruddur::model
