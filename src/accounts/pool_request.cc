#include "accounts/pool_request.h"

#include <fmt/format.h>

#include <algorithm>

#include "accounts/built_in_user_pool.h"
#include "accounts/database.h"
#include "base/ascii.h"

namespace cruddur::accounts {
namespace {

bool IsAlphanumeric(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}
bool IsWord(char c) { return IsAlphanumeric(c) || c == '_'; }

template <auto kIs>
bool All(std::string_view text) {
  return std::ranges::all_of(text, kIs);
}

constexpr auto kIsWordOrPlus = [](char c) { return IsWord(c) || c == '+'; };
// Of Cognito's [\p{L}\p{M}\p{S}\p{N}\p{P}]+ what is ASCII: both databases compare those alike.
constexpr auto kIsGraphic = [](char c) { return c > ' ' && c < 0x7f; };
constexpr auto kIsNoSpace = [](char c) { return !(c == ' ' || (c >= '\t' && c <= '\r')); };
constexpr auto kIsToken = [](char c) {
  return IsAlphanumeric(c) || c == '-' || c == '_' || c == '=' || c == '.';
};

bool IsPoolId(std::string_view text) {
  const size_t mark = text.rfind('_');
  if (mark == std::string_view::npos || mark == 0 || mark + 1 == text.size()) return false;
  return std::ranges::all_of(text.substr(0, mark), [](char c) { return IsWord(c) || c == '-'; }) &&
         std::ranges::all_of(text.substr(mark + 1), IsAlphanumeric);
}

std::string MemberPath(std::string_view member) {
  std::string path(member);
  path[0] = base::LowerAscii(path[0]);
  return path;
}

}  // namespace

void PoolRequest::Violated(std::string_view member, std::string_view value, bool show,
                           std::string_view constraint) {
  violations_.push_back(fmt::format("Value {}at '{}' failed to satisfy constraint: Member must {}",
                                    show ? fmt::format("'{}' ", value) : "", MemberPath(member),
                                    constraint));
}

std::string PoolRequest::Text(const TextRule& rule, bool required) {
  const auto element = body_[rule.member];
  if (element.error() || element.is_null()) {
    if (required) Violated(rule.member, {}, false, "not be null");
    return {};
  }
  std::string_view text;
  if (element.get(text)) {
    WrongType();
    return {};
  }
  if (text.size() < rule.least) {
    Violated(rule.member, text, !rule.secret,
             fmt::format("have length greater than or equal to {}", rule.least));
  }
  if (text.size() > rule.most) {
    Violated(rule.member, text.substr(0, rule.most), !rule.secret,
             fmt::format("have length less than or equal to {}", rule.most));
  }
  // No database takes a NUL, and no pattern of Cognito's does.
  if (!IsStorableText(text)) {
    Violated(rule.member, {}, false,
             fmt::format("satisfy regular expression pattern: {}",
                         rule.pattern.empty() ? R"([\S]+)" : rule.pattern));
  } else if (rule.allows && !rule.allows(text)) {
    Violated(rule.member, text.substr(0, rule.most), !rule.secret,
             fmt::format("satisfy regular expression pattern: {}", rule.pattern));
  }
  return std::string(text);
}

std::string PoolRequest::Required(const TextRule& rule) { return Text(rule, true); }
std::string PoolRequest::Optional(const TextRule& rule) { return Text(rule, false); }

bool PoolRequest::Flag(std::string_view member) {
  const auto element = body_[member];
  if (element.error() || element.is_null()) return false;
  bool flag = false;
  if (element.get(flag)) WrongType();
  return flag;
}

int64_t PoolRequest::Number(std::string_view member, int64_t least, int64_t most,
                            int64_t otherwise) {
  const auto element = body_[member];
  if (element.error() || element.is_null()) return otherwise;
  int64_t number = 0;
  if (element.get(number)) {
    WrongType();
  } else if (number < least) {
    Violated(member, std::to_string(number), true,
             fmt::format("have value greater than or equal to {}", least));
  } else if (number > most) {
    Violated(member, std::to_string(number), true,
             fmt::format("have value less than or equal to {}", most));
  }
  return number;
}

std::map<std::string, std::string> PoolRequest::Map(std::string_view member) {
  std::map<std::string, std::string> map;
  const auto element = body_[member];
  if (element.error() || element.is_null()) return map;
  json::Object object;
  if (element.get(object)) {
    WrongType();
    return map;
  }
  for (const auto field : object) {
    std::string_view text;
    if (field.value.get(text)) WrongType();
    map.insert_or_assign(std::string(field.key), std::string(text));
  }
  return map;
}

std::map<std::string, std::string> PoolRequest::Attributes(std::string_view member) {
  std::map<std::string, std::string> attributes;
  const auto element = body_[member];
  if (element.error() || element.is_null()) return attributes;
  json::Array array;
  if (element.get(array)) {
    WrongType();
    return attributes;
  }
  for (const json::Element entry : array) {
    std::string_view name, value;
    const auto given = entry["Value"];
    if (entry["Name"].get(name) || (!given.error() && given.get(value))) {
      WrongType();
    } else {
      attributes.insert_or_assign(std::string(name), std::string(value));
    }
  }
  return attributes;
}

std::vector<std::string> PoolRequest::Texts(std::string_view member) {
  std::vector<std::string> texts;
  const auto element = body_[member];
  if (element.error() || element.is_null()) return texts;
  json::Array array;
  if (element.get(array)) {
    WrongType();
    return texts;
  }
  for (const json::Element entry : array) {
    std::string_view text;
    if (entry.get(text)) WrongType();
    texts.emplace_back(text);
  }
  return texts;
}

std::string PoolRequest::ClientId() {
  client_id_ = Required({.member = "ClientId",
                         .least = 1,
                         .most = 128,
                         .allows = All<kIsWordOrPlus>,
                         .pattern = R"([\w+]+)"});
  return client_id_;
}

std::string PoolRequest::PoolId() {
  pool_id_ = Required({.member = "UserPoolId",
                       .least = 1,
                       .most = 55,
                       .allows = IsPoolId,
                       .pattern = R"([\w-]+_[0-9a-zA-Z]+)"});
  return pool_id_;
}

std::string PoolRequest::Username() {
  return Required({.member = "Username",
                   .least = 1,
                   .most = 128,
                   .allows = IsUsername,
                   .pattern = R"([\p{L}\p{M}\p{S}\p{N}\p{P}]+)"});
}

std::string PoolRequest::Password(std::string_view member) {
  return Required({.member = member,
                   .least = 6,
                   .most = 256,
                   .allows = All<kIsNoSpace>,
                   .pattern = R"([\S]+)",
                   .secret = true});
}

std::string PoolRequest::Token(std::string_view member) {
  return Required({.member = member,
                   .most = 16'384,
                   .allows = All<kIsToken>,
                   .pattern = R"([A-Za-z0-9-_=.]+)",
                   .secret = true});
}

std::string PoolRequest::Code() {
  return Required({.member = "ConfirmationCode",
                   .least = 1,
                   .most = 2048,
                   .allows = All<kIsNoSpace>,
                   .pattern = R"([\S]+)",
                   .secret = true});
}

PoolStatus PoolRequest::Checked() const {
  if (wrong_type_) {
    return RefusePool("SerializationException", "A member of the request has the wrong type");
  }
  if (!violations_.empty()) {
    std::string message = fmt::format("{} validation error{} detected: ", violations_.size(),
                                      violations_.size() == 1 ? "" : "s");
    for (size_t i = 0; i < violations_.size(); ++i) {
      if (i > 0) message += "; ";
      message += violations_[i];
    }
    return InvalidParameter(std::move(message));
  }
  if (!client_id_.empty() && client_id_ != kBuiltInClientId) {
    return RefusePool("ResourceNotFoundException",
                      fmt::format("User pool client {} does not exist.", client_id_));
  }
  if (!pool_id_.empty() && pool_id_ != kBuiltInPoolId) {
    return RefusePool("ResourceNotFoundException",
                      fmt::format("User pool {} does not exist.", pool_id_));
  }
  return {};
}

bool IsUsername(std::string_view text) { return All<kIsGraphic>(text); }

bool IsEmail(std::string_view text) {
  const size_t at = text.find('@');
  if (text.size() < 3 || text.size() > 254 || at == 0 || at == std::string_view::npos ||
      at + 1 == text.size() || text.find('@', at + 1) != std::string_view::npos) {
    return false;
  }
  const std::string_view allowed = "!#$%&'*+-/=?^_`{|}~.@[]:";
  const std::string_view domain = text.substr(at + 1);
  return domain.front() != '.' && domain.back() != '.' && std::ranges::all_of(text, [&](char c) {
           return IsAlphanumeric(c) || allowed.find(c) != std::string_view::npos;
         });
}

}  // namespace cruddur::accounts
