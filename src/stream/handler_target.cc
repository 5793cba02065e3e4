#include <exception>

#include "stream/lambda_event.h"
#include "stream/target.h"

namespace cruddur::stream {

base::Task<base::Result<std::string>> HandlerTarget::Invoke(const Invocation& invocation) {
  const auto records = ReadPayload(invocation.payload);
  if (!records) co_return std::unexpected(records.error());
  try {
    const auto failed = co_await handler_(*records);
    if (!failed) co_return std::unexpected(failed.error());
    co_return FailuresOf(*failed);
  } catch (const std::exception& e) {
    co_return base::Fail(base::ErrorCode::kInternal, e.what());
  }
}

}  // namespace cruddur::stream
