#include "model/number.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cstring>
#include <limits>

#include "model/decimal.h"

namespace cruddur::model {
namespace {

constexpr int kMinMagnitude = -130;
constexpr int kMaxMagnitude = 125;

std::unexpected<DbError> Overflow() {
  return Invalid(
      "Number overflow. Attempting to store a number with magnitude larger than supported range");
}
std::unexpected<DbError> Underflow() {
  return Invalid(
      "Number underflow. Attempting to store a number with magnitude smaller than supported "
      "range");
}
std::unexpected<DbError> TooPrecise() {
  return Invalid("Attempting to store more than 38 significant digits in a Number");
}
std::unexpected<DbError> NotNumeric(std::string_view text, ValueLayer layer) {
  std::string message = "The parameter cannot be converted to a numeric value";
  if (!text.empty() || layer == ValueLayer::kCurrent) message.append(": ").append(text);
  return Invalid(std::move(message));
}

// The parts of a decimal literal. Digits beyond the 38th are counted, not kept.
struct Literal {
  Uint128 coefficient = 0;  // without trailing zeros
  int64_t digits = 0;       // of the coefficient
  int64_t exponent = 0;     // of its last digit
  int64_t magnitude = 0;    // of its first digit; for a zero, of the zero as it was written
  int64_t scale = 0;        // digits behind the point less the exponent, as they were written
  bool negative = false;
};

// Reads `[+-] digits [. digits] [e [+-] digits]`, all of `text`.
bool ReadLiteral(std::string_view text, Literal& out) {
  const char* p = text.data();
  const char* end = p + text.size();
  if (p != end && (*p == '+' || *p == '-')) out.negative = *p++ == '-';

  int64_t zeros = 0;      // seen since the last digit that isn't zero
  int64_t fraction = -1;  // digits behind the point; -1: no point yet
  bool any = false;
  for (; p != end; ++p) {
    unsigned digit = static_cast<unsigned char>(*p) - '0';
    if (digit > 9) {
      if (*p != '.' || fraction >= 0) break;
      fraction = 0;
      continue;
    }
    any = true;
    if (fraction >= 0) ++fraction;
    if (digit == 0) {
      ++zeros;
      continue;
    }
    if (out.digits == 0) zeros = 0;  // leading zeros
    out.digits += zeros + 1;
    if (out.digits <= kMaxDigits) {
      out.coefficient = out.coefficient * kPowersOfTen[zeros + 1] + digit;
    }
    zeros = 0;
  }
  if (!any) return false;

  // AWS reads the exponent as a 64-bit integer; what doesn't fit is no number.
  int64_t written = 0;
  if (p != end) {
    if (*p != 'e' && *p != 'E') return false;
    if (++p == end) return false;
    bool negative = *p == '-';
    if (*p == '+' || *p == '-') ++p;
    if (p == end) return false;
    for (; p != end; ++p) {
      unsigned digit = static_cast<unsigned char>(*p) - '0';
      if (digit > 9) return false;
      if (__builtin_mul_overflow(written, 10, &written) ||
          __builtin_sub_overflow(written, static_cast<int64_t>(digit), &written)) {
        return false;
      }
    }
    if (!negative && __builtin_sub_overflow(int64_t{0}, written, &written)) return false;
  }
  // Far beyond every limit the exact value doesn't matter; this keeps the sums below in range.
  written = std::clamp<int64_t>(written, -(int64_t{1} << 40), int64_t{1} << 40);

  out.scale = std::max<int64_t>(fraction, 0) - written;
  out.exponent = zeros - out.scale;
  if (out.digits == 0) out.exponent -= zeros;
  out.magnitude = out.exponent + std::max<int64_t>(out.digits - 1, 0);
  return true;
}

// BigDecimal has 32 bits for the scale, of either sign, and AWS's older layer for the difference of
// precision and scale, which wraps around. False: no such number.
bool WrapMagnitude(Literal& literal) {
  constexpr int64_t kMaxScale = std::numeric_limits<int32_t>::max();
  if (literal.scale > kMaxScale || literal.scale < -kMaxScale) return false;
  literal.magnitude = int64_t{static_cast<int32_t>(literal.magnitude + 1)} - 1;
  return true;
}

// Up to 18 digits and nothing else: what most numbers are.
bool ReadShortInteger(std::string_view text, int64_t& out) {
  bool negative = !text.empty() && text[0] == '-';
  if (negative) text.remove_prefix(1);
  if (text.empty() || text.size() > 18) return false;
  int64_t value = 0;
  for (char c : text) {
    unsigned digit = static_cast<unsigned char>(c) - '0';
    if (digit > 9) return false;
    value = value * 10 + digit;
  }
  out = negative ? -value : value;
  return true;
}

}  // namespace

Number::Number(int64_t value) : negative_(value < 0) {
  // Negated without overflow, also for the lowest value.
  low_ = negative_ ? ~static_cast<uint64_t>(value) + 1 : static_cast<uint64_t>(value);
  if (low_ == 0) return;
  while (low_ % 10 == 0) {
    low_ /= 10;
    ++exponent_;
  }
}

DbResult<Number> Number::Parse(std::string_view text, ValueLayer layer) {
  if (int64_t value; ReadShortInteger(text, value)) return Number(value);
  Literal literal;
  if (!ReadLiteral(text, literal)) return NotNumeric(text, layer);
  if (layer == ValueLayer::kOlder && !WrapMagnitude(literal)) return NotNumeric(text, layer);
  if (literal.magnitude > kMaxMagnitude) return Overflow();
  if (literal.magnitude < kMinMagnitude) return Underflow();
  if (literal.digits > kMaxDigits) return TooPrecise();
  if (literal.digits == 0) return Number();
  Number number;
  number.SetCoefficient(literal.coefficient);
  number.exponent_ = static_cast<int16_t>(literal.exponent);
  number.negative_ = literal.negative;
  return number;
}

// A sum of too many digits is an overflow to AWS.
DbResult<Number> Number::Add(const Number& a, const Number& b) {
  if (a.IsZero()) return b;
  if (b.IsZero()) return a;
  const Number& upper = a.exponent_ >= b.exponent_ ? a : b;
  const Number& lower = a.exponent_ >= b.exponent_ ? b : a;
  int shift = upper.exponent_ - lower.exponent_;

  // In units of the lower exponent. Where the upper operand doesn't fit 128 bits, it is over three
  // times as large as any other, and the lower's last digit stays: that needs 39 digits or more.
  Uint128 large = upper.Coefficient(), small = lower.Coefficient();
  if (shift > 0) {
    int digits = CountDigits(large) + shift;
    if (digits > kMaxDigits + 1 ||
        (digits == kMaxDigits + 1 && large > ~Uint128{0} / kPowersOfTen[shift])) {
      return Overflow();
    }
    large *= kPowersOfTen[shift];
  }
  Number sum;
  Uint128 coefficient;
  if (upper.negative_ == lower.negative_) {
    coefficient = large + small;
    if (coefficient < large) return Overflow();
    sum.negative_ = upper.negative_;
  } else {
    bool upper_wins = large >= small;
    coefficient = upper_wins ? large - small : small - large;
    sum.negative_ = upper_wins ? upper.negative_ : lower.negative_;
  }
  if (coefficient == 0) return Number();
  int exponent = lower.exponent_ + StripTrailingZeros(coefficient);
  int digits = CountDigits(coefficient);
  if (exponent + digits - 1 > kMaxMagnitude) return Overflow();
  if (exponent + digits - 1 < kMinMagnitude) return Underflow();
  if (digits > kMaxDigits) return Overflow();
  sum.SetCoefficient(coefficient);
  sum.exponent_ = static_cast<int16_t>(exponent);
  return sum;
}

DbResult<Number> Number::Subtract(const Number& a, const Number& b) {
  Number minus_b = b;
  if (!b.IsZero()) minus_b.negative_ = !b.negative_;
  return Add(a, minus_b);
}

size_t Number::Format(char* out) const {
  char digits[kMaxDigits + 2];
  int count = FormatDigits(Coefficient(), digits);
  char* p = out;
  if (negative_) *p++ = '-';
  auto zeros = [&p](int n) {
    std::memset(p, '0', n);
    p += n;
  };
  auto copy = [&p](const char* from, int n) {
    std::memcpy(p, from, n);
    p += n;
  };
  if (exponent_ >= 0) {
    copy(digits, count);
    zeros(exponent_);
  } else if (int point = count + exponent_; point > 0) {
    copy(digits, point);
    *p++ = '.';
    copy(digits + point, count - point);
  } else {
    copy("0.", 2);
    zeros(-point);
    copy(digits, count);
  }
  return p - out;
}

std::string Number::ToString() const {
  char text[kMaxTextBytes];
  return std::string(text, Format(text));
}

void Number::AppendTo(std::string& out) const {
  char text[kMaxTextBytes];
  out.append(text, Format(text));
}

size_t Number::SizeInBytes() const {
  if (IsZero()) return 1;
  int digits = CountDigits(Coefficient());
  // Digits on the two sides of the point are paired separately.
  int fraction = std::clamp(-exponent_, 0, digits);
  int integer = digits - fraction;
  return 1 + (integer + 1) / 2 + (fraction + 1) / 2 + (negative_ ? 1 : 0);
}

bool Number::AsInt64(int64_t& out) const {
  if (exponent_ < 0 || high_ != 0 || exponent_ > 18) return false;
  Uint128 value = Uint128{low_} * kPowersOfTen[exponent_];
  Uint128 limit = (Uint128{1} << 63) - (negative_ ? 0 : 1);
  if (value > limit) return false;
  auto bits = static_cast<uint64_t>(value);
  out = static_cast<int64_t>(negative_ ? ~bits + 1 : bits);
  return true;
}

std::strong_ordering Number::operator<=>(const Number& other) const {
  if (int sign = Sign(), other_sign = other.Sign(); sign != other_sign) return sign <=> other_sign;
  Uint128 a = Coefficient(), b = other.Coefficient();
  std::strong_ordering order = std::strong_ordering::equal;
  if (exponent_ == other.exponent_) {
    order = a <=> b;
  } else {
    int digits = CountDigits(a), other_digits = CountDigits(b);
    order = (exponent_ + digits) <=> (other.exponent_ + other_digits);
    if (order == 0) {  // the same magnitude: compare with as many digits on both sides
      if (digits < other_digits) a *= kPowersOfTen[other_digits - digits];
      if (other_digits < digits) b *= kPowersOfTen[digits - other_digits];
      order = a <=> b;
    }
  }
  return negative_ ? 0 <=> order : order;
}

}  // namespace cruddur::model
