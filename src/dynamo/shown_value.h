// A request's value as AWS shows it in the text of a constraint that it breaks:
// "[KeySchemaElement(attributeName=pk, keyType=HASH)]". AWS prints its Java objects, by what of
// them is null too.
#pragma once

#include <string>

#include "dynamo/request_shape.h"

namespace cruddur::dynamo {

// Of a hostile value only the first 4 KB are shown; the brackets are closed all the same.
std::string ShownValue(json::Element value, const Shape& shape);

}  // namespace cruddur::dynamo
