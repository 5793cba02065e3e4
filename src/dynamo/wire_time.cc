#include "dynamo/wire_time.h"

#include <fmt/format.h>

#include <cmath>

namespace cruddur::dynamo {

void WriteTime(json::Writer& out, base::Micros time) {
  int64_t millis = std::max<int64_t>(time.count(), 0) / 1000;
  fmt::memory_buffer text;
  fmt::format_to(std::back_inserter(text), "{}.{:03}", millis / 1000, millis % 1000);
  out.Raw({text.data(), text.size()});
}

void WriteWholeSeconds(json::Writer& out, base::Micros time) { out.Int(time.count() / 1'000'000); }

base::Micros ReadTime(ResponseReader& in, std::string_view member) {
  double seconds = in.Double(member);
  // Year 9999 and before: beyond it a double could not be converted.
  if (!(seconds > 0 && seconds < 253'402'300'800.0)) return base::Micros(0);
  return base::Micros(std::llround(seconds * 1000) * 1000);
}

}  // namespace cruddur::dynamo
