// Points in time on the wire: seconds since 1970 as a JSON number, milliseconds behind the point.
#pragma once

#include <string_view>

#include "base/clock.h"
#include "dynamo/response_reader.h"
#include "json/writer.h"

namespace cruddur::dynamo {

void WriteTime(json::Writer& out, base::Micros time);                // 1679651101.561
void WriteWholeSeconds(json::Writer& out, base::Micros time);        // 1679651101
base::Micros ReadTime(ResponseReader& in, std::string_view member);  // rounded to milliseconds

}  // namespace cruddur::dynamo
