// Pages of the origins that were named may call the API, and no others.
#include "api/cors.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "api/front_door.h"
#include "base/run_task.h"

namespace cruddur::api {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

constexpr const char* kApp = "https://app.example.com";

class CorsTest : public ::testing::Test {
 protected:
  CorsTest() {
    const auto answer = [](const net::Request&, const net::PathParameters&,
                           net::Response& response) -> base::Task<void> {
      response.body = "{}";
      co_return;
    };
    door_.Add("POST", "/api/messages", answer);
    closed_.Add("POST", "/api/messages", answer);
  }

  net::Response Ask(FrontDoor& door, std::string_view method, std::vector<net::HeaderView> headers,
                    std::string_view path = "/api/messages") {
    net::Response response;
    base::RunTask(door.Handle({.method = method, .path = path, .headers = headers}, response));
    return response;
  }
  net::Response Preflight(std::string_view origin, std::string_view names = "authorization") {
    return Ask(door_, "OPTIONS",
               {{"Origin", origin},
                {"Access-Control-Request-Method", "POST"},
                {"Access-Control-Request-Headers", names}});
  }

  base::Registry registry_, other_registry_;
  const Cors cors_ = Cors::Parse("https://app.example.com, http://LOCALHOST:3000/").value();
  FrontDoor door_{registry_, nullptr, &cors_}, closed_{other_registry_, nullptr};
};

TEST_F(CorsTest, LetsNamedOriginsReadTheAnswer) {
  for (const char* origin : {kApp, "http://localhost:3000"}) {
    const auto answer = Ask(door_, "POST", {{"Origin", origin}});
    EXPECT_EQ(answer.status, 200);
    EXPECT_EQ(answer.body, "{}");
    EXPECT_THAT(answer.headers,
                AllOf(HasSubstr(std::string("Access-Control-Allow-Origin: ") + origin + "\r\n"),
                      HasSubstr("Access-Control-Allow-Credentials: true\r\n"),
                      HasSubstr("Vary: Origin\r\n"),
                      HasSubstr("Access-Control-Expose-Headers: Link, Retry-After, ")));
  }
  const auto missing = Ask(door_, "GET", {{"Origin", kApp}}, "/nowhere");
  EXPECT_EQ(missing.status, 404);
  EXPECT_THAT(missing.headers, HasSubstr("Access-Control-Allow-Origin: ")) << "errors too";
}

TEST_F(CorsTest, AnswersPreflights) {
  const auto answer = Preflight(kApp, "authorization,content-type, X-Amz-Target");
  EXPECT_EQ(answer.status, 204);
  EXPECT_EQ(answer.body, "");
  EXPECT_THAT(
      answer.headers,
      AllOf(HasSubstr("Access-Control-Allow-Origin: https://app.example.com\r\n"),
            HasSubstr("Access-Control-Allow-Credentials: true\r\n"),
            HasSubstr("Access-Control-Allow-Methods: GET, HEAD, POST, PUT, PATCH, DELETE\r\n"),
            HasSubstr("Access-Control-Allow-Headers: authorization,content-type, X-Amz-Target\r\n"),
            HasSubstr("Access-Control-Max-Age: 600\r\n"), HasSubstr("Vary: Origin\r\n"),
            HasSubstr("Vary: Access-Control-Request-Headers\r\n")));
  for (const std::string& names : {std::string("a\tb"), std::string("x: y"), std::string("*"),
                                   std::string(2'000, 'x'), std::string()}) {
    EXPECT_THAT(Preflight(kApp, names).headers, Not(HasSubstr("Access-Control-Allow-Headers")))
        << names;
  }
  EXPECT_EQ(Ask(door_, "OPTIONS", {{"Origin", kApp}}).status, 405) << "no preflight";
}

TEST_F(CorsTest, RefusesAllOthers) {
  for (const char* origin :
       {"https://app.example.com.evil.example", "https://evil.example", "http://app.example.com",
        "https://app.example.com:444", "https://app.example.com/", "HTTPS://app.example.com",
        "https://sub.app.example.com", "https://localhost:3000", "null", "*", ""}) {
    const auto preflight = Preflight(origin);
    EXPECT_EQ(preflight.status, 403) << origin;
    EXPECT_THAT(preflight.body, HasSubstr(R"("error":"forbidden")"));
    const auto answer = Ask(door_, "POST", {{"Origin", origin}});
    EXPECT_EQ(answer.status, 200) << "the page can't read it";
    for (const auto& headers : {preflight.headers, answer.headers}) {
      EXPECT_THAT(headers, AllOf(Not(HasSubstr("Access-Control-")), HasSubstr("Vary: Origin\r\n")))
          << origin;
    }
  }
  const auto twice = Ask(door_, "POST", {{"Origin", kApp}, {"Origin", "https://evil.example"}});
  EXPECT_THAT(twice.headers, Not(HasSubstr("Access-Control-")));
}

TEST_F(CorsTest, SaysNothingWhereNothingIsAllowed) {
  EXPECT_TRUE(Cors::Parse(" ,")->empty());
  const auto answer = Ask(closed_, "POST", {{"Origin", kApp}});
  EXPECT_EQ(answer.status, 200);
  EXPECT_THAT(answer.headers, AllOf(Not(HasSubstr("Access-Control-")), Not(HasSubstr("Vary"))));
  EXPECT_EQ(
      Ask(closed_, "OPTIONS", {{"Origin", kApp}, {"Access-Control-Request-Method", "POST"}}).status,
      405);
  EXPECT_THAT(Ask(door_, "POST", {}).headers,
              AllOf(Not(HasSubstr("Access-Control-")), HasSubstr("Vary: Origin")));
}

TEST_F(CorsTest, TakesOriginsAloneInItsList) {
  for (const char* list : {"*", "null", "app.example.com", "https://a.example,*",
                           "https://a.example/path", "ftp://a.example", "https://*.example.com"}) {
    const auto cors = Cors::Parse(list);
    ASSERT_FALSE(cors) << list;
    EXPECT_THAT(cors.error().message, HasSubstr("is no origin"));
  }
}

}  // namespace
}  // namespace cruddur::api
