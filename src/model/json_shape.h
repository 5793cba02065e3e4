// What DynamoDB's protocol layer demands of JSON before it looks at values: each member of the type
// that the API's model gives it. Failures are SerializationExceptions with AWS's texts.
#pragma once

#include <string>
#include <string_view>

#include "json/reader.h"
#include "model/error.h"

namespace cruddur::model {

DbResult<std::string_view> ExpectString(json::Element element);
DbResult<bool> ExpectBoolean(json::Element element);      // "true", "yes", "1", … are booleans too
DbResult<std::string> ExpectBlob(json::Element element);  // decodes base64
DbResult<json::Array> ExpectList(json::Element element);
DbResult<json::Object> ExpectMap(json::Element element);        // of attribute values
DbResult<json::Object> ExpectStructure(json::Element element);  // an attribute value

// The shapes alone of one value and of a map of them, down to the last member. A null counts as
// not there.
DbStatus CheckValueShape(json::Element element);
DbStatus CheckItemShape(json::Element element);

}  // namespace cruddur::model
