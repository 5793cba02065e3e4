// 128-bit decimal coefficients: the arithmetic inside Number and its encodings.
#pragma once

#include <array>
#include <bit>
#include <cstdint>

namespace cruddur::model {

__extension__ using Uint128 = unsigned __int128;

inline constexpr int kMaxDigits = 38;

inline constexpr std::array<Uint128, kMaxDigits + 1> kPowersOfTen = [] {
  std::array<Uint128, kMaxDigits + 1> powers{1};
  for (int i = 1; i <= kMaxDigits; ++i) powers[i] = powers[i - 1] * 10;
  return powers;
}();

// Decimal digits of `value`; 1 for 0. Right up to the largest 128-bit value.
inline int CountDigits(Uint128 value) {
  auto high = static_cast<uint64_t>(value >> 64);
  int bits = high != 0 ? 128 - std::countl_zero(high)
                       : 64 - std::countl_zero(static_cast<uint64_t>(value) | 1);
  int digits = bits * 1233 >> 12;  // floor(bits * log10(2)): the answer, or one too few
  return digits + (digits > kMaxDigits || (value | 1) < kPowersOfTen[digits] ? 0 : 1);
}

// Writes the digits without leading zeros ("0" for 0) and returns how many.
inline int FormatDigits(Uint128 value, char* out) {
  constexpr uint64_t kTenTo19 = 10'000'000'000'000'000'000u;
  int count = CountDigits(value);
  char* p = out + count;
  uint64_t part = static_cast<uint64_t>(value >> 64) == 0 ? static_cast<uint64_t>(value)
                                                          : static_cast<uint64_t>(value % kTenTo19);
  if (count > 19) {
    for (int i = 0; i < 19; ++i, part /= 10) *--p = static_cast<char>('0' + part % 10);
    value /= kTenTo19;
    while (p != out && value > UINT64_MAX) {
      *--p = static_cast<char>('0' + static_cast<int>(value % 10));
      value /= 10;
    }
    part = static_cast<uint64_t>(value);
  }
  for (; p != out; part /= 10) *--p = static_cast<char>('0' + part % 10);
  return count;
}

// Divides by ten as often as nothing is lost, and returns how often. REQUIRES: value != 0.
inline int StripTrailingZeros(Uint128& value) {
  int zeros = 0;
  while (value > UINT64_MAX && value % 10 == 0) {
    value /= 10;
    ++zeros;
  }
  if (value > UINT64_MAX) return zeros;
  auto part = static_cast<uint64_t>(value);
  while (part % 10 == 0) {
    part /= 10;
    ++zeros;
  }
  value = part;
  return zeros;
}

}  // namespace cruddur::model
