#include "accounts/pool_attempts.h"

#include <algorithm>
#include <charconv>

#include "accounts/address_network.h"
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

// What a network may, times this: then each attempt blocks the next, but for no longer than a
// minute, since it blocks the owner too.
constexpr int kCeiling = 20;

AttemptLimit CeilingOf(AttemptLimit limit) {
  limit.free_attempts *= kCeiling;
  limit.longest_block = seconds(60);
  return limit;
}

std::string OfClient(const Attempt& attempt) {
  // A subject has no line breaks.
  return attempt.subject + "\nfrom\n" + auth::HexSha256(NetworkOf(attempt.client, 3));
}

}  // namespace

base::Result<int> CountAttempt(Connection& connection, const AttemptLimit& limit,
                               const Attempt& attempt, base::Micros now) {
  // In this order: what a network is refused doesn't count against the subject.
  TRY_ASSIGN(const int wait, CountOfClient(connection, limit, attempt, now));
  if (wait > 0) return wait;
  return CountOfSubject(connection, limit, attempt, now);
}

base::Result<int> CountOfClient(Connection& connection, const AttemptLimit& limit,
                                const Attempt& attempt, base::Micros now) {
  return CountForAll(connection, limit, OfClient(attempt), now);
}

base::Result<int> CountOfSubject(Connection& connection, const AttemptLimit& limit,
                                 const Attempt& attempt, base::Micros now) {
  return CountForAll(connection, CeilingOf(limit), attempt.subject, now);
}

base::Result<int> CountForAll(Connection& connection, const AttemptLimit& limit,
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
                            const Attempt& attempt) {
  for (const std::string& subject : {attempt.subject, OfClient(attempt)}) {
    TRY(connection.Run(sql::kPoolAttemptForget, {KeyOf(limit, subject)}));
  }
  return {};
}

}  // namespace cruddur::accounts
