// JSON of a stream record: as GetRecords answers it, and as Lambda hands it to a function.
#pragma once

#include <string_view>

#include "dynamo/response_reader.h"
#include "json/writer.h"
#include "model/table_operations.h"

namespace cruddur::dynamo {

// `event_source_arn`: the stream's ARN, for a function; then userIdentity is in camel case as well.
// Empty: for GetRecords.
void WriteStreamRecord(json::Writer& out, const model::StreamRecord& record,
                       std::string_view region, std::string_view event_source_arn = {});

// Reads either form. What is wrong is marked in `outer`.
model::StreamRecord ReadStreamRecord(json::Element element, ResponseReader& outer);

}  // namespace cruddur::dynamo
