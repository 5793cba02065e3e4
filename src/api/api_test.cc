// The routes of spec section 4 over a real socket.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "api/api_fixture.h"

namespace cruddur::api {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::MatchesRegex;
using ::testing::Not;

using Api = ApiFixture;

constexpr const char* kUuid = "[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}";
constexpr const char* kTime =
    "[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}\\.[0-9]{6}\\+00:00";

size_t Count(const std::string& text, const std::string& part) {
  size_t count = 0;
  for (size_t at = text.find(part); at != std::string::npos; at = text.find(part, at + 1)) ++count;
  return count;
}

TEST_F(Api, StartsAnswersAndListsAConversation) {
  // Handles are the same in any case.
  const auto first = Post("andrewbrown", R"({"message":"hey \"you\"","handle":"Londo"})");
  ASSERT_EQ(first.status, 200) << first.body;
  EXPECT_THAT(first.body, MatchesRegex(std::string(R"(\{"message_group_uuid":")") + kUuid +
                                       R"(","uuid":")" + kUuid +
                                       R"(","display_name":"Andrew Brown","handle":"andrewbrown",)"
                                       R"("message":"hey \\"you\\"","created_at":")" +
                                       kTime + R"("\})"));
  const std::string uuid = Member(first.body, "message_group_uuid");

  const auto second =
      Post("londo", R"({"message":"G'day","message_group_uuid":")" + uuid + R"("})");
  ASSERT_EQ(second.status, 200) << second.body;
  EXPECT_EQ(Member(second.body, "message_group_uuid"), uuid);
  EXPECT_EQ(Member(second.body, "handle"), "londo");

  const std::string first_uuid = Member(first.body, "uuid"),
                    second_uuid = Member(second.body, "uuid");
  for (const char* who : {"andrewbrown", "londo"}) {
    const auto page = Get(who, "/api/messages/" + uuid);
    EXPECT_EQ(page.status, 200);
    EXPECT_EQ(page.Header("content-type"), "application/json");
    EXPECT_EQ(
        page.body,
        R"([{"uuid":")" + first_uuid +
            R"(","display_name":"Andrew Brown","handle":"andrewbrown","message":"hey \"you\"","created_at":")" +
            Member(first.body, "created_at") + R"("},{"uuid":")" + second_uuid +
            R"(","display_name":"Londo \"M\"","handle":"londo","message":"G'day","created_at":")" +
            Member(second.body, "created_at") + R"("}])");
  }
  EXPECT_EQ(
      Get("andrewbrown", "/api/message_groups").body,
      R"([{"uuid":")" + uuid +
          R"(","display_name":"Londo \"M\"","handle":"londo","message":"G'day","created_at":")" +
          Member(second.body, "created_at") + R"("}])");
  EXPECT_THAT(Get("londo", "/api/message_groups").body, HasSubstr(R"("handle":"andrewbrown")"));
  EXPECT_EQ(Get("bayko", "/api/message_groups").body, "[]");
}

TEST_F(Api, LinksThroughAllPagesOfAConversation) {
  const std::string uuid = StartedBy("andrewbrown", "bayko");
  for (int i = 1; i < 45; ++i) {
    ASSERT_EQ(
        Post(i % 2 ? "bayko" : "andrewbrown",
             R"({"message":"m)" + std::to_string(i) + R"(","message_group_uuid":")" + uuid + "\"}")
            .status,
        200);
  }
  std::string target = "/api/messages/" + uuid;
  std::vector<size_t> sizes;
  for (int pages = 0; pages < 10 && !target.empty(); ++pages) {
    const auto page = Get("bayko", target);
    ASSERT_EQ(page.status, 200) << page.body;
    sizes.push_back(Count(page.body, "\"uuid\""));
    const std::string link(page.Header("link"));
    EXPECT_THAT(link, HasSubstr("rel=\"prev\""));
    const size_t next = link.find(">; rel=\"next\"");
    target = next == std::string::npos ? "" : link.substr(1, next - 1);
  }
  EXPECT_THAT(sizes, ::testing::ElementsAre(20, 20, 5));
  EXPECT_EQ(Count(Get("bayko", "/api/messages/" + uuid + "?limit=100").body, "\"uuid\""), 45u);
  const auto three = Get("bayko", "/api/messages/" + uuid + "?limit=3");
  EXPECT_EQ(Count(three.body, "\"uuid\""), 3u);
  EXPECT_THAT(std::string(three.Header("link")), HasSubstr("?limit=3&before="));
}

