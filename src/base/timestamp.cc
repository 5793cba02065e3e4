#include "base/timestamp.h"

#include <algorithm>
#include <optional>

namespace cruddur::base {
namespace {

using std::chrono::days;
using std::chrono::sys_days;

constexpr Micros kFirst = sys_days(std::chrono::year(0) / 1 / 1).time_since_epoch();
constexpr Micros kLast = sys_days(std::chrono::year(10000) / 1 / 1).time_since_epoch() - Micros(1);

void PutDigits(char* out, int width, unsigned value) {
  for (int i = width; i-- > 0; value /= 10) out[i] = static_cast<char>('0' + value % 10);
}

// Takes the text apart from left to right; every step refuses what isn't there.
class Cursor {
 public:
  explicit Cursor(std::string_view text) : rest_(text) {}

  bool Done() const { return rest_.empty(); }

  bool Take(char c) {
    if (rest_.empty() || rest_.front() != c) return false;
    rest_.remove_prefix(1);
    return true;
  }

  // Exactly `width` digits with a value of at most `max`.
  std::optional<unsigned> Number(size_t width, unsigned max) {
    if (rest_.size() < width) return std::nullopt;
    unsigned value = 0;
    for (size_t i = 0; i < width; ++i) {
      if (rest_[i] < '0' || rest_[i] > '9') return std::nullopt;
      value = value * 10 + static_cast<unsigned>(rest_[i] - '0');
    }
    if (value > max) return std::nullopt;
    rest_.remove_prefix(width);
    return value;
  }

  // 1 to 9 digits behind a point, cut to microseconds.
  std::optional<unsigned> Fraction() {
    size_t digits = 0;
    unsigned micros = 0;
    while (digits < rest_.size() && rest_[digits] >= '0' && rest_[digits] <= '9') {
      if (digits < 6) micros = micros * 10 + static_cast<unsigned>(rest_[digits] - '0');
      ++digits;
    }
    if (digits == 0 || digits > 9) return std::nullopt;
    for (size_t i = digits; i < 6; ++i) micros *= 10;
    rest_.remove_prefix(digits);
    return micros;
  }

 private:
  std::string_view rest_;
};

std::optional<Micros> Parse(std::string_view text) {
  Cursor in(text);
  const auto year = in.Number(4, 9999);
  if (!year || !in.Take('-')) return std::nullopt;
  const auto month = in.Number(2, 12);
  if (!month || !in.Take('-')) return std::nullopt;
  const auto day = in.Number(2, 31);
  if (!day || !(in.Take('T') || in.Take(' '))) return std::nullopt;
  const std::chrono::year_month_day date{std::chrono::year(static_cast<int>(*year)),
                                         std::chrono::month(*month), std::chrono::day(*day)};
  if (!date.ok()) return std::nullopt;

  const auto hour = in.Number(2, 23);
  if (!hour || !in.Take(':')) return std::nullopt;
  const auto minute = in.Number(2, 59);
  if (!minute || !in.Take(':')) return std::nullopt;
  const auto second = in.Number(2, 59);
  if (!second) return std::nullopt;
  unsigned micros = 0;
  if (in.Take('.')) {
    const auto fraction = in.Fraction();
    if (!fraction) return std::nullopt;
    micros = *fraction;
  }

  std::chrono::minutes offset{0};
  const bool plus = in.Take('+');
  if (plus || in.Take('-')) {
    const auto hours = in.Number(2, 23);
    if (!hours || !in.Take(':')) return std::nullopt;
    const auto minutes = in.Number(2, 59);
    if (!minutes) return std::nullopt;
    offset = std::chrono::hours(*hours) + std::chrono::minutes(*minutes);
    if (!plus) offset = -offset;
  } else {
    in.Take('Z');
  }
  if (!in.Done()) return std::nullopt;

  const Micros time = sys_days(date).time_since_epoch() + std::chrono::hours(*hour) +
                      std::chrono::minutes(*minute) + std::chrono::seconds(*second) +
                      Micros(micros) - offset;
  // An offset can carry the first or last day of all out of what FormatTimestamp can write.
  if (time < kFirst || time > kLast) return std::nullopt;
  return time;
}

}  // namespace

std::string FormatTimestamp(Micros time) {
  time = std::clamp(time, kFirst, kLast);
  const auto day = std::chrono::floor<days>(time);
  const std::chrono::year_month_day date{sys_days(day)};
  const auto micros = static_cast<uint64_t>((time - day).count());
  const auto seconds = static_cast<unsigned>(micros / 1'000'000);

  std::string text = "0000-00-00T00:00:00.000000+00:00";
  PutDigits(&text[0], 4, static_cast<unsigned>(static_cast<int>(date.year())));
  PutDigits(&text[5], 2, static_cast<unsigned>(date.month()));
  PutDigits(&text[8], 2, static_cast<unsigned>(date.day()));
  PutDigits(&text[11], 2, seconds / 3600);
  PutDigits(&text[14], 2, seconds / 60 % 60);
  PutDigits(&text[17], 2, seconds % 60);
  PutDigits(&text[20], 6, static_cast<unsigned>(micros % 1'000'000));
  return text;
}

Result<Micros> ParseTimestamp(std::string_view text) {
  if (const auto time = Parse(text)) return *time;
  return Fail(ErrorCode::kInvalidArgument,
              "not a timestamp of the form 2023-03-24T09:45:01.561513+00:00");
}

}  // namespace cruddur::base
