// Timestamps as the message table stores them (spec section 3): UTC, RFC 3339, always six
// fractional digits, always "+00:00", so that byte order is time order.
#pragma once

#include <string>
#include <string_view>

#include "base/clock.h"
#include "base/result.h"

namespace cruddur::base {

// "2023-03-24T09:45:01.561513+00:00". Years 0000 to 9999; a time outside becomes the nearest
// inside.
std::string FormatTimestamp(Micros time);

// Reads that form and what older code wrote: no fraction or one of 1 to 9 digits (cut to
// microseconds), "Z" or an offset of hours and minutes, or none (UTC), 'T' or a space between. The
// date must exist in the Gregorian calendar; second 60 is refused. Error: kInvalidArgument.
Result<Micros> ParseTimestamp(std::string_view text);

}  // namespace cruddur::base
