#include "messaging/message_time.h"

#include <algorithm>
#include <chrono>

#include "base/timestamp.h"

namespace cruddur::messaging {
namespace {

constexpr size_t kToTheSecond = std::string_view("2023-03-24T09:45:01").size();

// The digits of a timestamp without its offset: "2023-03-24T09:45:01.5" of "…01.5+02:00".
std::string_view WithoutOffset(std::string_view key) {
  size_t end = std::min(key.size(), kToTheSecond);
  if (end < key.size() && key[end] == '.') {
    end = std::min(key.find_first_not_of("0123456789", end + 1), key.size());
  }
  return key.substr(0, end);
}

}  // namespace

base::Micros TimeBehind(std::string_view newest, base::Micros now) {
  const auto behind = [&](base::Micros time) { return base::FormatTimestamp(time) > newest; };
  if (newest.empty() || behind(now)) return now;

  // Byte order compares the digits as they stand, so the local time is read as if it were UTC.
  const auto digits = base::ParseTimestamp(WithoutOffset(newest));
  if (!digits) return now;
  const base::Micros next = *digits + base::Micros(1);
  if (behind(next)) return next;
  // "…01Z" and "…01.5Z" sort behind every fraction of their second, for 'Z' does behind digits.
  const base::Micros second =
      std::chrono::floor<std::chrono::seconds>(*digits) + std::chrono::seconds(1);
  return behind(second) ? second : now;
}

}  // namespace cruddur::messaging
