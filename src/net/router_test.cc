#include "net/router.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <stdexcept>

namespace cruddur::net {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

struct Routed {
  int status = 0;
  std::string body;
  PathParameters parameters;
  std::string headers;
};

class RouterTest : public ::testing::Test {
 protected:
  void Add(std::string method, std::string pattern) {
    router_.Add(method, pattern,
                [this, name = method + " " + pattern](const Request&, const PathParameters& given,
                                                      Response& response) -> base::Task<void> {
                  response.body = name;
                  parameters_ = given;
                  co_return;
                });
  }

  Routed Route(std::string_view method, std::string_view path) {
    Request request;
    request.method = method;
    request.path = path;
    Response response;
    parameters_.clear();
    base::Loop loop;
    base::asio::co_spawn(loop, router_.Handle(request, response), base::asio::detached);
    loop.run();
    return {response.status, response.body, parameters_, response.headers};
  }
  std::string Body(std::string_view method, std::string_view path) {
    return Route(method, path).body;
  }
  int Status(std::string_view method, std::string_view path) { return Route(method, path).status; }

  Router router_;
  PathParameters parameters_;
};

TEST_F(RouterTest, FindsLiteralsAndParameters) {
  Add("GET", "/");
  Add("GET", "/api/message_groups");
  Add("GET", "/api/messages/{uuid}");
  Add("POST", "/api/messages");
  Add("POST", "/api/groups/{a}/read/{b}");
  EXPECT_EQ(Body("GET", "/"), "GET /");
  EXPECT_EQ(Body("GET", "/api/message_groups"), "GET /api/message_groups");
  EXPECT_EQ(Body("POST", "/api/messages"), "POST /api/messages");
  const Routed one = Route("GET", "/api/messages/42");
  EXPECT_EQ(one.body, "GET /api/messages/{uuid}");
  EXPECT_THAT(one.parameters, ElementsAre("42"));
  EXPECT_THAT(Route("POST", "/api/groups/x/read/y").parameters, ElementsAre("x", "y"));
}

TEST_F(RouterTest, TakesAParameterBehindALiteral) {
  Add("GET", "/api/users/@{handle}/short");
  Add("GET", "/@{handle}");
  EXPECT_THAT(Route("GET", "/api/users/@bayko/short").parameters, ElementsAre("bayko"));
  EXPECT_THAT(Route("GET", "/@a@b").parameters, ElementsAre("a@b"));
  EXPECT_EQ(Status("GET", "/api/users/bayko/short"), 404);
  EXPECT_EQ(Status("GET", "/@"), 404);
}

TEST_F(RouterTest, PrefersTheMoreParticularPattern) {
  Add("GET", "/x/{any}");
  Add("GET", "/x/@{handle}");
  Add("GET", "/x/@@{twice}");
  Add("GET", "/x/me");
  EXPECT_EQ(Body("GET", "/x/me"), "GET /x/me");
  EXPECT_EQ(Body("GET", "/x/@me"), "GET /x/@{handle}");
  EXPECT_EQ(Body("GET", "/x/@@me"), "GET /x/@@{twice}");
  EXPECT_EQ(Body("GET", "/x/you"), "GET /x/{any}");
  EXPECT_EQ(Body("GET", "/x/@"), "GET /x/{any}");
}

TEST_F(RouterTest, GoesBackWhenTheMoreParticularPatternLeadsNowhere) {
  Add("GET", "/a/b/c");
  Add("GET", "/a/{x}/d");
  Add("POST", "/a/b/d");
  const Routed found = Route("GET", "/a/b/d");
  EXPECT_EQ(found.body, "GET /a/{x}/d");
  EXPECT_THAT(found.parameters, ElementsAre("b"));
}

TEST_F(RouterTest, DecodesSegmentsAfterItHasSplitThem) {
  Add("GET", "/api/{a}/{b}");
  const Routed found = Route("GET", "/%61pi/x%2Fy/%C3%BC+%25");
  EXPECT_EQ(found.status, 200);
  EXPECT_THAT(found.parameters, ElementsAre("x/y", "\xc3\xbc+%"));
  EXPECT_EQ(Status("GET", "/api/%zz/b"), 400);
  EXPECT_EQ(Status("GET", "/api/%2"), 400);
}

TEST_F(RouterTest, Answers404ForWhatIsNotThere) {
  Add("GET", "/a/{b}");
  for (const auto path : {"/", "/a", "/a/", "/a/b/", "/a/b/c", "//a/b", "/A/b", "*", "", "a/b"}) {
    EXPECT_EQ(Status("GET", path), 404) << path;
  }
  std::string deep;
  for (int i = 0; i < 5000; ++i) deep += "/a";
  EXPECT_EQ(Status("GET", deep), 404);
}

TEST_F(RouterTest, Answers405WithWhatIsAllowed) {
  Add("GET", "/a");
  Add("POST", "/a");
  Add("DELETE", "/{x}");
  const Routed refused = Route("PUT", "/a");
  EXPECT_EQ(refused.status, 405);
  EXPECT_EQ(refused.headers, "Allow: DELETE, GET, HEAD, POST\r\n");
  EXPECT_THAT(refused.parameters, IsEmpty());
  EXPECT_EQ(Route("GET", "/b").headers, "Allow: DELETE\r\n");
  EXPECT_EQ(Status("get", "/a"), 405);
}

TEST_F(RouterTest, AnswersHeadByGet) {
  Add("GET", "/a");
  Add("GET", "/b");
  Add("HEAD", "/b");
  EXPECT_EQ(Body("HEAD", "/a"), "GET /a");
  EXPECT_EQ(Body("HEAD", "/b"), "HEAD /b");
}

TEST_F(RouterTest, ShapesErrorsAsItIsTold) {
  router_.SetErrorHandler([](Response& response) { response.body = "no"; });
  EXPECT_EQ(Body("GET", "/"), "no");
}

TEST_F(RouterTest, RefusesBadPatternsAtTheStart) {
  Add("GET", "/a/{b}");
  EXPECT_THROW(Add("GET", "/a/{c}"), std::invalid_argument);
  EXPECT_NO_THROW(Add("PUT", "/a/{c}"));
  for (const auto pattern : {"", "a", "/{", "/}", "/{}", "/a{", "/{a}b", "/{a}{b}", "/}a{"}) {
    EXPECT_THROW(Add("GET", pattern), std::invalid_argument) << pattern;
  }
  EXPECT_EQ(router_.routes().size(), 2u);
}

}  // namespace
}  // namespace cruddur::net
