#include "accounts/pool_filter.h"

#include <algorithm>

#include "base/ascii.h"

namespace cruddur::accounts {
namespace {

constexpr std::string_view kAttributes[] = {
    "username", "sub", "email", "name", "preferred_username", "cognito:user_status", "status"};

void SkipSpaces(std::string_view& text) {
  text.remove_prefix(std::min(text.find_first_not_of(' '), text.size()));
}

std::string ValueOf(const PoolUser& user, std::string_view attribute) {
  if (attribute == "username") return user.username;
  if (attribute == "cognito:user_status") return user.status;
  if (attribute == "status") return user.enabled ? "Enabled" : "Disabled";
  for (const auto& [name, value] : AttributesOf(user)) {
    if (name == attribute) return value;
  }
  return {};
}

}  // namespace

PoolResult<UserFilter> UserFilter::Parse(std::string_view text) {
  UserFilter filter;
  SkipSpaces(text);
  if (text.empty()) return filter;
  const auto refuse = [] { return InvalidParameter("Error while parsing filter."); };

  const size_t end = std::min(text.find_first_of(" ^="), text.size());
  filter.attribute_ = text.substr(0, end);
  if (std::ranges::find(kAttributes, filter.attribute_) == std::end(kAttributes)) return refuse();
  text.remove_prefix(end);
  SkipSpaces(text);
  filter.prefix_ = text.starts_with('^');
  if (filter.prefix_) text.remove_prefix(1);
  if (!text.starts_with('=')) return refuse();
  text.remove_prefix(1);
  SkipSpaces(text);

  if (!text.starts_with('"')) return refuse();
  size_t at = 1;
  for (; at < text.size() && text[at] != '"'; ++at) {
    if (text[at] == '\\' && at + 1 < text.size()) ++at;
    filter.value_ += text[at];
  }
  if (at >= text.size()) return refuse();
  text.remove_prefix(at + 1);
  SkipSpaces(text);
  if (!text.empty()) return refuse();
  filter.value_ = base::LowerAscii(filter.value_);
  return filter;
}

bool UserFilter::Matches(const PoolUser& user) const {
  if (attribute_.empty()) return true;
  const std::string value = base::LowerAscii(ValueOf(user, attribute_));
  return prefix_ ? value.starts_with(value_) : value == value_;
}

}  // namespace cruddur::accounts
