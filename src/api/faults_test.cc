// The faults of the first system (spec section 12) that show at the API, and hostile requests.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "api/api_fixture.h"
#include "json/reader.h"

namespace cruddur::api {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

class Fault06 : public ApiFixture {};
class Fault07 : public ApiFixture {};
class Fault09 : public ApiFixture {};
class Fault10 : public ApiFixture {};
class Fault11 : public ApiFixture {};
class Fault12 : public ApiFixture {};

bool IsJsonAnswer(const net::ClientResponse& answer) {
  json::Document document;
  return answer.Header("content-type") == "application/json" && document.Parse(answer.body);
}

TEST_F(Fault06, PostAnswersTheMessagesUuid) {
  const std::string uuid = StartedBy("andrewbrown", "bayko");
  const auto sent = Post("bayko", R"({"message":"hi","message_group_uuid":")" + uuid + "\"}");
  const std::string message = Member(sent.body, "uuid");
  EXPECT_NE(message, "00000000-0000-4000-8000-00000000000b");
  EXPECT_THAT(Get("bayko", "/api/messages/" + uuid).body,
              HasSubstr("\"uuid\":\"" + message + "\""));
}

TEST_F(Fault07, StrangersGet404LikeForWhatDoesNotExist) {
  const std::string uuid = StartedBy("andrewbrown", "bayko");
  ASSERT_EQ(Get("bayko", "/api/messages/" + uuid).status, 200);  // the page is cached now
  const std::string nowhere = "99999999-0000-4000-8000-000000000009";
  const auto strangers = Get("londo", "/api/messages/" + uuid);
  const auto nobodys = Get("londo", "/api/messages/" + nowhere);
  EXPECT_EQ(strangers.status, 404);
  EXPECT_EQ(strangers.body, nobodys.body);
  for (const std::string& target : {uuid, nowhere}) {
    const auto post = Post("londo", R"({"message":"hi","message_group_uuid":")" + target + "\"}");
    EXPECT_EQ(post.status, 404);
    EXPECT_EQ(post.body, nobodys.body);
  }
  EXPECT_THAT(Get("bayko", "/api/messages/" + uuid).body, Not(HasSubstr("hi")));
}

struct Body {
  std::string body;
  int status;
  std::string answer;  // whole for 422, the error code otherwise
};

