// Any text as JSON; what reads is written, and reads again as what writes the same.
#include <cstdint>
#include <cstdlib>
#include <string>

#include "json/reader.h"
#include "json/writer.h"

namespace {

using namespace cruddur::json;

void Write(Writer& out, Element value) {
  using simdjson::dom::element_type;
  switch (value.type()) {
    case element_type::ARRAY:
      out.BeginArray();
      for (Element each : Array(value)) Write(out, each);
      out.EndArray();
      break;
    case element_type::OBJECT:
      out.BeginObject();
      for (const auto& field : Object(value)) {
        out.EscapedKey(field.key);
        Write(out, field.value);
      }
      out.EndObject();
      break;
    case element_type::STRING:
      out.String(value.get_string());
      break;
    case element_type::INT64:
      out.Int(value.get_int64());
      break;
    case element_type::BOOL:
      out.Bool(value.get_bool());
      break;
    case element_type::NULL_VALUE:
      out.Null();
      break;
    default:
      out.Double(value.get_double() + 0.0);  // "-0" reads as an integer, which has no sign there
  }
}

std::string Written(Element value) {
  std::string text;
  Writer out(text);
  Write(out, value);
  return text;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  Document document, again;
  const auto value = document.Parse({reinterpret_cast<const char*>(data), size});
  if (!value) return 0;
  const std::string text = Written(*value);
  const auto reread = again.Parse(text);
  if (!reread || Written(*reread) != text) std::abort();
  return 0;
}
