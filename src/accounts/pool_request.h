// The body of a request to the built-in user pool, read member by member.
//
// What is wrong with members is collected, and Checked() says all of it in one message, as AWS
// does: "2 validation errors detected: Value at 'username' failed to satisfy constraint: Member
// must not be null; …". Views are into the body's Document.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "accounts/pool_error.h"
#include "json/reader.h"

namespace cruddur::accounts {

// What a text may be: Cognito's own limits.
struct TextRule {
  std::string_view member;  // "UserPoolId"
  size_t least = 0, most = 0;
  bool (*allows)(std::string_view text) = nullptr;  // null: anything
  std::string_view pattern = {};                    // of which `allows` is the meaning
  bool secret = false;                              // the value isn't shown
};

class PoolRequest {
 public:
  // `client`: the address that it came from.
  PoolRequest(json::Object body, std::string_view client) : body_(body), client_(client) {}

  std::string_view client() const { return client_; }

  // The member's text, whatever the rule finds; empty if it is missing.
  std::string Required(const TextRule& rule);
  std::string Optional(const TextRule& rule);
  bool Flag(std::string_view member);  // false if it is missing
  int64_t Number(std::string_view member, int64_t least, int64_t most, int64_t otherwise);
  // {"name": "text"}; [{"Name": …, "Value": …}] by name; ["text"].
  std::map<std::string, std::string> Map(std::string_view member);
  std::map<std::string, std::string> Attributes(std::string_view member);
  std::vector<std::string> Texts(std::string_view member);

  // The members that many operations have.
  std::string ClientId();  // Checked() also says whether it is ours
  std::string PoolId();    // likewise
  std::string Username();
  std::string Password(std::string_view member);
  std::string Token(std::string_view member);
  std::string Code();

  // Call it when everything is read, and before any of it is used.
  PoolStatus Checked() const;

 private:
  std::string Text(const TextRule& rule, bool required);
  void Violated(std::string_view member, std::string_view value, bool show,
                std::string_view constraint);
  void WrongType() { wrong_type_ = true; }

  json::Object body_;
  std::string_view client_;
  std::vector<std::string> violations_;
  bool wrong_type_ = false;
  std::string client_id_, pool_id_;
};

// What has the form of a username: printable ASCII, without spaces.
bool IsUsername(std::string_view text);

// What has the form of an email address: one '@', something before it, and a domain behind it; the
// characters that the users database takes.
bool IsEmail(std::string_view text);

}  // namespace cruddur::accounts
