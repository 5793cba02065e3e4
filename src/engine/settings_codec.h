// The settings of tables and indexes in the catalog's rows: see catalog_codec.h.
#pragma once

#include "engine/catalog_fields.h"
#include "json/writer.h"
#include "model/table.h"

namespace cruddur::engine {

void WriteThroughput(json::Writer& out, const model::Throughput& throughput);
void WriteLimits(json::Writer& out, const model::OnDemandThroughput& on_demand,
                 const model::Throughput& warm);
void WriteChanges(json::Writer& out, const model::ThroughputChanges& changes);

model::Throughput ReadThroughput(Fields& fields);
model::OnDemandThroughput ReadOnDemand(Fields& fields);
model::ThroughputChanges ReadChanges(Fields& fields);
// `billing` and `throughput` tell what a table has whose row doesn't say.
model::Throughput ReadWarm(Fields& fields, model::BillingMode billing,
                           const model::Throughput& throughput);

// What is told of a table while a change passes (shown_settings.h), as one object.
void WriteShown(json::Writer& out, const model::TableDescription& shown);
model::TableDescription ReadShown(Fields& fields);

}  // namespace cruddur::engine