TEST_F(Fault09, EveryWrongBodyHasItsAnswer) {
  const std::string uuid = StartedBy("andrewbrown", "bayko");
  const std::string long_text(1025, 'x');
  std::string wide;  // 1,024 characters of four bytes
  for (int i = 0; i < 1024; ++i) wide += "\xf0\x9f\x98\x80";
  const Body cases[] = {
      {"", 400, "bad_request"},
      {"{", 400, "bad_request"},
      {"null", 400, "bad_request"},
      {"[]", 400, "bad_request"},
      {"\"text\"", 400, "bad_request"},
      {"message=hello&handle=bayko", 400, "bad_request"},
      {R"({"message":"a","handle":"bayko"} x)", 400, "bad_request"},
      {"{\"message\":\"\xff\xfe\",\"handle\":\"bayko\"}", 400, "bad_request"},
      {R"({"message":"\ud800","handle":"bayko"})", 400, "bad_request"},
      {std::string(100'000, '['), 400, "bad_request"},
      {R"({"message":)" + std::string(100'000, '[') + "}", 400, "bad_request"},
      {R"({"message":5,"handle":"bayko"})", 400, "bad_request"},
      {R"({"message":["a"],"handle":"bayko"})", 400, "bad_request"},
      {R"({"message":{"S":"a"},"handle":"bayko"})", 400, "bad_request"},
      {R"({"message":true,"handle":"bayko"})", 400, "bad_request"},
      {R"({"message":"a","handle":1})", 400, "bad_request"},
      {R"({"message":"a","message_group_uuid":{}})", 400, "bad_request"},
      {"{}", 422, R"(["message_blank","user_receiver_handle_blank"])"},
      {R"({"message":null,"handle":null})", 422,
       R"(["message_blank","user_receiver_handle_blank"])"},
      {R"({"message":"a"})", 422, R"(["user_receiver_handle_blank"])"},
      {R"({"message":"a","handle":" "})", 422, R"(["user_receiver_handle_blank"])"},
      {R"({"message":"","message_group_uuid":""})", 422,
       R"(["message_blank","message_group_uuid_blank"])"},
      {R"({"message":" \n\u2003\u3000","handle":"bayko"})", 422, R"(["message_blank"])"},
      {R"({"message":")" + long_text + R"(","handle":"bayko"})", 422,
       R"(["message_exceed_max_chars"])"},
      {R"({"message":")" + long_text + R"(","message_group_uuid":""})", 422,
       R"(["message_exceed_max_chars","message_group_uuid_blank"])"},
      {R"({"message":")" + std::string(1025, ' ') + R"("})", 422,
       R"(["message_blank","message_exceed_max_chars","user_receiver_handle_blank"])"},
      {R"({"message":"a","handle":"andrewbrown"})", 422, R"(["user_receiver_is_sender"])"},
      {R"({"message":"a","handle":"nobody"})", 404, "not_found"},
      {R"({"message":"a","handle":"\u0000"})", 404, "not_found"},
      {R"({"message":"a","message_group_uuid":"nowhere"})", 404, "not_found"},
      {R"({"message":"a","message_group_uuid":")" + std::string(3'000, 'u') + "\"}", 404,
       "not_found"},
      {R"({"message":")" + wide + R"(","message_group_uuid":")" + uuid + "\"}", 200, ""},
      {R"({"message":"\u0000\u0001","message_group_uuid":")" + uuid + R"(","unknown":[1]})", 200,
       ""},
      {R"({"message":"a","message_group_uuid":null,"handle":"bayko"})", 200, ""},
  };
  for (const Body& c : cases) {
    const auto answer = Post("andrewbrown", c.body);
    EXPECT_EQ(answer.status, c.status) << c.body.substr(0, 80) << "\n"
                                       << answer.body.substr(0, 300);
    EXPECT_TRUE(IsJsonAnswer(answer)) << answer.body.substr(0, 300);
    if (c.status == 422) EXPECT_EQ(answer.body, c.answer);
    if (c.status == 400 || c.status == 404) EXPECT_EQ(Member(answer.body, "error"), c.answer);
  }
}

TEST_F(Fault09, EveryWrongRequestHasAJsonAnswer) {
  const auto other_type = Post("bayko", "{}", "text/plain");
  EXPECT_EQ(other_type.status, 415);
  EXPECT_TRUE(IsJsonAnswer(other_type));
  EXPECT_EQ(Post("bayko", "{}", "").status, 415);
  EXPECT_EQ(Post("bayko", "{}", "Application/JSON; charset=utf-8").status, 422);

  for (const auto& [method, target, allow] :
       {std::tuple("DELETE", "/api/messages", "POST"), std::tuple("GET", "/api/messages", "POST"),
        std::tuple("POST", "/api/message_groups", "GET, HEAD"),
        std::tuple("PUT", "/api/messages/x", "GET, HEAD"),
        std::tuple("OPTIONS", "/health", "GET, HEAD")}) {
    const auto answer = Send({.method = method, .target = target});
    EXPECT_EQ(answer.status, 405) << method << target;
    EXPECT_EQ(answer.Header("allow"), allow) << method << target;
    EXPECT_TRUE(IsJsonAnswer(answer));
  }
  for (const char* target :
       {"/", "/api", "/api/messages/", "/api/users/bayko/short", "/x%2", "/%00"}) {
    const auto answer = Send({.target = target});
    EXPECT_THAT(answer.status, ::testing::AnyOf(400, 404)) << target;
    EXPECT_TRUE(IsJsonAnswer(answer)) << target;
  }
  const auto large = Post("bayko", std::string(1024 * 1024 + 1, ' '));
  EXPECT_EQ(large.status, 413);
  EXPECT_TRUE(IsJsonAnswer(large));
  EXPECT_NE(large.Header("x-request-id"), "");
}

TEST_F(Fault09, ATokenOfSomebodyWithoutARowIs401) {
  for (const auto& answer :
       {Get("stranger", "/api/message_groups"), Get("stranger", "/api/messages/x"),
        Post("stranger", R"({"message":"a","handle":"bayko"})")}) {
    EXPECT_EQ(answer.status, 401);
    EXPECT_TRUE(IsJsonAnswer(answer));
  }
}

TEST_F(Fault10, OnlyAValidAccessTokenOpens) {
  const std::string token = Token("bayko");
  std::string forged = token;
  forged[forged.size() - 10] = forged[forged.size() - 10] == 'A' ? 'B' : 'A';
  using Headers = std::vector<std::pair<std::string, std::string>>;
  const Headers cases[] = {
      {},
      {{"Authorization", ""}},
      {{"Authorization", "Bearer"}},
      {{"Authorization", "Bearer "}},
      {{"Authorization", token}},
      {{"Authorization", "Basic " + token}},
      {{"Authorization", "Token " + token}},
      {{"Authorization", "Bearer " + forged}},
      {{"Authorization", "Bearer " + token + " x"}},
      {{"Authorization", "Bearer a.b.c"}},
      {{"Authorization", "Bearer eyJhbGciOiJub25lIn0.e30."}},
      {{"Authorization", "Bearer " + std::string(9'000, 'a')}},
      {{"Authorization", "Bearer \xff\xfe"}},
      {{"Authorization", "Bearer " + token}, {"Authorization", "Bearer " + token}},
  };
  for (const Headers& headers : cases) {
    const auto answer = Send({.target = "/api/message_groups", .headers = headers});
    EXPECT_EQ(answer.status, 401) << (headers.empty() ? "" : headers[0].second.substr(0, 60));
    EXPECT_EQ(Member(answer.body, "error"), "unauthorized");
    EXPECT_EQ(answer.Header("www-authenticate"), "Bearer");
  }
  EXPECT_EQ(Get("bayko", "/api/message_groups").status, 200);
}

TEST_F(Fault11, NeitherTextsNorTokensNorQueriesAreLogged) {
  base::ConfigureLog(base::LogLevel::kInfo, base::LogFormat::kText);
  const std::string uuid = StartedBy("andrewbrown", "bayko");
  ASSERT_EQ(Post("bayko", R"({"message":"my secret","message_group_uuid":")" + uuid + "\"}").status,
            200);
  Get("bayko", "/api/messages/" + uuid + "?before=deadbeef");
  const std::string token = Token("bayko");
  std::string lines;
  for (int tries = 0; tries < 200 && lines.find("status=400") == std::string::npos; ++tries) {
    std::this_thread::sleep_for(std::chrono::milliseconds(10));
    lines = AccessLines();
  }
  EXPECT_THAT(lines, HasSubstr("route=\"POST /api/messages\" status=200"));
  EXPECT_THAT(lines, HasSubstr("request_id="));
  for (const std::string& secret : {std::string("my secret"), std::string("deadbeef"),
                                    std::string("Bearer"), token.substr(0, 40)}) {
    EXPECT_THAT(lines, Not(HasSubstr(secret)));
  }
  // No other origin is let in.
  const auto answer =
      Send({.target = "/health", .headers = {{"Origin", "https://somewhere.example"}}});
  EXPECT_EQ(answer.Header("access-control-allow-origin"), "");
}

TEST_F(Fault12, WhatIsAwayIsA503AtOnce) {
  const std::string uuid = StartedBy("andrewbrown", "bayko");
  cut_off = true;
  for (const auto& answer :
       {Get("bayko", "/api/messages/" + uuid + "?limit=5"), Get("bayko", "/api/message_groups"),
        Post("bayko", R"({"message":"a","message_group_uuid":")" + uuid + "\"}"),
        Post("bayko", R"({"message":"a","handle":"londo"})")}) {
    EXPECT_EQ(answer.status, 503) << answer.body;
    EXPECT_EQ(answer.Header("retry-after"), "1");
    EXPECT_EQ(Member(answer.body, "error"), "unavailable");
    EXPECT_THAT(answer.body, Not(HasSubstr("cut off")));  // what went wrong is for the log
  }
  cut_off = false;
  EXPECT_EQ(Get("bayko", "/api/message_groups").status, 200);
  users.SetAway(true);
  EXPECT_EQ(Get("", "/api/users/@somebody/short").status, 503);
  EXPECT_EQ(Get("bayko", "/api/message_groups").status, 200);  // who bayko is, is remembered
}

}  // namespace
}  // namespace cruddur::api
