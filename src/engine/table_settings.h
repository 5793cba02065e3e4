// The settings of tables and global indexes that are kept and described here, and do nothing:
// limits on demand, warm throughput, encryption. Checked with AWS's rules and texts.
#pragma once

#include <string>
#include <string_view>

#include "engine/engine.h"

namespace cruddur::engine {

// What a new table or index can take at once: on demand 12,000 reads and 4,000 writes a second,
// else what is provisioned.
model::Throughput InitialWarmThroughput(model::BillingMode billing,
                                        const model::Throughput& provisioned);
// The initial one, or what was wanted of it.
model::Throughput WarmThroughputOf(model::BillingMode billing, const model::Throughput& provisioned,
                                   const std::optional<model::WantedWarmThroughput>& wanted);
// Raised to what a change of throughput or billing brings along; it never falls.
void RaiseWarmThroughput(model::Throughput& warm, const model::Throughput& at_least);

// `index` is the name of the index that the setting is of in what follows; empty: the table.

// For what is created: no less than the initial one.
DbStatus CheckWarmThroughput(std::string_view index, model::BillingMode billing,
                             const model::Throughput& provisioned,
                             const std::optional<model::WantedWarmThroughput>& wanted);
// Raises `warm` to what is wanted, or refuses to lower it.
DbStatus ChangeWarmThroughput(std::string_view index, const model::WantedWarmThroughput& wanted,
                              model::Throughput& warm);

DbStatus CheckOnDemandThroughput(std::string_view index, model::BillingMode billing,
                                 const std::optional<model::OnDemandThroughput>& wanted);
// -1 takes a limit away; a member that isn't given stays.
DbStatus ChangeOnDemandThroughput(std::string_view index, model::BillingMode billing,
                                  const model::OnDemandThroughput& wanted,
                                  model::OnDemandThroughput& limits);

// The key's ARN, of the region and account of `table_arn`; empty where encryption isn't enabled.
std::string KmsKeyArnOf(const model::EncryptionSpecification& wanted, std::string_view table_arn);

}  // namespace cruddur::engine
