// JSON of key schemas and attribute definitions, which the typed KeySchema joins.
#pragma once

#include <span>
#include <vector>

#include "dynamo/request_issues.h"
#include "json/reader.h"
#include "json/writer.h"
#include "model/table.h"

namespace cruddur::dynamo {

// Null: not given. Broken elements are passed over: the shape's check has noted them.
std::vector<model::KeyAttribute> ReadAttributeDefinitions(const json::Element* list);

// Whose schema: only a global index may have several attributes of a kind.
enum class SchemaOf { kTable, kLocalIndex, kGlobalIndex };

// Notes at kRules what the typed form could not tell any more: keys without a definition, in the
// wrong order, of one name.
model::KeySchema ReadKeySchema(const json::Element* list, SchemaOf owner,
                               std::span<const model::KeyAttribute> definitions,
                               RequestIssues& issues);

// Members "AttributeDefinitions" and "KeySchema".
void WriteAttributeDefinitions(json::Writer& out, std::span<const model::KeyAttribute> definitions);
void WriteKeySchema(json::Writer& out, const model::KeySchema& keys);

// Adds the attributes of `keys` that `definitions` hasn't got.
void AddDefinitions(std::vector<model::KeyAttribute>& definitions, const model::KeySchema& keys);

}  // namespace cruddur::dynamo
