// The refresh tokens of a sign-in: "<sign-in's id>.<generation>-<signature>".
//
// Each use that rotates gives the token of the next generation. They are signed with the pool's
// secret (docs/formats.md), so nothing of them is stored, the same use always gives the same next
// token, and each that was replaced, however long ago, is known for one. Pure functions.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace cruddur::accounts {

struct RefreshToken {
  std::string session;
  int64_t generation = 0;

  bool operator==(const RefreshToken&) const = default;
};

std::string SignRefreshToken(std::string_view secret, const RefreshToken& token);

// nullopt for what isn't ours. Compares in constant time.
std::optional<RefreshToken> ReadRefreshToken(std::string_view secret, std::string_view text);

}  // namespace cruddur::accounts
