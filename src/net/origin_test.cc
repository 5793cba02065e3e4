#include <gtest/gtest.h>

#include "net/client.h"

namespace cruddur::net {
namespace {

TEST(Origin, ParsesAddresses) {
  const struct {
    std::string_view url;
    Origin origin;
    std::string_view host_header;
  } cases[] = {
      {"http://localhost:8000", {false, "localhost", 8000}, "localhost:8000"},
      {"http://localhost/", {false, "localhost", 80}, "localhost"},
      {"https://dynamodb.eu-west-1.amazonaws.com",
       {true, "dynamodb.eu-west-1.amazonaws.com", 443},
       "dynamodb.eu-west-1.amazonaws.com"},
      {"https://h:80", {true, "h", 80}, "h:80"},
      {"http://[::1]:8000", {false, "::1", 8000}, "[::1]:8000"},
      {"http://[::1]/", {false, "::1", 80}, "[::1]"},
  };
  for (const auto& c : cases) {
    const auto origin = Origin::Parse(c.url);
    ASSERT_TRUE(origin) << c.url;
    EXPECT_EQ(*origin, c.origin) << c.url;
    EXPECT_EQ(origin->HostHeader(), c.host_header);
  }
  for (const std::string_view bad :
       {"", "localhost:8000", "ftp://h", "http://", "http:///", "http://h/path", "http://h?q",
        "http://u@h", "http://h:", "http://h:0", "http://h:65536", "http://h:80x", "http://h:-1",
        "http://[::1", "http://[]", "http://[::1]x", "http://a b", "http://h:80:80", "HTTP://h"}) {
    const auto origin = Origin::Parse(bad);
    ASSERT_FALSE(origin) << bad;
    EXPECT_EQ(origin.error().code, base::ErrorCode::kInvalidArgument);
  }
}

}  // namespace
}  // namespace cruddur::net
