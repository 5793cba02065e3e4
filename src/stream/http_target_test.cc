#include "stream/http_target.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_future.hpp>

#include "net/server.h"
#include "net/test_run.h"

namespace cruddur::stream {
namespace {

using namespace std::chrono_literals;
using ::testing::HasSubstr;
using Result = InvocationResult;

class HttpTargetTest : public ::testing::Test {
 protected:
  HttpTargetTest() {
    server_ = *net::Server::Start(loops_, {},
                                  [this](const net::Request& request, net::Response& response) {
                                    return Answer(request, response);
                                  });
  }
  ~HttpTargetTest() override {
    server_->Stop(0ms);
    loops_.Stop();
  }

  std::unique_ptr<HttpTarget> Target(std::string path = "", std::chrono::milliseconds time = 30s) {
    auto target =
        HttpTarget::Create("http://127.0.0.1:" + std::to_string(server_->port()) + path, time);
    EXPECT_TRUE(target);
    return *std::move(target);
  }
  static base::Task<Result> InvokeOnce(HttpTarget& target) {
    const Invocation invocation{"c6af9ac6-7b61-11e6-9a41-93e8deadbeef", R"({"Records":[]})"};
    co_return co_await target.Invoke(invocation);
  }
  Result Invoke(HttpTarget& target) { return net::RunOn(loops_.loop(0), InvokeOnce(target)); }

  int status_ = 200;
  std::string body_ = "null", function_error_, seen_;
  std::string_view content_type_ = "application/json";
  std::atomic<bool> slow_ = false;
  net::LoopPool loops_{1};

 private:
  base::Task<void> Answer(const net::Request& request, net::Response& response) {
    seen_ = std::string(request.method).append(" ").append(request.path).append(" ");
    seen_.append(request.Header("Content-Type").value_or("")).append(" ").append(request.body);
    if (slow_) {
      boost::asio::basic_waitable_timer<std::chrono::steady_clock,
                                        boost::asio::wait_traits<std::chrono::steady_clock>,
                                        base::Executor>
          timer(co_await base::asio::this_coro::executor, 2s);
      co_await timer.async_wait(base::kUseTask);
    }
    response.status = status_;
    response.body = body_;
    response.content_type = content_type_;
    if (!function_error_.empty()) response.AddHeader("X-Amz-Function-Error", function_error_);
  }

  std::unique_ptr<net::Server> server_;
};

TEST_F(HttpTargetTest, PostsTheEventWhereTheEmulatorTakesIt) {
  body_ = R"({"batchItemFailures":[]})";
  const auto target = Target();
  EXPECT_EQ(Invoke(*target).value(), body_);
  EXPECT_EQ(seen_,
            "POST /2015-03-31/functions/function/invocations application/json "
            R"({"Records":[]})");
}

TEST_F(HttpTargetTest, PostsToAnotherPathWhereOneIsGiven) {
  const auto target = Target("/2015-03-31/functions/mine/invocations");
  EXPECT_TRUE(Invoke(*target));
  EXPECT_THAT(seen_, HasSubstr("POST /2015-03-31/functions/mine/invocations "));
}

TEST_F(HttpTargetTest, KnowsAFunctionThatFailedByItsHeaderOrItsAnswer) {
  const auto target = Target();
  function_error_ = "Unhandled";
  EXPECT_EQ(Invoke(*target).error().message, "Unhandled");
  body_ = R"({"errorMessage":"division by zero","errorType":"ZeroDivisionError"})";
  EXPECT_EQ(Invoke(*target).error().message, "ZeroDivisionError: division by zero");
  function_error_.clear();
  EXPECT_EQ(Invoke(*target).error().message, "ZeroDivisionError: division by zero");
  body_ = R"({"errorMessage":"2023-03-24T09:45:01Z 8476a536 Task timed out after 3.00 seconds"})";
  EXPECT_THAT(Invoke(*target).error().message, HasSubstr("Task timed out"));
  body_ = R"({"errorMessage":"one of the function's own members","count":1})";
  EXPECT_TRUE(Invoke(*target));
}

TEST_F(HttpTargetTest, KnowsTheEmulatorsTimeoutAndAWebPage) {
  const auto target = Target();
  body_ = "Task timed out after 3.00 seconds";
  EXPECT_EQ(Invoke(*target).error().message, body_);
  EXPECT_TRUE(Invoke(*target).error().reached);
  body_ = "what a custom runtime answers";
  EXPECT_EQ(Invoke(*target).value(), body_);
  content_type_ = "text/html; charset=utf-8";
  EXPECT_EQ(Invoke(*target).error().message, "the target answered with a web page");
}

TEST_F(HttpTargetTest, FailsWhereNothingGoodAnswers) {
  const auto target = Target();
  status_ = 502;
  EXPECT_EQ(Invoke(*target).error().message, "the target answered 502");
}

TEST_F(HttpTargetTest, TellsWhatReachedTheFunctionFromWhatDidNot) {
  const auto target = Target();
  for (const auto& [status, reached] : {std::pair(400, true),
                                        {401, false},
                                        {403, false},
                                        {404, false},
                                        {413, true},
                                        {429, false},
                                        {500, true},
                                        {502, true},
                                        {503, false},
                                        {504, true}}) {
    status_ = status;
    EXPECT_EQ(Invoke(*target).error().reached, reached) << status;
  }
  const auto nobody = HttpTarget::Create("http://127.0.0.1:1", 5s);
  const auto refused = Invoke(**nobody);
  ASSERT_FALSE(refused);
  EXPECT_FALSE(refused.error().reached) << refused.error().message;
}

TEST_F(HttpTargetTest, EndsAtTheFunctionsTimeout) {
  slow_ = true;
  const auto target = Target("", 200ms);
  const auto ended = Invoke(*target);
  ASSERT_FALSE(ended);
  EXPECT_THAT(ended.error().message, HasSubstr("timed out"));
  EXPECT_TRUE(ended.error().reached);
}

TEST_F(HttpTargetTest, IsStoppedUnderWay) {
  slow_ = true;
  const auto target = Target();
  auto result = base::asio::co_spawn(loops_.loop(0), InvokeOnce(*target), base::asio::use_future);
  net::RunOn(loops_.loop(0), []() -> base::Task<bool> { co_return true; }());
  target->Stop(true);
  const auto stopped = result.get();
  EXPECT_EQ(stopped.error().message, "stopping");
  EXPECT_FALSE(stopped.error().reached);
  EXPECT_EQ(Invoke(*target).error().message, "stopping");
}

TEST(HttpTarget, RefusesWhatIsNoUrl) {
  for (const char* url :
       {"", "localhost:9000", "ftp://localhost", "http://", "http://a:b", "http://localhost/a b"}) {
    EXPECT_FALSE(HttpTarget::Create(url, 1s)) << url;
  }
}

}  // namespace
}  // namespace cruddur::stream
