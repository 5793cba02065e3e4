#include "engine/shown_settings.h"

namespace cruddur::engine {

void ShowSettings(const model::TableDescription& shown, model::TableDescription& table) {
  table.billing = shown.billing;
  table.on_demand_since = shown.on_demand_since;
  table.throughput = shown.throughput;
  table.throughput_changes = shown.throughput_changes;
  table.warm = shown.warm;
  table.warming = shown.warming;
  table.kms_key_arn = shown.kms_key_arn;
  table.encryption_changing = shown.encryption_changing;
  table.table_class = shown.table_class;
  table.table_class_changed_at = shown.table_class_changed_at;
  for (model::IndexDescription& index : table.indexes) {
    const model::IndexDescription* const told = shown.FindIndex(index.name);
    // One that comes or goes has its own status.
    if (told == nullptr || index.status != model::TableStatus::kActive) continue;
    index.throughput = told->throughput;
    index.throughput_changes = told->throughput_changes;
    index.warm = told->warm;
    index.warming = told->warming;
    if (told->status == model::TableStatus::kUpdating) index.status = told->status;
  }
}

}  // namespace cruddur::engine
