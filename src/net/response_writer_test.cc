#include "net/response_writer.h"

#include <gtest/gtest.h>

namespace cruddur::net {
namespace {

std::string Written(const Response& response, const Framing& framing) {
  std::string out;
  AppendResponse(out, response, framing);
  return out;
}

TEST(ResponseWriter, WritesHeadersAndBody) {
  Response response;
  response.AddHeader("X-One", "1");
  response.body = "{}";
  EXPECT_EQ(Written(response, {.date = "Date: today\r\n"}),
            "HTTP/1.1 200 OK\r\nDate: today\r\nContent-Type: application/json\r\n"
            "Content-Length: 2\r\nX-One: 1\r\n\r\n{}");
}

TEST(ResponseWriter, SaysTheLengthToHeadWithoutTheBody) {
  Response response;
  response.body = "12345";
  EXPECT_EQ(Written(response, {.head = true}),
            "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 5\r\n\r\n");
}

TEST(ResponseWriter, SendsChunksWhereAsked) {
  Response response;
  response.body = "0123456789abcdefg";
  response.chunked = true;
  const std::string head = "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n";
  EXPECT_EQ(Written(response, {}),
            head + "Transfer-Encoding: chunked\r\n\r\n11\r\n" + response.body + "\r\n0\r\n\r\n");
  EXPECT_EQ(Written(response, {.head = true}), head + "Transfer-Encoding: chunked\r\n\r\n");
  EXPECT_EQ(Written(response, {.http_1_0 = true}),
            head + "Content-Length: 17\r\nConnection: keep-alive\r\n\r\n" + response.body);
  response.body.clear();
  EXPECT_EQ(Written(response, {}), head + "Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n");
}

TEST(ResponseWriter, GivesNoBodyToStatusesWithoutOne) {
  for (const int status : {204, 304}) {
    Response response{.status = status, .body = "not this"};
    const std::string out = Written(response, {});
    EXPECT_EQ(out.find("Content-Length"), std::string::npos);
    EXPECT_TRUE(out.ends_with("\r\n\r\n")) << out;
  }
}

TEST(ResponseWriter, SaysWhatBecomesOfTheConnection) {
  Response response{.status = 404, .content_type = ""};
  EXPECT_EQ(Written(response, {.keep_alive = false}),
            "HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");
  EXPECT_EQ(Written(response, {.keep_alive = true, .http_1_0 = true}),
            "HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\nConnection: keep-alive\r\n\r\n");
}

TEST(ResponseWriter, WritesTheDateOfTheStandardsExample) {
  EXPECT_EQ(DateLine(std::chrono::sys_seconds(std::chrono::seconds(784'111'777))),
            "Date: Sun, 06 Nov 1994 08:49:37 GMT\r\n");
  EXPECT_EQ(DateLine(std::chrono::sys_seconds(std::chrono::seconds(1'709'164'800))),
            "Date: Thu, 29 Feb 2024 00:00:00 GMT\r\n");
}

}  // namespace
}  // namespace cruddur::net
