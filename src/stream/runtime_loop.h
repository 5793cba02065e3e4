// A custom runtime of AWS Lambda: takes invocations from the Runtime API, one after the other, and
// hands them to a function of this process.
// https://docs.aws.amazon.com/lambda/latest/dg/runtimes-custom.html
#pragma once

#include <chrono>
#include <string>
#include <string_view>

#include "base/clock.h"
#include "net/client.h"
#include "stream/target.h"

namespace cruddur::stream {

class RuntimeLoop {
 public:
  // `api` is AWS_LAMBDA_RUNTIME_API, HOST:PORT: kInvalidArgument for anything else. The others must
  // outlive the loop. An invocation is answered with an error `margin` before its deadline, while
  // somebody still listens.
  static base::Result<std::unique_ptr<RuntimeLoop>> Create(
      std::string_view api, Target& function, const base::Clock& clock,
      std::chrono::milliseconds margin = std::chrono::milliseconds(50));

  // Until the Runtime API is gone or tells this runtime to end: then there is nothing to go on
  // with, and the process is to end. Never a success.
  base::Task<base::Status> Run();

  // That this runtime couldn't begin.
  base::Task<base::Status> ReportInitError(std::string message);

 private:
  RuntimeLoop(net::Origin origin, Target& function, const base::Clock& clock,
              std::chrono::milliseconds margin);

  // The function's answer, or an error at the deadline; what goes on then is of no account.
  base::Task<InvocationResult> Perform(Invocation invocation, base::Micros deadline);
  base::Task<base::Status> Post(std::string target, std::string body, std::string_view error_type);

  net::HttpClient client_;
  Target& function_;
  const base::Clock& clock_;
  const std::chrono::milliseconds margin_;
};

}  // namespace cruddur::stream
