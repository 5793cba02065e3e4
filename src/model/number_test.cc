#include "model/number.h"

#include <gtest/gtest.h>
#include <rapidcheck.h>

#include <algorithm>
#include <string>
#include <vector>

namespace cruddur::model {
namespace {

std::string Normal(std::string_view text) {
  auto number = Number::Parse(text);
  return number ? number->ToString() : number.error().message;
}

Number N(std::string_view text) { return Number::Parse(text).value(); }

constexpr char kOverflow[] =
    "Number overflow. Attempting to store a number with magnitude larger than supported range";
constexpr char kUnderflow[] =
    "Number underflow. Attempting to store a number with magnitude smaller than supported range";
constexpr char kTooPrecise[] = "Attempting to store more than 38 significant digits in a Number";

TEST(Number, NormalisesLikeDynamo) {
  const std::pair<std::string, std::string> cases[] = {
      {"0", "0"},
      {"-0", "0"},
      {"-0.0", "0"},
      {"+0", "0"},
      {"00", "0"},
      {"0e5", "0"},
      {"0.0e126", "0"},
      {"0e125", "0"},
      {"0e-130", "0"},
      {"1", "1"},
      {"+3", "3"},
      {"007", "7"},
      {"-5", "-5"},
      {"100", "100"},
      {"1e3", "1000"},
      {"1E+3", "1000"},
      {"1e+5", "100000"},
      {"-3e2", "-300"},
      {"1.5e2", "150"},
      {"1.50", "1.5"},
      {"100.000", "100"},
      {"0.10", "0.1"},
      {".5", "0.5"},
      {"-.5", "-0.5"},
      {"5.", "5"},
      {"123e-2", "1.23"},
      {"1e-3", "0.001"},
      {"-273.15", "-273.15"},
      {"0042.1200", "42.12"},
      {"999999999999999999", "999999999999999999"},
      {"1000000000000000000", "1000000000000000000"},
      {"-9223372036854775808", "-9223372036854775808"},
      {"12345678901234567890123456789012345678", "12345678901234567890123456789012345678"},
      {"3.1415926535897932384626433832795028841", "3.1415926535897932384626433832795028841"},
      {"9.9999999999999999999999999999999999999E+125", std::string(38, '9') + std::string(88, '0')},
      {"1e125", "1" + std::string(125, '0')},
      {"11e124", "11" + std::string(124, '0')},
      {"0.1e126", "1" + std::string(125, '0')},
      {"1E-130", "0." + std::string(129, '0') + "1"},
      {"-1.0000000000000000000000000000000000001e-130",
       "-0." + std::string(129, '0') + "1" + std::string(36, '0') + "1"},
      {std::string(500, '0') + "12" + std::string(40, '0') + "." + std::string(500, '0'),
       "12" + std::string(40, '0')},
      {"0." + std::string(100, '0') + "1e100", "0.1"},
  };
  for (const auto& [text, expected] : cases) EXPECT_EQ(Normal(text), expected) << text;
}

TEST(Number, RefusesWithTheTextsOfAws) {
  const std::pair<std::string, std::string> cases[] = {
      {"1e126", kOverflow},
      {"-1e126", kOverflow},
      {"11e125", kOverflow},
      {"1.0e100000000", kOverflow},
      {"1e2147483648", kOverflow},
      {"1e99999999999", kOverflow},
      {"1e9223372036854775807", kOverflow},
      {"0e126", kOverflow},
      {"1e-131", kUnderflow},
      {"0.9e-130", kUnderflow},
      {"-1e-99999999999", kUnderflow},
      {"1e-9223372036854775808", kUnderflow},
      {"0e-131", kUnderflow},
      {"123456789012345678901234567890123456789", kTooPrecise},
      {"-1.23456789012345678901234567890123456789", kTooPrecise},
      {"314159265358979323846264338327950288419e30", kTooPrecise},
      {"1" + std::string(60, '0') + "1", kTooPrecise},
      {"", "The parameter cannot be converted to a numeric value: "},
  };
  for (const auto& [text, expected] : cases) EXPECT_EQ(Normal(text), expected) << text;
  for (std::string text : {"abc",
                           "NaN",
                           "Infinity",
                           "-Infinity",
                           " 1",
                           "1 ",
                           "1 2",
                           "+",
                           "-",
                           ".",
                           "1.2.3",
                           "0x10",
                           "1e",
                           "1e+",
                           "e5",
                           "1e1.5",
                           "--1",
                           "1,5",
                           "\xD9\xA1",
                           "1e9223372036854775808",
                           "1e-9223372036854775809"}) {
    EXPECT_EQ(Normal(text), "The parameter cannot be converted to a numeric value: " + text);
  }
  EXPECT_FALSE(Number::Parse(std::string_view("1\0", 2)).has_value());
}

// As Java's BigDecimal does, with a scale of 32 bits; AWS's arithmetic wraps around in those, too.
TEST(Number, IsReadWithThirtyTwoBitsInTheOlderLayer) {
  const std::string not_numeric = "The parameter cannot be converted to a numeric value";
  const std::pair<std::string, std::string> cases[] = {
      {"", not_numeric},
      {"abc", not_numeric + ": abc"},
      {"1e99999999999", not_numeric + ": 1e99999999999"},
      {"1e2147483648", not_numeric + ": 1e2147483648"},
      {"1e-2147483648", not_numeric + ": 1e-2147483648"},
      {"1.5e-2147483647", not_numeric + ": 1.5e-2147483647"},
      {"1e2147483647", kUnderflow},
      {"1e2147483646", kOverflow},
      {"1e-2147483647", kUnderflow},
      {"1e126", kOverflow},
      {"123456789012345678901234567890123456789", kTooPrecise},
  };
  for (const auto& [text, expected] : cases) {
    auto number = Number::Parse(text, ValueLayer::kOlder);
    ASSERT_FALSE(number) << text;
    EXPECT_EQ(number.error().message, expected) << text;
  }
  EXPECT_EQ(Number::Parse("-1.50e2", ValueLayer::kOlder).value(), Number(-150));
}

TEST(Number, AddsAndSubtractsExactly) {
  struct Case {
    std::string a, b, sum;
  };
  const Case cases[] = {
      {"1", "2", "3"},
      {"1", "-1", "0"},
      {"0", "-0.5", "-0.5"},
      {"0.1", "0.2", "0.3"},
      {"1", "10000000000000000000000", "10000000000000000000001"},
      {"10000000000000000000000", "-1", "9999999999999999999999"},
      {"5e37", "5e37", "1" + std::string(38, '0')},
      {std::string(38, '9'), "1", "1" + std::string(38, '0')},
      {"1e38", "-1", std::string(38, '9')},
      {"-1e38", "1", "-" + std::string(38, '9')},
      {"1e38", "-" + std::string(38, '9'), "1"},
      {"3e38", "-" + std::string(38, '9'), kOverflow},
      {"1e38", "1", kOverflow},
      {"9e38", "-1", kOverflow},
      {"1e125", "1", kOverflow},
      {"1e-130", "1", kOverflow},
      {"1e125", "-1e-130", kOverflow},
      {std::string(38, '9'), "0.1", kOverflow},
      {"9e125", "1e125", kOverflow},
      {"-9e125", "-1e125", kOverflow},
      {"1.1e-130", "-1e-130", kUnderflow},
      {"1e-130", "1e-130", "0." + std::string(129, '0') + "2"},
  };
  for (const auto& [a, b, sum] : cases) {
    for (bool swap : {false, true}) {
      auto result = Number::Add(N(swap ? b : a), N(swap ? a : b));
      EXPECT_EQ(result ? result->ToString() : result.error().message, sum) << a << " + " << b;
    }
  }
  EXPECT_EQ(Number::Subtract(N("1"), N("0.9"))->ToString(), "0.1");
  EXPECT_EQ(Number::Subtract(N("0"), N("5"))->ToString(), "-5");
  EXPECT_EQ(Number::Subtract(N("5"), N("0"))->ToString(), "5");
}

TEST(Number, SizesLikeDynamo) {
  const std::pair<std::string_view, size_t> cases[] = {
      {"0", 1},
      {"1", 2},
      {"10", 2},
      {"27", 2},
      {"-27", 3},
      {"461", 3},
      {"123456", 4},
      {"3.14159", 5},
      {"42.12", 3},
      {"1786461547", 6},
      {"0.05", 2},
      {"0.001", 2},
      {"1E125", 2},
      {"11e124", 2},
      {"11111e121", 4},
      {"1e-130", 2},
      {"100.5", 4},
      {"1111111e119", 5},
      {"1.05", 3},
      {"12345678901234567890123456789012345678", 20},
      {"-1.2345678901234567890123456789012345678", 22},
  };
  for (auto [text, size] : cases) EXPECT_EQ(N(text).SizeInBytes(), size) << text;
}

TEST(Number, ConvertsToIntegersThatFit) {
  int64_t out = 0;
  for (int64_t value : {INT64_MIN, INT64_MAX, int64_t{0}, int64_t{-1000}, int64_t{1} << 62}) {
    EXPECT_TRUE(Number(value).AsInt64(out));
    EXPECT_EQ(out, value);
    EXPECT_EQ(Number(value), N(std::to_string(value)));
  }
  for (auto text : {"9223372036854775808", "-9223372036854775809", "0.5", "1e19", "1e125",
                    "20000000000000000000", "1e-1"}) {
    EXPECT_FALSE(N(text).AsInt64(out)) << text;
  }
}

// Decimal text, written in one of the many ways that mean the same.
rc::Gen<std::string> Literals() {
  return rc::gen::exec([] {
    auto digits = *rc::gen::container<std::string>(rc::gen::inRange('0', ':'));
    digits = digits.substr(0, 38);
    auto zeros = *rc::gen::elementOf(std::vector<std::string>{"", "", "0", "000"});
    auto point = *rc::gen::inRange<size_t>(0, digits.size() + 1);
    int exponent = *rc::gen::oneOf(rc::gen::inRange(-5, 6), rc::gen::inRange(-100, 90));
    std::string text = *rc::gen::elementOf(std::vector<std::string>{"", "-", "+", ""});
    text += zeros + digits.substr(0, point);
    if (point < digits.size() || digits.empty()) text += "." + digits.substr(point) + "0";
    if (exponent != 0) text += "e" + std::to_string(exponent);
    return text;
  });
}

// What a literal means: sign, position of the first digit, and the digits. An oracle that works on
// text alone.
struct Meaning {
  int sign = 0;
  int magnitude = 0;
  std::string digits;
};
Meaning Understand(std::string text) {
  Meaning meaning{.sign = 1};
  if (text[0] == '-') meaning.sign = -1;
  if (text[0] == '-' || text[0] == '+') text.erase(0, 1);
  int exponent = 0;
  if (auto e = text.find('e'); e != std::string::npos) {
    exponent = std::stoi(text.substr(e + 1));
    text.resize(e);
  }
  auto point = std::min(text.find('.'), text.size());
  std::string digits = text;
  if (point < digits.size()) digits.erase(point, 1);
  auto first = digits.find_first_not_of('0');
  if (first == std::string::npos) return Meaning{};
  meaning.magnitude = static_cast<int>(point) - static_cast<int>(first) - 1 + exponent;
  meaning.digits = digits.substr(first, digits.find_last_not_of('0') - first + 1);
  return meaning;
}
int Order(const std::string& a, const std::string& b) {
  Meaning x = Understand(a), y = Understand(b);
  if (x.sign != y.sign) return x.sign < y.sign ? -1 : 1;
  int order = x.magnitude != y.magnitude ? (x.magnitude < y.magnitude ? -1 : 1)
                                         : x.digits.compare(y.digits);
  return (order > 0) - (order < 0) == 0 ? 0 : (order > 0 ? 1 : -1) * x.sign;
}
int Sign(std::strong_ordering order) { return order < 0 ? -1 : order > 0 ? 1 : 0; }

TEST(Number, OrdersAsTheDecimalTextsDo) {
  EXPECT_TRUE(rc::check([] {
    auto a = *Literals(), b = *Literals();
    RC_ASSERT(Sign(N(a) <=> N(b)) == Order(a, b));
    RC_ASSERT((N(a) == N(b)) == (Order(a, b) == 0));
  }));
}

TEST(Number, ReadsBackWhatItWrites) {
  EXPECT_TRUE(rc::check([] {
    auto text = *Literals();
    Number number = N(text);
    RC_ASSERT(N(number.ToString()) == number);
    RC_ASSERT(Order(number.ToString(), text) == 0);
    RC_ASSERT(number.ToString().size() <= Number::kMaxTextBytes);
  }));
}

TEST(Number, SumsAgreeWithDifferences) {
  EXPECT_TRUE(rc::check([] {
    Number a = N(*Literals()), b = N(*Literals());
    auto sum = Number::Add(a, b);
    RC_PRE(sum.has_value());
    RC_ASSERT(Number::Add(b, a).value() == *sum);
    RC_ASSERT(Number::Subtract(*sum, b).value() == a);
    RC_ASSERT(Number::Subtract(b, *sum).value() == Number::Subtract(Number(0), a).value());
  }));
}

TEST(NumberEncoding, OrdersBytesAsNumbersAndIsPrefixFree) {
  EXPECT_TRUE(rc::check([] {
    Number a = N(*Literals()), b = N(*Literals());
    std::string x, y;
    a.EncodeOrdered(x);
    b.EncodeOrdered(y);
    int order = x.compare(y);
    RC_ASSERT((order > 0) - (order < 0) == Sign(a <=> b));
    if (a != b) RC_ASSERT(!x.starts_with(y) && !y.starts_with(x));
  }));
}

TEST(NumberEncoding, RoundTripsInFrontOfOtherBytes) {
  EXPECT_TRUE(rc::check([](const std::string& behind) {
    Number number = N(*Literals());
    std::string ordered, compact;
    number.EncodeOrdered(ordered);
    number.EncodeCompact(compact);
    RC_ASSERT(ordered.size() <= 21u);
    RC_ASSERT(compact.size() <= 19u);
    ordered += behind;
    compact += behind;
    std::string_view in = ordered;
    Number out;
    RC_ASSERT(Number::DecodeOrdered(in, out));
    RC_ASSERT(out == number);
    RC_ASSERT(in == behind);
    in = compact;
    RC_ASSERT(Number::DecodeCompact(in, out));
    RC_ASSERT(out == number);
    RC_ASSERT(in == behind);
  }));
}

TEST(NumberEncoding, AcceptsOnlyWhatItWrites) {
  EXPECT_TRUE(rc::check([](std::string bytes) {
    if (!bytes.empty()) bytes[0] = *rc::gen::elementOf(std::string("\x10\x20\x30\x00\x01\x90", 6));
    for (bool ordered : {true, false}) {
      std::string_view in = bytes;
      Number out;
      if (!(ordered ? Number::DecodeOrdered(in, out) : Number::DecodeCompact(in, out))) continue;
      std::string again;
      ordered ? out.EncodeOrdered(again) : out.EncodeCompact(again);
      RC_ASSERT(again == bytes.substr(0, bytes.size() - in.size()));
      RC_ASSERT(N(out.ToString()) == out);
    }
  }));
}

TEST(NumberEncoding, HasTheBytesOfFormatsMd) {
  std::string positive, negative, zero;
  N("12.5").EncodeOrdered(positive);
  N("-12.5").EncodeOrdered(negative);
  N("0").EncodeOrdered(zero);
  EXPECT_EQ(positive, "\x30\x83\x19\x64");
  EXPECT_EQ(negative, "\x10\x7C\xE6\x9B");
  EXPECT_EQ(zero, "\x20");
}

TEST(NumberEncoding, SortsTheExtremes) {
  std::vector<std::string> texts = {"-9.9999999999999999999999999999999999999e125",
                                    "-1e125",
                                    "-12.1",
                                    "-12",
                                    "-1.2",
                                    "-1",
                                    "-1e-130",
                                    "0",
                                    "1e-130",
                                    "0.1",
                                    "1",
                                    "1.0001",
                                    "1.2",
                                    "9",
                                    "10",
                                    "12",
                                    "12.1",
                                    "1e125",
                                    "9.9999999999999999999999999999999999999e125"};
  std::string previous;
  for (const auto& text : texts) {
    std::string bytes;
    N(text).EncodeOrdered(bytes);
    EXPECT_LT(previous, bytes) << text;
    previous = bytes;
  }
}

}  // namespace
}  // namespace cruddur::model
