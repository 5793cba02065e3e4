// JSON of GetItem, PutItem, DeleteItem and UpdateItem. Requests are read by the server and written
// by the client, responses the other way round; so in every *_codec.h.
//
// ReadRequest answers what AWS answers to a bad request, up to where the table must be known.
#pragma once

#include "json/reader.h"
#include "json/writer.h"
#include "model/operations.h"

namespace cruddur::dynamo {

model::DbStatus ReadRequest(json::Element body, model::GetItemRequest& out);
model::DbStatus ReadRequest(json::Element body, model::PutItemRequest& out);
model::DbStatus ReadRequest(json::Element body, model::DeleteItemRequest& out);
model::DbStatus ReadRequest(json::Element body, model::UpdateItemRequest& out);

void WriteRequest(json::Writer& out, const model::GetItemRequest& request);
void WriteRequest(json::Writer& out, const model::PutItemRequest& request);
void WriteRequest(json::Writer& out, const model::DeleteItemRequest& request);
void WriteRequest(json::Writer& out, const model::UpdateItemRequest& request);

void WriteResponse(json::Writer& out, const model::GetItemResponse& response);
void WriteResponse(json::Writer& out, const model::WriteItemResponse& response);

model::DbStatus ReadResponse(json::Element body, model::GetItemResponse& out);
model::DbStatus ReadResponse(json::Element body, model::WriteItemResponse& out);

}  // namespace cruddur::dynamo
