#include "accounts/pool_password.h"

#include <algorithm>

#include "accounts/built_in_user_pool.h"
#include "auth/password_hash.h"
#include "base/random.h"

namespace cruddur::accounts {
namespace {

constexpr size_t kMinPasswordBytes = 8;
constexpr std::string_view kLower = "abcdefghijkmnopqrstuvwxyz",
                           kUpper = "ABCDEFGHJKLMNPQRSTUVWXYZ", kDigits = "23456789",
                           kSymbols = "-_.!+";
// As the developer guide lists them; a space within counts too, but none of ours may hold one.
constexpr std::string_view kAllSymbols = "^$*.[]{}()?-\"!@#%&/\\,><':;|_~`=+";

char OneOf(std::string_view characters) {
  return characters[base::RandomUint64() % characters.size()];
}

}  // namespace

PoolStatus CheckPassword(std::string_view password) {
  const auto refuse = [](std::string_view what) {
    return RefusePool("InvalidPasswordException",
                      "Password did not conform with policy: " + std::string(what));
  };
  const auto has = [&](auto is) { return std::ranges::any_of(password, is); };
  if (password.size() < kMinPasswordBytes) return refuse("Password not long enough");
  if (!has([](char c) { return c >= 'a' && c <= 'z'; })) {
    return refuse("Password must have lowercase characters");
  }
  if (!has([](char c) { return c >= 'A' && c <= 'Z'; })) {
    return refuse("Password must have uppercase characters");
  }
  if (!has([](char c) { return c >= '0' && c <= '9'; })) {
    return refuse("Password must have numeric characters");
  }
  if (!has([](char c) { return kAllSymbols.find(c) != std::string_view::npos; })) {
    return refuse("Password must have symbol characters");
  }
  return {};
}

std::string NewPassword() {
  const std::string letters = std::string(kLower) + std::string(kUpper) + std::string(kDigits);
  std::string password = {OneOf(kUpper), OneOf(kLower)};
  for (int i = 0; i < 14; ++i) password += OneOf(letters);
  return password + OneOf(kSymbols) + OneOf(kDigits);
}

StoredPassword StorePassword(std::string_view sub, std::string_view password) {
  return {auth::HashPassword(password), auth::MakeSrpVerifier(SrpPoolName(), sub, password)};
}

std::string_view SrpPoolName() { return kBuiltInPoolId.substr(kBuiltInPoolId.find('_') + 1); }

}  // namespace cruddur::accounts
