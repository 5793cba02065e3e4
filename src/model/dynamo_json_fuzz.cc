// Any text as DynamoDB JSON; what reads must write, and read back as the same.
#include <cstdint>
#include <cstdlib>
#include <string>

#include "model/dynamo_json.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace cruddur;
  json::Document document;
  auto root = document.Parse({reinterpret_cast<const char*>(data), size});
  if (!root) return 0;
  auto item = model::ReadItem(*root);
  if (!item) return 0;
  std::string text;
  json::Writer writer(text);
  model::WriteItem(writer, *item);
  json::Document again;
  auto written = again.Parse(text);
  if (!written || model::ReadItem(*written).value() != *item) std::abort();
  return 0;
}