TEST_F(Api, RefusesWrongPageParameters) {
  const std::string uuid = StartedBy("andrewbrown", "bayko");
  for (const std::string& query :
       {"limit=0", "limit=101", "limit=-1", "limit=ten", "limit=", "limit=1&limit=2", "before=xyz",
        "after=00", "before=", "before=a&after=b", "limit=99999999999999999999", "limit=%31%00"}) {
    for (const std::string& list : {"/api/messages/" + uuid, std::string("/api/message_groups")}) {
      const auto answer = Get("bayko", list + "?" + query);
      EXPECT_EQ(answer.status, 400) << list << "?" << query << " " << answer.body;
      EXPECT_EQ(Member(answer.body, "error"), "bad_request");
    }
  }
  EXPECT_EQ(Get("bayko", "/api/message_groups?other=1&limit=5").status, 200);
}

TEST_F(Api, ShowsEachWriteToTheNextRead) {
  const std::string uuid = StartedBy("andrewbrown", "bayko");
  for (int i = 0; i < 60; ++i) {
    const std::string text = "number " + std::to_string(i);
    const std::string who = i % 2 ? "bayko" : "andrewbrown";
    ASSERT_EQ(
        Post(who, R"({"message":")" + text + R"(","message_group_uuid":")" + uuid + "\"}").status,
        200);
    for (const char* reader : {"andrewbrown", "bayko"}) {
      EXPECT_THAT(Get(reader, "/api/messages/" + uuid).body, HasSubstr(text));
      EXPECT_THAT(Get(reader, "/api/message_groups").body, HasSubstr(text));
    }
  }
  EXPECT_GT(cache.counters().hits.value(), 0u);
}

TEST_F(Api, ShowsWhatIsWrittenPastIt) {
  const std::string uuid = StartedBy("andrewbrown", "bayko");
  ASSERT_EQ(Get("bayko", "/api/messages/" + uuid).status, 200);
  messaging::Message message{uuid, "2099-01-01T00:00:00.000000+00:00", "x", "by the AWS CLI", {}};
  model::PutItemRequest put;
  put.table = messaging::kTableName;
  put.item = messaging::ItemOf(message);
  ASSERT_TRUE(Run(store.PutItem(std::move(put))));
  EXPECT_THAT(Get("bayko", "/api/messages/" + uuid).body, HasSubstr("by the AWS CLI"));
}

TEST_F(Api, KnowsPeopleByTheirHandle) {
  const auto bayko = Get("", "/api/users/@bayko/short");
  EXPECT_EQ(bayko.status, 200);
  EXPECT_EQ(bayko.body, R"({"uuid":"00000000-0000-4000-8000-00000000000b","handle":"bayko",)"
                        R"("display_name":"Andrew Bayko"})");
  for (const char* handle : {"@nobody", "@%00", "@%ff%fe", "@a%2Fb", "@'%20OR%201=1--"}) {
    const auto answer = Get("", std::string("/api/users/") + handle + "/short");
    EXPECT_EQ(answer.status, 404) << handle;
    EXPECT_EQ(Member(answer.body, "error"), "not_found");
  }
}

TEST_F(Api, FindsPeopleByTheBeginningOfTheirHandle) {
  EXPECT_EQ(Get("londo", "/api/users?query=andr").body,
            R"([{"uuid":"00000000-0000-4000-8000-00000000000a","handle":"andrewbrown",)"
            R"("display_name":"Andrew Brown"}])");
  EXPECT_EQ(Get("londo", "/api/users?query=%40andr").body,
            Get("londo", "/api/users?query=andr").body);
  EXPECT_EQ(Get("londo", "/api/users?query=x").body, "[]");
  for (const char* target : {"/api/users", "/api/users?query=", "/api/users?query=@"}) {
    EXPECT_EQ(Get("londo", target).status, 400) << target;
  }
  EXPECT_EQ(Get("", "/api/users?query=andr").status, 401);
  EXPECT_EQ(Get("londo", "/api/me").status, 200) << "remembered";
  users.SetAway(true);
  EXPECT_EQ(Get("londo", "/api/users?query=andr").status, 503);
  EXPECT_EQ(Patch("londo", R"({"display_name":"x"})").status, 503);
  EXPECT_EQ(Get("londo", "/api/me").status, 200) << "what is known keeps working";
}

