// How often something was tried on a name: passwords, codes, mails.
//
// Counted in the users database, before the attempt, by a hash of the purpose and the subject
// (AttemptSubject in pool_accounts.h): also where nobody has that name, so that the limit tells
// nothing, and for all processes together. By the subject and the network of who tries, and by the
// subject alone up to a much higher ceiling: so a stranger, or a few, keep no owner out. Blocking.
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
inline constexpr AttemptLimit kChangePasswordLimit{.purpose = "change password"};
inline constexpr AttemptLimit kRecoveryCodeLimit{.purpose = "code"};
inline constexpr AttemptLimit kSignUpCodeLimit{.purpose = "sign-up code"};
inline constexpr AttemptLimit kMailLimit{.purpose = "mail",
                                         .first_block = std::chrono::seconds(60)};
// Of the mail to one address, whoever it is asked for. Nobody is told of these. Two, for anybody
// can sign up with somebody's address, which must not take the mails with which that one recovers.
inline constexpr AttemptLimit kRecoveryMailLimit{
    .purpose = "recipient", .free_attempts = 10, .first_block = std::chrono::seconds(60)};
inline constexpr AttemptLimit kSignUpMailLimit{.purpose = "sign-up recipient",
                                               .free_attempts = kRecoveryMailLimit.free_attempts,
                                               .first_block = kRecoveryMailLimit.first_block};

struct Attempt {
  std::string subject;
  std::string_view client;  // the address of who makes it
};

// Each: 0 if the attempt may be made, which is counted then; else the seconds until one may.
base::Result<int> CountAttempt(Connection& connection, const AttemptLimit& limit,
                               const Attempt& attempt, base::Micros now);  // both of these:
base::Result<int> CountOfClient(Connection& connection, const AttemptLimit& limit,
                                const Attempt& attempt, base::Micros now);
base::Result<int> CountOfSubject(Connection& connection, const AttemptLimit& limit,
                                 const Attempt& attempt, base::Micros now);
// Without a ceiling: whoever makes it.
base::Result<int> CountForAll(Connection& connection, const AttemptLimit& limit,
                              std::string_view subject, base::Micros now);

// The attempt succeeded: all are free again, but for clients of other networks.
base::Status ForgetAttempts(Connection& connection, const AttemptLimit& limit,
                            const Attempt& attempt);

}  // namespace cruddur::accounts
