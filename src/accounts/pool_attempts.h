// How often something was tried on a name: passwords, codes, mails.
//
// Counted in the users database, before the attempt, by a hash of the purpose and the subject
// (AttemptSubject in pool_accounts.h): also where nobody has that name, so that the limit tells
// nothing, and for all processes together. Blocking.
#pragma once

#include <string>
#include <string_view>

#include "accounts/database.h"
#include "base/clock.h"
#include "base/result.h"

namespace cruddur::accounts {

struct AttemptLimit {
  std::string_view purpose;
  int free_attempts = 5;
  // After the free ones each attempt blocks the next: for this long, and twice as long each time.
  std::chrono::seconds first_block{1};
  std::chrono::seconds longest_block{900};
  std::chrono::seconds memory{3600};  // after this long without an attempt all are free again
};

// Cognito's: five wrong passwords, then a second that doubles up to a quarter of an hour.
inline constexpr AttemptLimit kSignInLimit{.purpose = "sign in"};
inline constexpr AttemptLimit kCodeLimit{.purpose = "code"};
inline constexpr AttemptLimit kMailLimit{.purpose = "mail",
                                         .first_block = std::chrono::seconds(60)};
// Of the mail to one address, whoever it is asked for. Nobody is told of this one.
inline constexpr AttemptLimit kRecipientLimit{
    .purpose = "recipient", .free_attempts = 10, .first_block = std::chrono::seconds(60)};

// 0 if the attempt may be made, which is counted then; else the seconds until one may.
base::Result<int> CountAttempt(Connection& connection, const AttemptLimit& limit,
                               std::string_view subject, base::Micros now);

// The attempt succeeded: all are free again.
base::Status ForgetAttempts(Connection& connection, const AttemptLimit& limit,
                            std::string_view subject);

}  // namespace cruddur::accounts
