#include "engine/update_table_answer.h"

#include <algorithm>

namespace cruddur::engine {
namespace {

using model::IndexDescription;
using model::OnDemandThroughput;
using model::TableStatus;

// A limit that is taken away is told as -1 once more.
void EchoNoLimit(const OnDemandThroughput& wanted, OnDemandThroughput& answer) {
  if (wanted.max_read == -1) answer.max_read = -1;
  if (wanted.max_write == -1) answer.max_write = -1;
}

}  // namespace

bool TakesTheTable(const model::UpdateTableRequest& request) {
  return request.billing || request.throughput || request.stream_enabled || request.create_index ||
         request.delete_index || request.table_class;
}

bool TakesTime(const model::UpdateTableRequest& request) {
  return TakesTheTable(request) || request.encryption || request.warm ||
         !request.update_indexes.empty();
}

model::TableDescription AnswerTo(const model::UpdateTableRequest& request,
                                 const model::TableDescription& before,
                                 model::TableDescription after) {
  after.status = TakesTheTable(request) ? TableStatus::kUpdating
                 : request.encryption   ? TableStatus::kActive
                                        : before.status;
  const bool switched = after.billing != before.billing;
  if (!switched) {
    after.throughput = before.throughput;
    after.throughput_changes.decreases_today = before.throughput_changes.decreases_today;
  }
  after.warm = before.warm;
  after.warming = before.warming || request.warm;
  after.kms_key_arn = before.kms_key_arn;
  after.encryption_changing = before.encryption_changing || request.encryption;
  after.table_class = before.table_class;
  after.table_class_changed_at = before.table_class_changed_at;
  if (request.on_demand) EchoNoLimit(*request.on_demand, after.on_demand);
  for (IndexDescription& index : after.indexes) {
    const IndexDescription* const was = before.FindIndex(index.name);
    if (was == nullptr) continue;  // it is being created
    if (!switched) {
      index.throughput = was->throughput;
      index.throughput_changes.decreases_today = was->throughput_changes.decreases_today;
    }
    index.warm = was->warm;
    index.warming = was->warming;
    if (was->status == TableStatus::kUpdating) index.status = was->status;
    const auto update =
        std::ranges::find(request.update_indexes, index.name, &model::IndexUpdate::name);
    if (update == request.update_indexes.end()) continue;
    index.warming = index.warming || update->warm;
    if (update->throughput || update->on_demand) index.status = TableStatus::kUpdating;
    if (update->on_demand) EchoNoLimit(*update->on_demand, index.on_demand);
  }
  if (request.create_index) after.indexes.back().backfilling = false;
  return after;
}

}  // namespace cruddur::engine
