#include <exception>

#include "stream/lambda_event.h"
#include "stream/target.h"

namespace cruddur::stream {

base::Task<InvocationResult> HandlerTarget::Invoke(const Invocation& invocation) {
  const auto records = ReadPayload(invocation.payload);
  if (!records) co_return FunctionFailed(records.error().message);
  try {
    const auto failed = co_await handler_(*records);
    if (!failed) co_return FunctionFailed(failed.error().message);
    co_return FailuresOf(*failed);
  } catch (const std::exception& e) {
    co_return FunctionFailed(e.what());
  }
}

}  // namespace cruddur::stream
