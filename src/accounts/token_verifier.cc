#include "accounts/token_verifier.h"

#include <algorithm>

#include "accounts/built_in_user_pool.h"
#include "net/http.h"

namespace cruddur::accounts {
namespace {

// Tokens of Cognito have about a kilobyte. Longer ones pass, but aren't remembered: the memory that
// they could take is the product of this and the capacity.
constexpr size_t kMaxRememberedBytes = 2 * 1024;

std::unexpected<base::Error> Refuse(std::string_view reason) {
  return base::Fail(base::ErrorCode::kUnauthenticated, std::string(reason));
}

// The last characters of a token are of its signature: as good as random, so they make a hash for
// the whole. Only tokens that were verified get in, so nobody can aim at collisions.
HashedKey KeyOf(std::string_view token) {
  constexpr size_t kTail = 32;
  const auto tail = token.substr(token.size() - std::min(token.size(), kTail));
  return HashedKey(token, std::hash<std::string_view>()(tail));
}

// The token behind "Bearer "; empty if the header has another form.
std::string_view TokenOf(std::string_view authorization) {
  constexpr std::string_view kScheme = "Bearer ";
  if (!net::EqualsIgnoreCase(authorization.substr(0, kScheme.size()), kScheme)) return {};
  return authorization.substr(kScheme.size());
}

}  // namespace

auth::JwtExpectation BuiltInExpectation() {
  return {std::string(kBuiltInIssuer), std::string(kBuiltInClientId)};
}

TokenVerifier::TokenVerifier(KeySource& keys, auth::JwtExpectation expected,
                             const base::Clock& clock, size_t capacity,
                             const Revocations* revocations)
    : keys_(keys),
      expected_(std::move(expected)),
      clock_(clock),
      revocations_(revocations),
      remembered_(capacity) {}

base::Result<Identity> TokenVerifier::Verify(std::string_view authorization) {
  if (authorization.empty()) return Refuse("no Authorization header");
  const std::string_view token = TokenOf(authorization);
  if (token.empty()) return Refuse("not of the form 'Bearer <token>'");
  return VerifyToken(token);
}

base::Result<Identity> TokenVerifier::VerifyToken(std::string_view token) {
  if (token.size() > auth::kMaxTokenBytes) return Refuse(Describe(auth::JwtFault::kTooLarge));

  const base::Micros now = clock_.Now();
  const HashedKey key = KeyOf(token);
  // Read before the keys: a change in between makes what is remembered look old, not new.
  const uint64_t generation = keys_.Generation();
  Remembered known;
  const bool found = remembered_.Visit(key, [&](const Remembered& entry) { known = entry; });
  if (found && known.generation == generation) {
    // As VerifyJwt counts: a remembered token lives neither longer nor shorter.
    const auto seconds = std::chrono::floor<std::chrono::seconds>(now) - auth::kClockLeeway;
    const bool alive = seconds.count() < known.identity.expires_at;
    if (alive && IsStillSignedIn(key, known)) return std::move(known.identity);
    remembered_.Erase(key);
    return Refuse(alive ? kRevoked : Describe(auth::JwtFault::kExpired));
  }

  auto claims = auth::VerifyJwt(token, *keys_.Keys(), expected_, now);
  if (!claims && claims.error() == auth::JwtFault::kUnknownKid && keys_.Refresh()) {
    claims = auth::VerifyJwt(token, *keys_.Keys(), expected_, now);
  }
  if (!claims) {
    if (found) remembered_.Erase(key);
    return Refuse(Describe(claims.error()));
  }
  const SignInKey sign_in = SignInKeyOf(claims->origin_jti);
  const uint64_t revocations_seen = revocations_ ? revocations_->Generation() : 0;
  if (revocations_ && revocations_->IsRevoked(sign_in)) return Refuse(kRevoked);
  Identity identity{std::move(claims->sub), std::move(claims->username), claims->exp};
  if (token.size() <= kMaxRememberedBytes) {
    remembered_.Put(key, {identity, sign_in, generation, revocations_seen});
  }
  return identity;
}

bool TokenVerifier::IsForWantOfKeys(const base::Error& refusal) {
  return refusal.message == Describe(auth::JwtFault::kUnknownKid);
}

base::Task<base::Result<Identity>> TokenVerifier::FetchAndVerify(std::string_view authorization) {
  const base::Status fetched = co_await keys_.Fetch();
  // Whatever it says: another request may have fetched them in between.
  auto identity = Verify(authorization);
  if (!identity && IsForWantOfKeys(identity.error()) && !fetched) {
    co_return std::unexpected(fetched.error());
  }
  co_return identity;
}

bool TokenVerifier::IsStillSignedIn(const HashedKey& key, const Remembered& known) {
  if (!revocations_) return true;
  // Read before the question: a revocation in between is asked about the next time.
  const uint64_t generation = revocations_->Generation();
  if (known.revocations_seen == generation) return true;
  if (revocations_->IsRevoked(known.sign_in)) return false;
  remembered_.Visit(key, [&](Remembered& entry) { entry.revocations_seen = generation; });
  return true;
}

void TokenVerifier::Forget(std::string_view token) { remembered_.Erase(KeyOf(token)); }

}  // namespace cruddur::accounts
