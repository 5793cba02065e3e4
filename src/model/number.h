// DynamoDB's Number: an exact decimal of up to 38 significant digits, magnitude 1E-130 to
// 9.99…E+125, or zero. Compared by value, never rounded.
#pragma once

#include <compare>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "model/decimal.h"
#include "model/error.h"
#include "model/value_layer.h"

namespace cruddur::model {

// value = sign * coefficient * 10^exponent, where coefficient has no trailing zeros (0: exponent 0,
// positive). 24 bytes, trivially copyable.
class Number {
 public:
  Number() = default;     // zero
  Number(int64_t value);  // NOLINT: literals convert

  // Signs, leading zeros, fractions and exponents are read; spaces and anything else are not.
  // ValidationException with AWS's texts for what is no number, too large, too small or too long.
  // The layers differ about exponents beyond 32 bits, which the older one reads as Java's
  // BigDecimal does.
  static DbResult<Number> Parse(std::string_view text, ValueLayer layer = ValueLayer::kCurrent);

  // Exact sums; ValidationException where the result would need more than 38 digits or leaves
  // the range.
  static DbResult<Number> Add(const Number& a, const Number& b);
  static DbResult<Number> Subtract(const Number& a, const Number& b);

  // Plain decimal notation without exponent, as AWS answers: "100", "-0.05". Format writes into at
  // least kMaxTextBytes and returns the length.
  static constexpr size_t kMaxTextBytes = 176;
  size_t Format(char* out) const;
  std::string ToString() const;
  void AppendTo(std::string& out) const;

  // AWS's item-size arithmetic: dynamodb-semantics.md section 2.
  size_t SizeInBytes() const;

  // The integer value, if it is one that fits.
  bool AsInt64(int64_t& out) const;

  bool IsZero() const { return (high_ | low_) == 0; }

  std::strong_ordering operator<=>(const Number& other) const;
  bool operator==(const Number& other) const = default;

  // Order-preserving, self-delimiting bytes: memcmp order is numeric order. Decode reads from the
  // front of `in` and advances it; false for bytes that Encode never writes.
  void EncodeOrdered(std::string& out) const;
  static bool DecodeOrdered(std::string_view& in, Number& out);

  // A short form without order, likewise self-delimiting, for stored items.
  void EncodeCompact(std::string& out) const;
  static bool DecodeCompact(std::string_view& in, Number& out);

 private:
  Uint128 Coefficient() const { return Uint128{high_} << 64 | low_; }
  void SetCoefficient(Uint128 value) {
    high_ = static_cast<uint64_t>(value >> 64);
    low_ = static_cast<uint64_t>(value);
  }
  int Sign() const { return IsZero() ? 0 : negative_ ? -1 : 1; }

  uint64_t high_ = 0;  // the coefficient, below 10^38
  uint64_t low_ = 0;
  int16_t exponent_ = 0;
  bool negative_ = false;
};

}  // namespace cruddur::model
