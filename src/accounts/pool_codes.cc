#include "accounts/pool_codes.h"

#include <fmt/format.h>

#include <charconv>

#include "accounts/pool_attempts.h"
#include "accounts/pool_nobody.h"
#include "accounts/sql.h"
#include "auth/digest.h"
#include "auth/encoding.h"
#include "base/ascii.h"
#include "base/log.h"
#include "base/random.h"
#include "base/timestamp.h"

namespace cruddur::accounts {
namespace {

std::string_view NameOf(CodePurpose purpose) {
  return purpose == CodePurpose::kSignUp ? "sign_up" : "password";
}

std::chrono::hours LifeOf(CodePurpose purpose) {
  return std::chrono::hours(purpose == CodePurpose::kSignUp ? 24 : 1);
}

// Six digits alone could be guessed from their hash.
std::string HashOf(const PoolContext& context, CodePurpose purpose, std::string_view sub,
                   std::string_view code) {
  return auth::HexEncode(auth::AsBytes(auth::HmacSha256(
      context.secret, fmt::format("code\n{}\n{}\n{}", NameOf(purpose), sub, code))));
}

constexpr int kGuesses = 10;  // wrong ones that a code survives, but for one

// Of a row of pool_code.
bool IsUsed(const Rows& rows) { return rows.Text(0, 1) == "1"; }
bool IsExpired(const Rows& rows, base::Micros now) {
  int failures = 0;
  const std::string counted = rows.Text(0, 3);
  std::from_chars(counted.data(), counted.data() + counted.size(), failures);
  return rows.Text(0, 2) <= base::FormatTimestamp(now) || failures >= kGuesses;
}

// "b***@e***", as Cognito shows an address. In lower case: whether the address is shown as it was
// typed or as it is stored must not be seen.
std::string Masked(std::string_view email) {
  const size_t at = email.find('@');
  if (email.empty() || at == std::string_view::npos || at + 1 == email.size()) return "***";
  return fmt::format("{}***@{}***", base::LowerAscii(email[0]), base::LowerAscii(email[at + 1]));
}

}  // namespace

base::Status SendCode(const PoolContext& context, Connection& connection, CodePurpose purpose,
                      const PoolUser& user) {
  const base::Micros now = context.clock.Now();
  const AttemptLimit& limit =
      purpose == CodePurpose::kSignUp ? kSignUpMailLimit : kRecoveryMailLimit;
  TRY_ASSIGN(const int wait, CountForAll(connection, limit, user.email, now));
  if (wait > 0) {
    base::Log(base::LogLevel::kWarn, "too much mail to one address: a code was not sent",
              {{"username", user.username}});
    return {};
  }
  const std::string code = fmt::format("{:06}", base::RandomUint64() % 1'000'000);
  const base::Micros expires_at = now + LifeOf(purpose);
  TRY(connection.Run(sql::kPoolCodePut,
                     {user.sub, NameOf(purpose), HashOf(context, purpose, user.sub, code),
                      base::FormatTimestamp(expires_at)}));
  const auto delivered = context.outbox.Deliver(
      {.kind = purpose == CodePurpose::kSignUp ? MailKind::kConfirmation : MailKind::kRecovery,
       .to = user.email,
       .username = user.username,
       .handle = user.preferred_username,
       .secret = code});
  // To say so would tell that there is such a user; the user can ask for another one.
  if (!delivered) {
    base::Log(base::LogLevel::kError, "a code was not delivered",
              {{"reason", delivered.error().message}});
  }
  return {};
}

base::Result<CodeState> CheckCode(const PoolContext& context, Connection& connection,
                                  CodePurpose purpose, std::string_view sub,
                                  std::string_view code) {
  TRY_ASSIGN(const Rows rows, connection.Run(sql::kPoolCode, {sub, NameOf(purpose)}));
  if (rows.empty()) return CodeState::kWrong;
  if (!auth::ConstantTimeEqual(rows.Text(0, 0), HashOf(context, purpose, sub, code))) {
    return CodeState::kWrong;
  }
  if (IsUsed(rows)) return CodeState::kUsed;
  return IsExpired(rows, context.clock.Now()) ? CodeState::kExpired : CodeState::kGood;
}

base::Result<bool> IsCodeLive(const PoolContext& context, Connection& connection,
                              CodePurpose purpose, std::string_view sub) {
  TRY_ASSIGN(const Rows rows, connection.Run(sql::kPoolCode, {sub, NameOf(purpose)}));
  return !rows.empty() && !IsUsed(rows) && !IsExpired(rows, context.clock.Now());
}

base::Status MissCode(Connection& connection, CodePurpose purpose, std::string_view sub,
                      std::string_view address) {
  TRY(connection.Run(sql::kPoolCodesMissed, {NameOf(purpose), sub, address}));
  return {};
}

base::Result<bool> UseCode(const PoolContext& context, Connection& connection, CodePurpose purpose,
                           std::string_view sub, std::string_view code) {
  TRY_ASSIGN(const Rows rows,
             connection.Run(sql::kPoolCodeUse,
                            {sub, NameOf(purpose), HashOf(context, purpose, sub, code)}));
  return !rows.empty();
}

void WriteDelivery(json::Writer& writer, std::string_view email) {
  writer.BeginObject().Key("AttributeName").String("email");
  writer.Key("DeliveryMedium").String("EMAIL");
  writer.Key("Destination").String(Masked(email)).EndObject();
}

std::string DeliveryAnswer(const PoolContext& context, std::string_view name,
                           const PoolUser* user) {
  const std::string email =
      user ? user->email : NobodysAddress(context.secret, NobodysId(context.secret, name));
  std::string body;
  json::Writer writer(body);
  writer.BeginObject().Key("CodeDeliveryDetails");
  WriteDelivery(writer, email);
  writer.EndObject();
  return body;
}

}  // namespace cruddur::accounts
