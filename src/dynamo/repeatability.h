// Whether a request may reach the store twice without harm, which decides on sending it again when
// nobody knows what became of it (a connection broke, an answer was a 500, time ran out).
//
// Reads always may. Puts and deletes may when they have no condition and ask for no old item: the
// second then does what the first did. A condition makes the second fail where the first passed, so
// the caller would be told the opposite of the truth. Updates may when, besides, they only set
// attributes to given values, remove whole attributes, or delete from sets: arithmetic,
// list_append, ADD, and list indexes act again each time. Transactions always may: they carry a
// ClientRequestToken. Operations on tables may not: a second CreateTable finds the table there.
#pragma once

#include <string_view>

#include "dynamo/tables_codec.h"
#include "model/table_operations.h"

namespace cruddur::dynamo {

bool IsRepeatable(const model::PutItemRequest& request);
bool IsRepeatable(const model::DeleteItemRequest& request);
bool IsRepeatable(const model::UpdateItemRequest& request);
inline bool IsRepeatable(const model::CreateTableRequest&) { return false; }
inline bool IsRepeatable(const model::UpdateTableRequest&) { return false; }
inline bool IsRepeatable(const DeleteTableRequest&) { return false; }
template <class Request>
bool IsRepeatable(const Request&) {
  return true;
}

// Conservative: text that it doesn't understand acts again.
bool IsRepeatableUpdate(std::string_view update_expression);

}  // namespace cruddur::dynamo
