// The Lambda Runtime API, version 2018-06-01, served to runtimes: any Lambda executable or custom
// runtime that polls it is the function of an event source mapping.
// https://docs.aws.amazon.com/lambda/latest/dg/runtimes-api.html
//
// Several runtimes may poll: each gets invocations of its own, the one that came last first. An
// invocation waits for a runtime as long as it takes; its deadline counts from when one has it.
//
// A runtime that ends while it polls is noticed by its connection: what it was to get waits for
// another one. One that ends while it works can't be told for sure from one that closes each
// connection. So the invocation fails, as on AWS ("Runtime.ExitError"), when a connection that it
// had used before is gone, and then a runtime polls anew; else it times out.
//
// It has no authentication, as on AWS, where nobody else can reach it. Requests that a web page had
// a browser make are refused: those with `Origin` or `Sec-Fetch-Site`, and those for a host that
// may be a public name.
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
  std::string host;          // where it is served, if that is a name
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

  base::Task<void> Next(const net::Request& request, net::Response& response);
  void Answer(const std::string& request_id, InvocationResult result, net::Response& response);
  void InitError(const net::Request& request, net::Response& response);
  void HandOver(const Call& call, net::Response& response) const;
  void Watch(const std::shared_ptr<Call>& call, net::Peer& peer);
  // With the lock held.
  void Assign(const std::shared_ptr<Call>& call);
  void Begin(const std::shared_ptr<Call>& call);
  void PutBack(const std::shared_ptr<Call>& call);
  void FailAbandoned();

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
