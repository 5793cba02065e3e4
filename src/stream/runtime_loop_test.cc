// The runtime against the Runtime API that this project serves, and against broken ones.
#include "stream/runtime_loop.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/use_future.hpp>

#include "base/log.h"
#include "net/server.h"
#include "net/test_run.h"
#include "stream/runtime_api.h"

namespace cruddur::stream {
namespace {

using namespace std::chrono_literals;
using ::testing::HasSubstr;
using Result = InvocationResult;

class FunctionOfTest final : public Target {
 public:
  base::Task<Result> Invoke(const Invocation& invocation) override {
    if (invocation.payload == "fail") co_return FunctionFailed("broken");
    if (invocation.payload == "throw") throw std::runtime_error("thrown");
    if (invocation.payload == "hang") {
      const auto wake_up = std::make_shared<WakeUp>(co_await base::asio::this_coro::executor);
      co_await wake_up->Wait();
    }
    if (invocation.payload == "large") co_return std::string(7 << 20, 'x');
    co_return invocation.request_id + " " + invocation.payload;
  }
  void Stop(bool) override {}
};

class RuntimeLoopTest : public ::testing::Test {
 protected:
  RuntimeLoopTest() { base::ConfigureLog(base::LogLevel::kOff, base::LogFormat::kText); }
  ~RuntimeLoopTest() override {
    api_.Stop(true);
    if (server_) server_->Stop(0ms);
    if (ended_.valid()) ended_.wait();
    loops_.Stop();
  }

  void Serve(net::Handler handler) {
    server_ = *net::Server::Start(loops_, {.limits = RuntimeApi::Limits()}, std::move(handler));
    runtime_ =
        *RuntimeLoop::Create("127.0.0.1:" + std::to_string(server_->port()), function_, clock_);
  }
  void Begin() {
    Serve([this](const net::Request& request, net::Response& response) {
      return api_.Handle(request, response);
    });
    ended_ = base::asio::co_spawn(loops_.loop(1), runtime_->Run(), base::asio::use_future);
  }
  Result Invoke(std::string id, std::string payload) {
    const auto invoke = [](RuntimeApi& api, Invocation invocation) -> base::Task<Result> {
      co_return co_await api.Invoke(invocation);
    };
    return net::RunOn(loops_.loop(0), invoke(api_, {std::move(id), std::move(payload)}));
  }

  const base::SystemClock clock_;
  FunctionOfTest function_;
  net::LoopPool loops_{2};
  RuntimeApi api_{{.name = "t", .function_arn = "arn", .timeout = 1s}};
  std::unique_ptr<net::Server> server_;
  std::unique_ptr<RuntimeLoop> runtime_;
  std::future<base::Status> ended_;
};

TEST_F(RuntimeLoopTest, AnswersOneInvocationAfterTheOther) {
  Begin();
  EXPECT_EQ(Invoke("id1", "a").value(), "id1 a");
  EXPECT_EQ(Invoke("id2", "b").value(), "id2 b");
}

TEST_F(RuntimeLoopTest, ReportsWhatFailsAndGoesOn) {
  Begin();
  EXPECT_EQ(Invoke("id1", "fail").error().message, "Runtime.HandlerError: broken");
  EXPECT_EQ(Invoke("id2", "throw").error().message, "Runtime.HandlerError: exception");
  EXPECT_THAT(Invoke("id3", "large").error().message, HasSubstr("maximum allowed payload"));
  EXPECT_TRUE(Invoke("id4", "a"));
}

TEST_F(RuntimeLoopTest, ReportsAtTheDeadlineWhatIsNotDone) {
  Begin();
  // On a busy machine it is the API that sees the deadline first.
  EXPECT_THAT(Invoke("id1", "hang").error().message,
              ::testing::AnyOf(HasSubstr("before the deadline"), HasSubstr("timed out")));
  EXPECT_EQ(Invoke("id2", "a").value(), "id2 a") << "it goes on";
}

TEST_F(RuntimeLoopTest, EndsWithItsApi) {
  Begin();
  EXPECT_TRUE(Invoke("id1", "a"));
  api_.Stop(false);
  EXPECT_EQ(ended_.get().error().message, "the Runtime API answered 500");
}

TEST_F(RuntimeLoopTest, EndsWhereNoApiIs) {
  Serve([](const net::Request&, net::Response& response) -> base::Task<void> {
    response.body = "an invocation without headers";
    co_return;
  });
  EXPECT_THAT(net::RunOn(loops_.loop(1), runtime_->Run()).error().message,
              HasSubstr("no id or deadline"));
  server_->Stop(0ms);
  EXPECT_FALSE(net::RunOn(loops_.loop(1), runtime_->Run()));
}

TEST_F(RuntimeLoopTest, SaysWhyItCannotBegin) {
  std::string seen;
  Serve([&seen](const net::Request& request, net::Response& response) -> base::Task<void> {
    seen = std::string(request.path).append(" ");
    seen.append(request.Header("Lambda-Runtime-Function-Error-Type").value_or("")).append(" ");
    seen.append(request.body);
    response.status = 202;
    co_return;
  });
  EXPECT_TRUE(net::RunOn(loops_.loop(1), runtime_->ReportInitError("no credentials")));
  EXPECT_EQ(seen,
            "/2018-06-01/runtime/init/error Runtime.InitError "
            R"({"errorMessage":"no credentials","errorType":"Runtime.InitError","stackTrace":[]})");
}

TEST(RuntimeLoop, RefusesWhatIsNoAddress) {
  FunctionOfTest function;
  const base::SystemClock clock;
  for (const char* api : {"", "a b", "host:port", "host:1/path"}) {
    EXPECT_FALSE(RuntimeLoop::Create(api, function, clock)) << api;
  }
}

}  // namespace
}  // namespace cruddur::stream
