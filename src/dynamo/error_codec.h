// DynamoDB's error bodies, written by the server and read by the client.
#pragma once

#include <string>
#include <string_view>

#include "model/error.h"

namespace cruddur::dynamo {

// What a client may read of an error: nothing of what went wrong inside.
std::string_view PublicMessage(const model::DbError& error);

// Appends {"__type": …, "message": …} with what the error carries besides. Messages of internal
// errors stay inside: the body of a 5xx has AWS's general text.
void AppendErrorBody(std::string& out, const model::DbError& error);

// The error that a store answered: by `__type` where the body has one, else by the status.
model::DbError ReadErrorBody(int http_status, std::string_view body);

}  // namespace cruddur::dynamo