TEST_F(Api, ChangesWhoOneIs) {
  const std::string before = R"({"uuid":"00000000-0000-4000-8000-00000000000b","handle":"bayko",)"
                             R"("display_name":"Andrew Bayko","email":"bayko@example.com"})";
  EXPECT_EQ(Get("bayko", "/api/me").body, before);
  EXPECT_EQ(Patch("bayko", "{}").body, before);
  EXPECT_EQ(told_of_changes, 0);
  const auto changed = Patch("bayko", R"({"display_name":"Zoë","handle":"zoe"})");
  EXPECT_EQ(changed.status, 200);
  EXPECT_EQ(Member(changed.body, "display_name"), "Zoë");
  EXPECT_EQ(told_of_changes, 1);
  EXPECT_EQ(Get("bayko", "/api/me").body, changed.body) << "the same token, at once";
  EXPECT_EQ(Get("", "/api/users/@zoe/short").status, 200);
  EXPECT_EQ(Get("", "/api/users/@bayko/short").status, 404);
  EXPECT_EQ(Patch("bayko", R"({"handle":"londo"})").status, 409);
  EXPECT_EQ(Patch("bayko", R"({"handle":"l ondo"})").body, R"(["handle_invalid"])");
  EXPECT_EQ(Patch("", R"({"handle":"londo"})").status, 401);
  EXPECT_EQ(told_of_changes, 1);
}

TEST_F(Api, LeavesHandlesToAUserPoolElsewhere) {
  PeopleRoutes elsewhere(directory, clock, {.handles_change = false});
  base::Registry own_registry;
  FrontDoor own_door(own_registry, nullptr);
  elsewhere.AddTo(own_door);
  const std::string authorization = "Bearer " + Token("bayko");
  const net::HeaderView headers[] = {{"Authorization", authorization},
                                     {"Content-Type", "application/json"}};
  net::Response response;
  Run(own_door.Handle({.method = "PATCH",
                       .path = "/api/me",
                       .headers = headers,
                       .body = R"({"display_name":"","handle":"zoe"})"},
                      response));
  EXPECT_EQ(response.status, 422);
  EXPECT_EQ(response.body, R"(["display_name_blank","handle_belongs_to_user_pool"])");
}

TEST_F(Api, GivesEveryAnswerARequestIdAndPassesTheTraceOn) {
  const auto plain = Get("bayko", "/api/message_groups");
  EXPECT_THAT(std::string(plain.Header("x-request-id")), MatchesRegex(kUuid));
  EXPECT_EQ(plain.Header("traceparent"), "");

  const std::string trace = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";
  const auto traced = Send(
      {.target = "/nowhere", .headers = {{"X-Request-Id", "abc-123"}, {"traceparent", trace}}});
  EXPECT_EQ(traced.status, 404);
  EXPECT_EQ(traced.Header("x-request-id"), "abc-123");
  EXPECT_EQ(traced.Header("traceparent"), trace);

  const auto odd = Send(
      {.target = "/health", .headers = {{"X-Request-Id", "<script>"}, {"traceparent", "00-zz"}}});
  EXPECT_THAT(std::string(odd.Header("x-request-id")), MatchesRegex(kUuid));
  EXPECT_EQ(odd.Header("traceparent"), "");
}

TEST_F(Api, TellsOfItselfToWhoeverWatches) {
  EXPECT_EQ(Get("", "/health").body, R"({"status":"ok"})");
  EXPECT_EQ(Get("", "/ready").body, R"({"status":"ready"})");
  EXPECT_THAT(Get("", "/.well-known/jwks.json").body, HasSubstr("\"keys\""));
  ASSERT_EQ(Get("bayko", "/api/message_groups").status, 200);
  const auto metrics = Get("", "/metrics");
  EXPECT_EQ(metrics.Header("content-type"), "text/plain; version=0.0.4");
  EXPECT_THAT(
      metrics.body,
      AllOf(
          HasSubstr("cruddur_http_requests_total{method=\"GET\",route=\"/api/message_groups\","
                    "status=\"200\"} 1\n"),
          HasSubstr(
              "cruddur_http_request_duration_seconds_count{method=\"GET\",route=\"/health\"} 1")));
  cut_off = true;
  const auto ready = Get("", "/ready");
  EXPECT_EQ(ready.status, 503);
  EXPECT_EQ(ready.body, R"({"status":"unavailable","failed":["store"]})");
  EXPECT_EQ(ready.Header("retry-after"), "1");
  EXPECT_EQ(Get("", "/health").status, 200);
}

TEST_F(Api, AnswersHeadWithoutABody) {
  net::ClientRequest request{.method = "HEAD", .target = "/health"};
  const auto answer = Send(std::move(request));
  EXPECT_EQ(answer.status, 200);
  EXPECT_EQ(answer.body, "");
}

}  // namespace
}  // namespace cruddur::api
