// Any bytes as a stored item; what decodes must encode to the same bytes.
#include <cstdint>
#include <cstdlib>
#include <string>

#include "model/stored_item.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  std::string_view bytes(reinterpret_cast<const char*>(data), size);
  if (auto item = cruddur::model::DecodeItem(bytes)) {
    std::string again;
    cruddur::model::EncodeItem(*item, again);
    if (again != bytes) std::abort();
  }
  return 0;
}
