// The Lambda Runtime API, version 2018-06-01, served to runtimes: any Lambda executable or custom
// runtime that polls it is the function of an event source mapping.
// https://docs.aws.amazon.com/lambda/latest/dg/runtimes-api.html
//
// Several runtimes may poll: each gets invocations of its own, the one that came last first (a
// runtime that died may have left a request that nobody reads any more). An invocation waits for a
// runtime as long as it takes; its deadline counts from when one has it.
//
// Thread-safe: invoked on one loop, polled on others, which must all outlive it.
#pragma once

#include <chrono>
#include <deque>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "base/clock.h"
#include "net/router.h"
#include "net/server.h"
#include "stream/target.h"
#include "stream/wake_up.h"

namespace cruddur::stream {

struct RuntimeApiOptions {
  std::string name;          // of the trigger, for the log
  std::string function_arn;  // as the runtime is told
  std::chrono::milliseconds timeout{60'000};
  const base::Clock* clock = nullptr;  // of deadlines; null: the system's
};

class RuntimeApi final : public Target {
 public:
  explicit RuntimeApi(RuntimeApiOptions options);
  ~RuntimeApi() override;

  base::Task<InvocationResult> Invoke(const Invocation& invocation) override;
  // Polling runtimes are answered 500, which tells them to end.
  void Stop(bool at_once) override;

  // What net::Server::Start takes; stop this before the server.
  base::Task<void> Handle(const net::Request& request, net::Response& response);
  static void OnProtocolError(net::Response& response);
  static net::ServerLimits Limits();

 private:
  // An invocation, from Invoke until that returns.
  struct Call;
  // A runtime that polls.
  struct Poll;

  base::Task<void> Next(net::Response& response);
  void Answer(const std::string& request_id, InvocationResult result, net::Response& response);
  void InitError(const net::Request& request, net::Response& response);
  void HandOver(const Call& call, net::Response& response) const;
  void Begin(const std::shared_ptr<Call>& call);

  const RuntimeApiOptions options_;
  const base::SystemClock system_clock_;
  const base::Clock& clock_;
  net::Router router_;

  std::mutex mutex_;                           // protects all below, and what calls and polls hold
  std::deque<std::shared_ptr<Call>> waiting_;  // for a runtime
  std::map<std::string, std::shared_ptr<Call>> running_;  // by request id
  std::vector<std::shared_ptr<Poll>> polls_;              // the latest last
  bool stopping_ = false;
};

}  // namespace cruddur::stream
