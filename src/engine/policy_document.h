// A resource-based policy's text as AWS keeps it: members in one order, lists of one element as
// that element, accounts as ARNs, no white space.
#pragma once

#include <string>
#include <string_view>

#include "model/error.h"

namespace cruddur::engine {

// ValidationExceptions for what is no policy. What its statements say isn't looked at further: they
// are kept and told.
model::DbResult<std::string> CanonicalPolicy(std::string_view document);

}  // namespace cruddur::engine
