// A function behind HTTP: what takes POST /2015-03-31/functions/function/invocations, as the Lambda
// Runtime Interface Emulator, AWS SAM and LocalStack do.
// https://docs.aws.amazon.com/lambda/latest/api/API_Invoke.html
#pragma once

#include <chrono>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "net/client.h"
#include "stream/target.h"
#include "stream/wake_up.h"

namespace cruddur::stream {

// An answer other than 200 says why it wasn't invoked: 401, 403, 404, 429 and 503 that it hasn't
// seen the event. What the emulator answers with 502 and 504 it may have seen.
class HttpTarget final : public Target {
 public:
  static constexpr std::string_view kInvocations = "/2015-03-31/functions/function/invocations";

  // `url`: http(s)://host[:port], with kInvocations as its path, or another one. kInvalidArgument
  // for what is no such URL. `timeout` is the function's.
  static base::Result<std::unique_ptr<HttpTarget>> Create(std::string_view url,
                                                          std::chrono::milliseconds timeout);

  base::Task<InvocationResult> Invoke(const Invocation& invocation) override;
  void Stop(bool at_once) override;

 private:
  using Answer = base::Result<net::ClientResponse>;
  // Shared with the request under way, which outlives a call that was stopped.
  struct Call {
    net::ClientRequest request;
    bool sent = false;  // the function may have it
    std::shared_ptr<WakeUp> wake_up;
    std::optional<Answer> answer;
  };

  HttpTarget(net::Origin origin, std::string path, std::chrono::milliseconds timeout);
  bool Begin(const std::shared_ptr<WakeUp>& call);  // false: it was stopped
  void End(const std::shared_ptr<WakeUp>& call);
  bool stopped();

  net::HttpClient client_;
  const std::string path_;
  const std::chrono::milliseconds timeout_;

  std::mutex mutex_;  // protects all below
  std::vector<std::shared_ptr<WakeUp>> under_way_;
  bool stopping_ = false, stopped_ = false;
};

}  // namespace cruddur::stream
