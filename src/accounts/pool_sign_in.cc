// InitiateAuth, RespondToAuthChallenge.
#include <fmt/format.h>

#include <array>
#include <optional>

#include "accounts/pool_attempts.h"
#include "accounts/pool_nobody.h"
#include "accounts/pool_operations.h"
#include "accounts/pool_sessions.h"
#include "accounts/sql.h"
#include "auth/digest.h"
#include "auth/encoding.h"
#include "auth/password_hash.h"
#include "base/ascii.h"
#include "base/random.h"
#include "base/timestamp.h"

namespace cruddur::accounts {
namespace {

constexpr std::string_view kVerifier = "PASSWORD_VERIFIER", kNewPassword = "NEW_PASSWORD_REQUIRED";
constexpr std::chrono::minutes kChallengeLife{3};  // Cognito's default

using Parameters = std::map<std::string, std::string>;

// The parameter; InvalidParameterException without it.
PoolResult<std::string> Take(const Parameters& parameters, const std::string& name) {
  const auto found = parameters.find(name);
  if (found == parameters.end() || found->second.empty()) {
    return InvalidParameter("Missing required parameter " + name);
  }
  if (found->second.size() > 16'384 || !IsStorableText(found->second)) {
    return InvalidParameter("Invalid parameter " + name);
  }
  return found->second;
}

// How many unconfirmed sign-ups with an address a password is compared with, the latest ones: each
// comparison costs a hash.
constexpr size_t kMostCompared = 5;

PoolStatus CountSignIn(const PoolContext& context, Connection& connection, const Attempt& attempt) {
  TRY_ASSIGN(const int wait, CountAttempt(connection, kSignInLimit, attempt, context.clock.Now()));
  if (wait > 0) return RefusePool("NotAuthorizedException", "Password attempts exceeded", wait);
  return {};
}

struct SignInName {
  std::string text;
  std::string_view client;  // the address of who says it
};

Attempt AttemptOn(const SignInName& name, const std::optional<PoolAccount>& account) {
  return {AttemptSubject(name.text, account), name.client};
}

struct Challenge {
  std::string id;
  std::string_view kind;
  std::string sub, name, public_a, private_b, public_b;
  std::string password_hash;  // of kNewPassword: the one that may be replaced
};

base::Status PutChallenge(const PoolContext& context, Connection& connection,
                          const Challenge& challenge) {
  const base::Micros now = context.clock.Now();
  TRY(connection.Run(sql::kPoolChallengesDeleteExpired, {base::FormatTimestamp(now)}));
  TRY(connection.Run(sql::kPoolChallengeInsert,
                     {challenge.id, challenge.kind, challenge.sub, challenge.name,
                      challenge.public_a, challenge.private_b, challenge.public_b,
                      challenge.password_hash, base::FormatTimestamp(now + kChallengeLife)}));
  return {};
}

// nullopt: there is none (any more).
PoolResult<std::optional<Challenge>> TakeChallenge(const PoolContext& context,
                                                   Connection& connection, std::string_view kind,
                                                   const std::string& id) {
  TRY_ASSIGN(const Rows rows, connection.Run(sql::kPoolChallengeTake, {id, kind}));
  if (rows.empty() || rows.Text(0, 5) <= base::FormatTimestamp(context.clock.Now())) {
    return std::nullopt;
  }
  return Challenge{.id = id,
                   .kind = kind,
                   .sub = rows.Text(0, 0),
                   .name = rows.Text(0, 1),
                   .public_a = rows.Text(0, 2),
                   .private_b = rows.Text(0, 3),
                   .public_b = rows.Text(0, 4),
                   .password_hash = rows.Text(0, 6)};
}

// A challenge's id: as hard to guess as a password.
std::string NewSecret() {
  std::array<std::byte, 48> random;
  base::RandomBytes(random);
  return auth::Base64Encode({reinterpret_cast<const char*>(random.data()), random.size()});
}

// The user gets tokens, and attempts on the name are free again. Only here: to know the password of
// some account that was signed up with somebody's address says nothing of who guesses at that.
PoolAnswer LetIn(const PoolContext& context, Connection& connection, const PoolAccount& account,
                 const SignInName& name) {
  TRY_ASSIGN(std::string answer, StartSession(context, connection, account));
  TRY(ForgetAttempts(connection, kSignInLimit, AttemptOn(name, account)));
  return answer;
}

// The password was right: what else stands between the user and the tokens.
PoolAnswer Admit(const PoolContext& context, Connection& connection, const PoolAccount& account,
                 const SignInName& name) {
  const PoolUser& user = account.user;
  if (!user.enabled) return NotAuthorized("User is disabled.");
  if (user.status == "UNCONFIRMED") {
    return RefusePool("UserNotConfirmedException", "User is not confirmed.");
  }
  if (user.status == "RESET_REQUIRED") {
    return RefusePool("PasswordResetRequiredException", "Password reset required for the user");
  }
  if (user.status == "CONFIRMED") return LetIn(context, connection, account, name);

  const Challenge challenge{.id = NewSecret(),
                            .kind = kNewPassword,
                            .sub = user.sub,
                            .name = name.text,
                            .password_hash = account.password.hash};
  TRY(PutChallenge(context, connection, challenge));
  std::string attributes, body;
  json::Writer known(attributes);
  known.BeginObject();
  for (const auto& [attribute, value] : AttributesOf(user)) {
    if (attribute != "sub") known.EscapedKey(attribute).String(value);
  }
  known.EndObject();
  json::Writer writer(body);
  writer.BeginObject().Key("ChallengeName").String(kNewPassword);
  writer.Key("Session").String(challenge.id);
  writer.Key("ChallengeParameters").BeginObject();
  writer.Key("USER_ID_FOR_SRP").String(user.sub);
  writer.Key("requiredAttributes").String("[]");
  writer.Key("userAttributes").String(attributes).EndObject().EndObject();
  return body;
}

PoolAnswer SignInWithPassword(const PoolContext& context, Connection& connection,
                              std::string_view client, const Parameters& parameters) {
  TRY_ASSIGN(const std::string name, Take(parameters, "USERNAME"));
  TRY_ASSIGN(const std::string password, Take(parameters, "PASSWORD"));
  TRY_ASSIGN(const auto named, FindAccount(connection, name));
  TRY(CountSignIn(context, connection, AttemptOn({name, client}, named)));
  TRY_ASSIGN(auto candidates, FindUnconfirmed(connection, name, kMostCompared));
  if (named) candidates.insert(candidates.begin(), *named);
  for (const PoolAccount& candidate : candidates) {
    if (auth::VerifyPassword(candidate.password.hash, password)) {
      return Admit(context, connection, candidate, {name, client});
    }
  }
  // Also for nobody: it takes as long.
  if (candidates.empty()) static_cast<void>(auth::VerifyPassword("", password));
  return WrongPassword();
}

PoolAnswer BeginSrp(const PoolContext& context, Connection& connection,
                    const Parameters& parameters) {
  TRY_ASSIGN(const std::string name, Take(parameters, "USERNAME"));
  TRY_ASSIGN(const std::string public_a, Take(parameters, "SRP_A"));
  if (!auth::IsSrpPublicValue(public_a)) return InvalidParameter("Invalid SRP_A");
  // Of an address, its owner only, as Cognito does with aliases: who signed up with it and was
  // shown their own id here would know that it has no owner.
  TRY_ASSIGN(const auto named, FindAccount(connection, name));
  // Nobody is made up in any case: so it takes as long.
  std::string id = NobodysId(context.secret, name);
  if (named) id = named->user.sub;
  auth::SrpVerifier verifier = NobodysVerifier(context.secret, id);
  if (named && !named->password.srp.verifier.empty()) verifier = named->password.srp;
  const auto srp = auth::MakeSrpChallenge(verifier);
  // The id in SRP is the sub: a name typed in another way would make another key.
  const Challenge challenge{.id = NewSecret(),
                            .kind = kVerifier,
                            .sub = id,
                            .name = name,
                            .public_a = public_a,
                            .private_b = srp.private_b,
                            .public_b = srp.public_b};
  TRY(PutChallenge(context, connection, challenge));
  std::string body;
  json::Writer writer(body);
  writer.BeginObject().Key("ChallengeName").String(kVerifier);
  writer.Key("ChallengeParameters").BeginObject();
  writer.Key("SALT").String(verifier.salt);
  writer.Key("SECRET_BLOCK").String(challenge.id);
  writer.Key("SRP_B").String(srp.public_b);
  writer.Key("USERNAME").String(challenge.sub);
  writer.Key("USER_ID_FOR_SRP").String(challenge.sub).EndObject().EndObject();
  return body;
}

PoolAnswer FinishSrp(const PoolContext& context, Connection& connection, std::string_view client,
                     const Parameters& responses) {
  TRY(Take(responses, "USERNAME"));
  TRY_ASSIGN(const std::string secret_block, Take(responses, "PASSWORD_CLAIM_SECRET_BLOCK"));
  TRY_ASSIGN(const std::string claim, Take(responses, "PASSWORD_CLAIM_SIGNATURE"));
  TRY_ASSIGN(const std::string timestamp, Take(responses, "TIMESTAMP"));
  if (timestamp.size() > 64) return InvalidParameter("Invalid parameter TIMESTAMP");
  TRY_ASSIGN(const auto challenge, TakeChallenge(context, connection, kVerifier, secret_block));
  if (!challenge) return NotAuthorized("Invalid session for the user.");
  TRY_ASSIGN(const auto account, FindAccountBySub(connection, challenge->sub));
  const SignInName name{challenge->name, client};
  TRY(CountSignIn(context, connection, AttemptOn(name, account)));
  const bool known = account && !account->password.srp.verifier.empty();
  const auto signature = auth::SrpSignature(
      known ? account->password.srp : NobodysVerifier(context.secret, challenge->sub),
      {challenge->private_b, challenge->public_b}, challenge->public_a,
      {.pool_name = SrpPoolName(),
       .user_id = challenge->sub,
       .secret_block = auth::Base64Decode(secret_block).value_or(""),
       .timestamp = timestamp});
  const bool proven = signature && auth::ConstantTimeEqual(auth::Base64Encode(*signature), claim);
  if (!known || !proven) return WrongPassword();
  return Admit(context, connection, *account, name);
}

PoolAnswer SetNewPassword(const PoolContext& context, Connection& connection,
                          std::string_view client, const std::string& session,
                          const Parameters& responses) {
  TRY(Take(responses, "USERNAME"));
  TRY_ASSIGN(const std::string password, Take(responses, "NEW_PASSWORD"));
  TRY(CheckPassword(password));
  TRY_ASSIGN(const auto challenge, TakeChallenge(context, connection, kNewPassword, session));
  if (!challenge) return NotAuthorized("Invalid session for the user.");
  TRY_ASSIGN(auto account, FindAccountBySub(connection, challenge->sub));
  if (!account) return NotAuthorized("Invalid session for the user.");
  // The password that was shown may have been replaced while the user thought of a new one.
  account->password = StorePassword(challenge->sub, password);
  TRY_ASSIGN(const bool replaced,
             SetPassword(connection, challenge->sub, account->password, "CONFIRMED",
                         context.clock.Now(), challenge->password_hash));
  if (!replaced) return NotAuthorized("Invalid session for the user.");
  account->user.status = "CONFIRMED";
  return LetIn(context, connection, *account, {challenge->name, client});
}

}  // namespace

PoolAnswer InitiateAuth(const PoolContext& context, Connection& connection, PoolRequest& request) {
  request.ClientId();
  const std::string flow = request.Required({.member = "AuthFlow", .most = 64});
  const Parameters parameters = request.Map("AuthParameters");
  TRY(request.Checked());
  if (flow == "USER_PASSWORD_AUTH")
    return SignInWithPassword(context, connection, request.client(), parameters);
  if (flow == "USER_SRP_AUTH") return BeginSrp(context, connection, parameters);
  if (flow == "REFRESH_TOKEN_AUTH" || flow == "REFRESH_TOKEN") {
    TRY_ASSIGN(const std::string token, Take(parameters, "REFRESH_TOKEN"));
    // Cognito rotates in GetTokensFromRefreshToken only: clients of this flow keep their token.
    return RefreshSession(context, connection, token, Rotation::kKeep);
  }
  if (flow == "CUSTOM_AUTH" || flow == "USER_AUTH") {
    return InvalidParameter(flow + " flow not enabled for this client");
  }
  if (flow == "ADMIN_NO_SRP_AUTH" || flow == "ADMIN_USER_PASSWORD_AUTH") {
    return InvalidParameter("Initiate Auth method not supported.");
  }
  return InvalidParameter(fmt::format(
      "1 validation error detected: Value '{}' at 'authFlow' failed to satisfy constraint: Member "
      "must satisfy enum value set: [USER_AUTH, USER_SRP_AUTH, REFRESH_TOKEN_AUTH, REFRESH_TOKEN, "
      "CUSTOM_AUTH, ADMIN_NO_SRP_AUTH, USER_PASSWORD_AUTH, ADMIN_USER_PASSWORD_AUTH]",
      flow));
}

PoolAnswer RespondToAuthChallenge(const PoolContext& context, Connection& connection,
                                  PoolRequest& request) {
  request.ClientId();
  const std::string name = request.Required({.member = "ChallengeName", .most = 64});
  const std::string session =
      request.Optional({.member = "Session", .least = 20, .most = 2048, .secret = true});
  const Parameters responses = request.Map("ChallengeResponses");
  TRY(request.Checked());
  if (name == kVerifier) return FinishSrp(context, connection, request.client(), responses);
  if (name == kNewPassword)
    return SetNewPassword(context, connection, request.client(), session, responses);
  return NotAuthorized("Invalid session for the user.");
}

}  // namespace cruddur::accounts
