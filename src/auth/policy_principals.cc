#include "auth/policy_principals.h"

#include <fmt/format.h>

#include <algorithm>

namespace cruddur::auth {
namespace {

constexpr std::string_view kArnPrefix = "arn:aws:iam::";
constexpr std::string_view kWholeAccount = ":root";

std::unexpected<base::Error> Refuse(std::string message) {
  return base::Fail(base::ErrorCode::kInvalidArgument, std::move(message));
}

bool IsAccount(std::string_view text) {
  return text.size() == 12 &&
         std::ranges::all_of(text, [](char c) { return c >= '0' && c <= '9'; });
}

// Of "arn:aws:iam::123456789012:user/name"; empty for what isn't of that form.
std::string_view AccountOf(std::string_view arn) {
  if (!arn.starts_with(kArnPrefix)) return {};
  arn.remove_prefix(kArnPrefix.size());
  return arn.substr(0, arn.find(':'));
}

}  // namespace

base::Result<PolicyPrincipals> PolicyPrincipals::Parse(json::Object statement) {
  const auto plain = statement["Principal"];
  const auto other = statement["NotPrincipal"];
  if (static_cast<bool>(plain.error()) == static_cast<bool>(other.error())) {
    return Refuse("a statement needs either Principal or NotPrincipal");
  }
  PolicyPrincipals out;
  out.negated_ = static_cast<bool>(plain.error());
  const json::Element element = out.negated_ ? other.value_unsafe() : plain.value_unsafe();
  const auto add = [&](json::Element each) -> base::Status {
    std::string_view text;
    if (each.get(text)) return Refuse("a principal must be a string");
    if (text == "*") {
      out.everybody_ = true;
    } else if (IsAccount(text)) {
      out.accounts_.emplace_back(text);
    } else if (text.starts_with(kArnPrefix) && text.ends_with(kWholeAccount)) {
      out.accounts_.emplace_back(AccountOf(text));
    } else {
      out.callers_.emplace_back(text);
    }
    return {};
  };
  std::string_view text;
  if (!element.get(text)) {
    if (text != "*") return Refuse(fmt::format("'{}' is no principal", text));
    out.everybody_ = true;
    return out;
  }
  json::Object kinds;
  if (element.get(kinds)) return Refuse("Principal must be '*' or an object");
  // Services and whoever signed in elsewhere (the other kinds) never sign requests here.
  const auto callers = kinds["AWS"];
  if (callers.error()) return out;
  json::Array list;
  if (callers.get(list)) {
    TRY(add(callers.value_unsafe()));
  } else {
    for (const json::Element each : list) TRY(add(each));
  }
  return out;
}

bool PolicyPrincipals::Concern(std::string_view caller_arn, bool allow) const {
  const auto names = [](const std::vector<std::string>& list, std::string_view name) {
    return std::ranges::find(list, name) != list.end();
  };
  const bool by_account = names(accounts_, AccountOf(caller_arn));
  const bool named = everybody_ || names(callers_, caller_arn);
  if (negated_) return !named && !by_account;
  return named || (by_account && !allow);
}

}  // namespace cruddur::auth
