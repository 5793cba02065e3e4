// The API's small parts, without a socket.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "api/front_door.h"
#include "api/page_query.h"
#include "api/post_body.h"

namespace cruddur::api {
namespace {

using ::testing::ElementsAre;

TEST(RequestId, IsTakenOverOnlyWhenItIsPlain) {
  EXPECT_TRUE(IsRequestId("a"));
  EXPECT_TRUE(IsRequestId("4f5c-A_b.1"));
  EXPECT_TRUE(IsRequestId(std::string(64, 'x')));
  for (const std::string& bad :
       {std::string(), std::string(65, 'x'), std::string("a b"), std::string("a\r\nb"),
        std::string("\xc3\xa9"), std::string("a\"")}) {
    EXPECT_FALSE(IsRequestId(bad)) << bad;
  }
}

TEST(TraceParent, IsReadAsW3cSays) {
  const std::string trace = "4bf92f3577b34da6a3ce929d0e0e4736";
  const std::string good = "00-" + trace + "-00f067aa0ba902b7-01";
  EXPECT_EQ(TraceIdOf(good), trace);
  EXPECT_EQ(TraceIdOf("cc" + good.substr(2) + "-more"), trace);
  for (const std::string& bad :
       {std::string(), good.substr(1), good + "-more", "ff" + good.substr(2), good + "x",
        "00-" + std::string(32, '0') + "-00f067aa0ba902b7-01",
        "00-" + trace + "-" + std::string(16, '0') + "-01", "00_" + trace + "-00f067aa0ba902b7-01",
        "00-" + trace + "-00F067AA0BA902B7-01"}) {
    EXPECT_EQ(TraceIdOf(bad), "") << bad;
  }
}

TEST(PostBody, NamesEveryFault) {
  EXPECT_THAT(ParsePostBody("{}")->Faults(),
              ElementsAre("message_blank", "user_receiver_handle_blank"));
  EXPECT_THAT(ParsePostBody(R"({"message":" ","message_group_uuid":" "})")->Faults(),
              ElementsAre("message_blank", "message_group_uuid_blank"));
  EXPECT_FALSE(ParsePostBody("[1]"));
}

TEST(PageQuery, LinksKeepThePath) {
  net::Response response;
  AddLinks(response, "/api/messages/a%20b", {.limit = 5, .before = "x"}, "old", "new");
  EXPECT_EQ(response.headers,
            "Link: </api/messages/a%20b?limit=5&before=old>; rel=\"next\", "
            "</api/messages/a%20b?limit=5&after=new>; rel=\"prev\"\r\n");
  response.Clear();
  AddLinks(response, "/l", {.after = "x"}, "old", "new");
  EXPECT_EQ(response.headers,
            "Link: </l?before=old>; rel=\"prev\", </l?after=new>; rel=\"next\"\r\n");
  response.Clear();
  AddLinks(response, "/l", {}, "", "");
  EXPECT_EQ(response.headers, "");
}

}  // namespace
}  // namespace cruddur::api
