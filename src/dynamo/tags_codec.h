// JSON of the operations on tags. See items_codec.h.
#pragma once

#include "json/reader.h"
#include "json/writer.h"
#include "model/error.h"
#include "model/tag_operations.h"

namespace cruddur::dynamo {

class RequestIssues;

model::DbStatus ReadRequest(json::Element body, model::TagResourceRequest& out);
model::DbStatus ReadRequest(json::Element body, model::UntagResourceRequest& out);
model::DbStatus ReadRequest(json::Element body, model::ListTagsOfResourceRequest& out);

void WriteRequest(json::Writer& out, const model::TagResourceRequest& request);
void WriteRequest(json::Writer& out, const model::UntagResourceRequest& request);
void WriteRequest(json::Writer& out, const model::ListTagsOfResourceRequest& request);

void WriteResponse(json::Writer& out, const model::ListTagsOfResourceResponse& response);

// A member "Tags", which CreateTable has too; null: not given.
std::vector<model::Tag> ReadTags(const json::Element* list, RequestIssues& issues);
void WriteTags(json::Writer& out, const std::vector<model::Tag>& tags);

}  // namespace cruddur::dynamo
