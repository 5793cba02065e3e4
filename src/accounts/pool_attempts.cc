#include "accounts/pool_attempts.h"

#include <algorithm>
#include <charconv>

#include "accounts/sql.h"
#include "auth/digest.h"
#include "base/ascii.h"
#include "base/random.h"
#include "base/timestamp.h"

namespace cruddur::accounts {
namespace {

using std::chrono::seconds;

std::string KeyOf(const AttemptLimit& limit, std::string_view subject) {
  return auth::HexSha256(std::string(limit.purpose) + '\n' + base::LowerAscii(subject));
}

int SecondsUntil(const std::string& time, base::Micros now) {
  const auto until = base::ParseTimestamp(time);
  if (!until || *until <= now) return 1;
  return static_cast<int>(std::chrono::ceil<seconds>(*until - now).count());
}

// One attempt in a hundred tidies up.
base::Status DeleteOld(Connection& connection, base::Micros now) {
  if (base::RandomUint64() % 100 != 0) return {};
  TRY(connection.Run(sql::kPoolAttemptsDeleteOld,
                     {base::FormatTimestamp(now - std::chrono::hours(2))}));
  return {};
}

}  // namespace

base::Result<int> CountAttempt(Connection& connection, const AttemptLimit& limit,
                               std::string_view subject, base::Micros now) {
  TRY(DeleteOld(connection, now));
  const std::string key = KeyOf(limit, subject);
  TRY_ASSIGN(const Rows counted,
             connection.Run(sql::kPoolAttemptCount, {key, base::FormatTimestamp(now),
                                                     base::FormatTimestamp(now - limit.memory)}));
  if (counted.empty()) {
    TRY_ASSIGN(const Rows blocked, connection.Run(sql::kPoolAttemptBlockedUntil, {key}));
    return blocked.empty() ? 1 : SecondsUntil(blocked.Text(0, 0), now);
  }
  const std::string text = counted.Text(0, 0);
  int attempts = 0;
  std::from_chars(text.data(), text.data() + text.size(), attempts);
  if (attempts < limit.free_attempts) return 0;
  // Blocked before the attempt is made: many at once get no more of them than one after another.
  const int doublings = std::min(attempts - limit.free_attempts, 20);
  const seconds block = std::min(limit.first_block * (1 << doublings), limit.longest_block);
  TRY(connection.Run(sql::kPoolAttemptBlock, {key, base::FormatTimestamp(now + block)}));
  return 0;
}

base::Status ForgetAttempts(Connection& connection, const AttemptLimit& limit,
                            std::string_view subject) {
  TRY(connection.Run(sql::kPoolAttemptForget, {KeyOf(limit, subject)}));
  return {};
}

}  // namespace cruddur::accounts
