#include "accounts/pool_refresh_token.h"

#include <fmt/format.h>

#include <charconv>

#include "auth/digest.h"
#include "auth/encoding.h"
#include "base/random.h"

namespace cruddur::accounts {
namespace {

constexpr size_t kIdBytes = 36;

}  // namespace

std::string SignRefreshToken(std::string_view secret, const RefreshToken& token) {
  const auto signature =
      auth::HmacSha256(secret, fmt::format("refresh\n{}\n{}", token.session, token.generation));
  return fmt::format("{}.{}-{}", token.session, token.generation,
                     auth::Base64UrlEncode(auth::AsBytes(signature)));
}

std::optional<RefreshToken> ReadRefreshToken(std::string_view secret, std::string_view text) {
  if (text.size() <= kIdBytes || text[kIdBytes] != '.') return std::nullopt;
  RefreshToken token{.session = std::string(text.substr(0, kIdBytes))};
  const std::string_view number = text.substr(kIdBytes + 1);
  const auto [end, error] =
      std::from_chars(number.data(), number.data() + number.size(), token.generation);
  if (error != std::errc() || !base::IsUuid(token.session)) return std::nullopt;
  // The whole text, so that there is one way only to write a token.
  if (!auth::ConstantTimeEqual(text, SignRefreshToken(secret, token))) return std::nullopt;
  return token;
}

}  // namespace cruddur::accounts
