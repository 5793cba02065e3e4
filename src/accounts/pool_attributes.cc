#include "accounts/pool_attributes.h"

#include "accounts/pool_request.h"
#include "accounts/users.h"
#include "base/ascii.h"
#include "base/random.h"
#include "base/utf8.h"

namespace cruddur::accounts {
namespace {

constexpr size_t kMaxNameCharacters = 100;

std::unexpected<PoolError> OffSchema(std::string_view attribute, std::string_view why) {
  return InvalidParameter("Attributes did not conform to the schema: " + std::string(attribute) +
                          ": " + std::string(why) + "\n");
}

bool IsName(std::string_view text) {
  size_t characters = 0;
  while (!text.empty()) {
    const size_t length = base::Utf8Length(text);
    if (length == 0 || static_cast<unsigned char>(text.front()) < ' ') return false;
    text.remove_prefix(length);
    ++characters;
  }
  return characters >= 1 && characters <= kMaxNameCharacters;
}

}  // namespace

PoolResult<PoolUser> UserOf(std::string_view username,
                            const std::map<std::string, std::string>& attributes,
                            bool by_administrator) {
  PoolUser user{.sub = base::NewUuid(), .username = std::string(username)};
  for (const auto& [name, value] : attributes) {
    if (name == "email") {
      user.email = value;
    } else if (name == "name") {
      user.name = value;
    } else if (name == "preferred_username") {
      user.preferred_username = value;
    } else if (name == "email_verified" && by_administrator) {
      user.email_verified = base::LowerAscii(value) == "true";
    } else if (name == "email_verified" || name == "sub") {
      return NotAuthorized("A client attempted to write unauthorized attribute");
    } else {
      return OffSchema(name, "Attribute does not exist in the schema.");
    }
  }
  if (IsEmail(username)) {
    if (user.email.empty()) user.email = user.username;
    if (base::LowerAscii(user.email) != base::LowerAscii(user.username)) {
      return InvalidParameter("The username and the email attribute must be the same address");
    }
    user.username = user.sub;
  } else if (user.preferred_username.empty() && IsHandle(username)) {
    user.preferred_username = user.username;
  }
  if (user.email.empty()) return OffSchema("email", "The attribute is required");
  if (!IsEmail(user.email)) return InvalidParameter("Invalid email address format.");
  if (user.preferred_username.empty()) {
    return OffSchema("preferred_username", "The attribute is required");
  }
  if (!IsHandle(user.preferred_username)) {
    return OffSchema("preferred_username",
                     "Up to 64 letters, digits, '_', '.' and '-' are allowed");
  }
  if (user.name.empty()) user.name = user.preferred_username;
  if (!IsName(user.name)) return OffSchema("name", "1 to 100 characters are allowed");
  return user;
}

}  // namespace cruddur::accounts
