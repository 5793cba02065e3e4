// Of the tests: the built-in user pool's operations on a database, without a network.
#pragma once

#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "accounts/database_fixture.h"
#include "accounts/pool_operations.h"

namespace cruddur::accounts {

// Keeps what it is given.
class KeptMail final : public Outbox {
 public:
  base::Status Deliver(const Mail& mail) override {
    mails.push_back(mail);
    return {};
  }
  std::vector<Mail> mails;
};

class PoolTest : public OnBothDatabases {
 protected:
  void SetUp() override {
    OnBothDatabases::SetUp();
    if (IsSkipped()) return;
    Prepare(false);
    connection_ = Connect();
    access_keys_ = *Must(BuiltInKeys::Open(Keys(), clock_));
    id_keys_ = *Must(BuiltInKeys::Open(Keys(), clock_, kIdKeys));
    verifier_ = std::make_unique<TokenVerifier>(*access_keys_, BuiltInExpectation(), clock_, 100,
                                                &revocations_);
    context_ = std::make_unique<PoolContext>(PoolContext{.access_keys = *access_keys_,
                                                         .id_keys = *id_keys_,
                                                         .verifier = *verifier_,
                                                         .revocations = revocations_,
                                                         .outbox = outbox_,
                                                         .clock = clock_,
                                                         .secret = "the tests' secret"});
  }

  PoolAnswer Answer(std::string_view operation, const std::string& body) {
    json::Document document;
    const auto root = document.Parse(body);
    json::Object object;
    if (!root || root->get(object)) throw std::runtime_error(body);
    PoolRequest request(object, client_);
    return FindPoolOperation(operation)->run(*context_, *connection_, request);
  }
  // The answer; the test fails where there is none.
  std::string Call(std::string_view operation, const std::string& body) {
    const auto answer = Answer(operation, body);
    EXPECT_TRUE(answer) << operation << ": " << answer.error().type << ": "
                        << answer.error().message << " " << answer.error().cause.message;
    return answer.value_or("");
  }
  // "NotAuthorizedException: Incorrect username or password."; "" for an answer.
  std::string Refusal(std::string_view operation, const std::string& body) {
    const auto answer = Answer(operation, body);
    return answer ? "" : answer.error().type + ": " + answer.error().message;
  }

  // Bodies. All of them are of the client of the pool.
  static std::string Of(const std::string& members) {
    return R"({"ClientId":"cruddurlocalclient",)" + members + "}";
  }
  static std::string Named(const std::string& name, const std::string& more = "") {
    return Of(R"("Username":")" + name + "\"" + more);
  }
  static std::string SigningUp(const std::string& name, const std::string& email,
                               const std::string& password = "Correct-Horse7") {
    return Named(name, R"(,"Password":")" + password +
                           R"(","UserAttributes":[{"Name":"email","Value":")" + email + "\"}]");
  }
  static std::string Confirming(const std::string& name, const std::string& code) {
    return Named(name, R"(,"ConfirmationCode":")" + code + "\"");
  }
  static std::string SigningIn(const std::string& name,
                               const std::string& password = "Correct-Horse7") {
    return Of(R"("AuthFlow":"USER_PASSWORD_AUTH","AuthParameters":{"USERNAME":")" + name +
              R"(","PASSWORD":")" + password + "\"}");
  }
  static std::string Refreshing(const std::string& token) {
    return Of(R"("AuthFlow":"REFRESH_TOKEN_AUTH","AuthParameters":{"REFRESH_TOKEN":")" + token +
              "\"}");
  }
  static std::string Rotating(const std::string& token) {
    return Of(R"("RefreshToken":")" + token + "\"");
  }
  static std::string WithToken(const std::string& access_token, const std::string& more = "") {
    return R"({"AccessToken":")" + access_token + "\"" + more + "}";
  }
  static std::string InPool(const std::string& members) {
    return R"({"UserPoolId":"local_cruddur")" + members + "}";
  }

  // The string under `"name":"` in a JSON text without escapes.
  static std::string Member(const std::string& json, const std::string& name) {
    const std::string before = "\"" + name + "\":\"";
    const size_t begin = json.find(before);
    if (begin == std::string::npos) return "";
    const size_t from = begin + before.size();
    return json.substr(from, json.find('"', from) - from);
  }

  // One folder for all tests of a process: keys take long to make.
  static const std::string& Keys() {
    static const struct Folder {
      Folder() {
        std::string name =
            (std::filesystem::temp_directory_path() / "cruddur-keys-XXXXXX").string();
        path = mkdtemp(name.data());
      }
      ~Folder() { std::filesystem::remove_all(path); }
      std::string path;
    } folder;
    return folder.path;
  }

  std::string LastCode() const { return outbox_.mails.back().secret; }
  // A code that isn't the last one.
  std::string WrongCode() const { return LastCode() == "000000" ? "000001" : "000000"; }

  // A confirmed user.
  void SignUpAndConfirm(const std::string& name, const std::string& email) {
    Call("SignUp", SigningUp(name, email));
    Call("ConfirmSignUp", Confirming(name, LastCode()));
  }

  std::string client_ = "192.0.2.1";  // the address that requests come from
  base::ManualClock clock_{kTestTime};
  KeptMail outbox_;
  Revocations revocations_{clock_};
  std::unique_ptr<Connection> connection_;
  std::unique_ptr<BuiltInKeys> access_keys_, id_keys_;
  std::unique_ptr<TokenVerifier> verifier_;
  std::unique_ptr<PoolContext> context_;
};

}  // namespace cruddur::accounts
