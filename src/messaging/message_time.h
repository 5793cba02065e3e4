// Which created_at a new message gets.
#pragma once

#include <string_view>

#include "base/clock.h"

namespace cruddur::messaging {

// The first microsecond from `now` on whose stored form sorts behind `newest`, the sort key of the
// conversation's newest message (empty: there is none). Ties and clocks that went back so take the
// next free microsecond. `newest` may be what older code wrote: a local offset, no fraction, "Z".
// Where nothing can sort behind it (a key that is no timestamp, the end of year 9999): `now`.
base::Micros TimeBehind(std::string_view newest, base::Micros now);

}  // namespace cruddur::messaging
