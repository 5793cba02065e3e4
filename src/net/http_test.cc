#include "net/http.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace cruddur::net {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::Pair;

TEST(Request, FindsTheFirstHeaderWhateverItsCase) {
  const HeaderView headers[] = {{"Host", "a"}, {"X-One", "1"}, {"x-one", "2"}};
  Request request;
  request.headers = headers;
  EXPECT_EQ(request.Header("x-ONE"), "1");
  EXPECT_EQ(request.Header("X-On"), std::nullopt);
  EXPECT_TRUE(request.HasDuplicate("X-One"));
  EXPECT_FALSE(request.HasDuplicate("Host"));
  EXPECT_FALSE(request.HasDuplicate("absent"));
}

TEST(Response, HeaderValuesCannotAddLines) {
  Response response;
  response.AddHeader("X-Text", "one\r\nSet-Cookie: evil");
  response.AddHeader("X-Feed", "two\nX: y");
  response.AddHeader("X-Nul", std::string_view("three\0four", 10));
  EXPECT_EQ(response.headers, "X-Text: one\r\nX-Feed: two\r\nX-Nul: three\r\n");
}

TEST(Response, ClearForgetsEverything) {
  Response response{404, "text/plain", "X: y\r\n", std::string(100'000, 'b'), true};
  response.Clear();
  EXPECT_EQ(response.status, 200);
  EXPECT_EQ(response.content_type, "application/json");
  EXPECT_EQ(response.headers, "");
  EXPECT_EQ(response.body, "");
  EXPECT_LT(response.body.capacity(), 100'000u);
  EXPECT_FALSE(response.close);
}

TEST(PercentDecode, DecodesAndRefusesBrokenEscapes) {
  EXPECT_EQ(PercentDecode("a%20b%2Fc%c3%bc+", false), "a b/c\xc3\xbc+");
  EXPECT_EQ(PercentDecode("a+b", true), "a b");
  EXPECT_EQ(PercentDecode("%00", false), std::string(1, '\0'));
  for (const auto broken : {"%", "%2", "a%2", "%zz", "%2z", "%%20", "%+1"}) {
    EXPECT_EQ(PercentDecode(broken, false), std::nullopt) << broken;
  }
}

TEST(ParseQuery, KeepsOrderAndEmptyValues) {
  EXPECT_THAT(ParseQuery("limit=20&before=a%2Bb+c&flag&x=&=y&a=b=c"),
              ElementsAre(Pair("limit", "20"), Pair("before", "a+b c"), Pair("flag", ""),
                          Pair("x", ""), Pair("", "y"), Pair("a", "b=c")));
  EXPECT_THAT(ParseQuery(""), IsEmpty());
  EXPECT_THAT(ParseQuery("&&"), IsEmpty());
  EXPECT_THAT(ParseQuery("a=%zz"), ElementsAre(Pair("a", "%zz")));
}

TEST(ReasonPhrase, KnowsWhatTheServerAnswers) {
  for (const int status : {100, 200, 400, 404, 405, 408, 413, 417, 431, 500, 501, 503, 505}) {
    EXPECT_NE(ReasonPhrase(status), "Unknown") << status;
  }
  EXPECT_EQ(ReasonPhrase(299), "Unknown");
}

}  // namespace
}  // namespace cruddur::net
