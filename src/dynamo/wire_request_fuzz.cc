// Any bytes as the body of any operation's request or answer. See any_request_fixture.h.
#include <cstddef>
#include <cstdint>

#include "dynamo/any_request_fixture.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  if (size == 0) return 0;
  cruddur::dynamo::CheckAnyBody(data[0], {reinterpret_cast<const char*>(data) + 1, size - 1});
  return 0;
}
