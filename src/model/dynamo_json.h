// DynamoDB JSON: {"S": "text"}, {"N": "1"}, {"M": {…}}, to and from the data model.
#pragma once

#include <string>

#include "json/reader.h"
#include "json/writer.h"
#include "model/value.h"
#include "model/value_layer.h"

namespace cruddur::model {

// kSerialization for a wrong JSON shape or type, kValidation for a wrong value (bad number, empty
// or repeating set, nesting beyond 32, no or several types in one value, …), with AWS's texts.
DbResult<AttributeValue> ReadAttributeValue(json::Element element,
                                            ValueLayer layer = ValueLayer::kOlder);
// An object of name -> value.
DbResult<Item> ReadItem(json::Element element, ValueLayer layer = ValueLayer::kOlder);

void WriteAttributeValue(json::Writer& out, const AttributeValue& value);
void WriteItem(json::Writer& out, const Item& item);

}  // namespace cruddur::model
