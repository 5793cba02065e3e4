// How attribute values compare: by type first, then by value.
#pragma once

#include <compare>

#include "model/value.h"

namespace cruddur::expr {

// Numbers by value, strings and binary by their unsigned bytes. Values of different types, or of a
// type that has no order, are unordered.
std::partial_ordering Compare(const model::AttributeValue& a, const model::AttributeValue& b);

// begins_with(): of strings and of binary.
bool BeginsWith(const model::AttributeValue& value, const model::AttributeValue& prefix);

// contains(): a substring, a member of a set, an element of a list.
bool Contains(const model::AttributeValue& value, const model::AttributeValue& part);

// size(): characters of a string (as UTF-16 counts them), bytes of binary, elements of anything
// else. False for types that have none.
bool SizeOf(const model::AttributeValue& value, int64_t& out);

}  // namespace cruddur::expr
