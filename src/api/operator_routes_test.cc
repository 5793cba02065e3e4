#include "api/operator_routes.h"

#include <gtest/gtest.h>

#include <vector>

#include "base/run_task.h"

namespace cruddur::api {
namespace {

class OperatorRoutesTest : public ::testing::Test {
 protected:
  OperatorRoutesTest() {
    AddOperatorRoutes(door, "secret",
                      {.drop = [this](std::string_view key) { dropped.emplace_back(key); },
                       .drop_all = [this] { dropped.emplace_back("all"); }});
  }

  int Post(std::string_view path, std::string_view query, std::vector<std::string_view> tokens) {
    std::vector<net::HeaderView> headers;
    for (const std::string_view token : tokens) headers.push_back({"Authorization", token});
    const net::Request request{
        .method = "POST", .path = path, .query = query, .headers = headers, .body = {}};
    net::Response response;
    base::RunTask(door.Handle(request, response));
    return response.status;
  }

  base::Registry registry;
  FrontDoor door{registry, nullptr};
  std::vector<std::string> dropped;
};

TEST_F(OperatorRoutesTest, DropWhatTheyAreToldTo) {
  EXPECT_EQ(Post("/operator/cache/drop", "key=MSG%23a", {"Bearer secret"}), 200);
  EXPECT_EQ(Post("/operator/cache/flush", "", {"Bearer secret"}), 200);
  EXPECT_EQ(dropped, (std::vector<std::string>{"MSG#a", "all"}));
}

TEST_F(OperatorRoutesTest, RefuseWhoHasNotTheSecret) {
  const std::vector<std::vector<std::string_view>> cases = {{},
                                                            {""},
                                                            {"secret"},
                                                            {"Bearer "},
                                                            {"Bearer secreT"},
                                                            {"Bearer secret "},
                                                            {"Bearer secre"},
                                                            {"Bearer secret", "Bearer secret"}};
  for (const auto& tokens : cases) {
    EXPECT_EQ(Post("/operator/cache/drop", "key=a", tokens), 401);
    EXPECT_EQ(Post("/operator/cache/flush", "", tokens), 401);
  }
  EXPECT_TRUE(dropped.empty());
}

TEST_F(OperatorRoutesTest, DropNothingWithoutAKey) {
  for (const std::string_view query : {"", "key=", "kay=a"}) {
    EXPECT_EQ(Post("/operator/cache/drop", query, {"Bearer secret"}), 400);
  }
  EXPECT_TRUE(dropped.empty());
}

}  // namespace
}  // namespace cruddur::api
