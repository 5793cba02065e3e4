// Numbers, dates and addresses in policies.
#include <arpa/inet.h>

#include <array>
#include <charconv>
#include <cmath>
#include <cstring>

#include "auth/policy_condition.h"
#include "base/timestamp.h"

namespace cruddur::auth {
namespace {

struct Address {
  std::array<unsigned char, 16> bytes{};
  int bits = 0;  // 32 or 128
};

std::optional<Address> ParseAddress(std::string_view text) {
  const std::string terminated(text);
  Address out;
  if (inet_pton(AF_INET, terminated.c_str(), out.bytes.data()) == 1) {
    out.bits = 32;
  } else if (inet_pton(AF_INET6, terminated.c_str(), out.bytes.data()) == 1) {
    out.bits = 128;
  } else {
    return std::nullopt;
  }
  return out;
}

struct Range {
  Address address;
  int prefix = 0;
};

std::optional<Range> ParseRange(std::string_view text) {
  const size_t slash = text.find('/');
  const auto address = ParseAddress(text.substr(0, slash));
  if (!address) return std::nullopt;
  Range range{*address, address->bits};
  if (slash != text.npos) {
    const auto digits = text.substr(slash + 1);
    const auto [end, error] =
        std::from_chars(digits.data(), digits.data() + digits.size(), range.prefix);
    if (error != std::errc() || end != digits.data() + digits.size() || range.prefix < 0 ||
        range.prefix > address->bits) {
      return std::nullopt;
    }
  }
  return range;
}

}  // namespace

std::optional<double> ParsePolicyNumber(std::string_view text) {
  double value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size() || !std::isfinite(value)) {
    return std::nullopt;
  }
  return value;
}

std::optional<double> ParsePolicyDate(std::string_view text) {
  if (const auto seconds = ParsePolicyNumber(text)) return seconds;
  const auto time = base::ParseTimestamp(text);
  if (!time) return std::nullopt;
  return static_cast<double>(time->count()) / 1e6;
}

bool IsAddressRange(std::string_view text) { return ParseRange(text).has_value(); }

bool AddressIsIn(std::string_view address, std::string_view range_text) {
  const auto range = ParseRange(range_text);
  const auto actual = ParseAddress(address);
  if (!range || !actual || range->address.bits != actual->bits) return false;
  const auto whole = static_cast<size_t>(range->prefix / 8);
  if (std::memcmp(actual->bytes.data(), range->address.bytes.data(), whole) != 0) return false;
  const int left = range->prefix % 8;
  if (left == 0) return true;
  const int mask = 0xFF << (8 - left) & 0xFF;
  return ((actual->bytes[whole] ^ range->address.bytes[whole]) & mask) == 0;
}

}  // namespace cruddur::auth
