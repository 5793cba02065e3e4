// ConsumedCapacity and ItemCollectionMetrics, written and read.
#pragma once

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "dynamo/response_reader.h"
#include "json/writer.h"
#include "model/operations.h"

namespace cruddur::dynamo {

// The request parameters that ask for them; nothing is written for NONE.
void WriteReturnConsumedCapacity(json::Writer& out, model::ReturnConsumedCapacity value);
void WriteReturnItemCollectionMetrics(json::Writer& out, model::ReturnItemCollectionMetrics value);

// The object alone.
void WriteCapacity(json::Writer& out, const model::ConsumedCapacity& value);

// Member "ConsumedCapacity": of one table; of several. Nothing is written where there is none.
void WriteConsumedCapacity(json::Writer& out, const std::optional<model::ConsumedCapacity>& value);
void WriteConsumedCapacity(json::Writer& out, const std::vector<model::ConsumedCapacity>& values);
std::optional<model::ConsumedCapacity> ReadConsumedCapacity(ResponseReader& in);
std::vector<model::ConsumedCapacity> ReadConsumedCapacities(ResponseReader& in);

// Member "ItemCollectionMetrics": of one item; of several tables.
using TableMetrics = std::vector<std::pair<std::string, std::vector<model::ItemCollectionMetrics>>>;
void WriteItemCollectionMetrics(json::Writer& out,
                                const std::optional<model::ItemCollectionMetrics>& value);
void WriteItemCollectionMetrics(json::Writer& out, const TableMetrics& tables);
std::optional<model::ItemCollectionMetrics> ReadItemCollectionMetrics(ResponseReader& in);
TableMetrics ReadTableMetrics(ResponseReader& in);

}  // namespace cruddur::dynamo
