// Shapes of what UpdateTable says of replicas in other regions. Such a request is refused when its
// form is right. See request_shape.h.
#pragma once

#include "dynamo/common_shapes.h"

namespace cruddur::dynamo {

inline constexpr EnumValue kTableClassValues[] = {
    NamedValue("STANDARD", model::TableClass::kStandard),
    NamedValue("STANDARD_INFREQUENT_ACCESS", model::TableClass::kStandardInfrequentAccess)};
inline constexpr Shape kTableClass{.kind = ShapeKind::kString, .values = kTableClassValues};

inline constexpr EnumValue kMultiRegionConsistencyValues[] = {{"EVENTUAL", 0}, {"STRONG", 1}};
inline constexpr Shape kMultiRegionConsistency{.kind = ShapeKind::kString,
                                               .values = kMultiRegionConsistencyValues};

inline constexpr Shape kReplicaUnits{.kind = ShapeKind::kLong, .min = 1};
inline constexpr Shape kReplicaMaxUnits{.kind = ShapeKind::kLong};
inline constexpr Member kThroughputOverrideMembers[] = {{"ReadCapacityUnits", &kReplicaUnits}};
inline constexpr Shape kThroughputOverride{.kind = ShapeKind::kStructure,
                                           .type = "ProvisionedThroughputOverride",
                                           .members = kThroughputOverrideMembers};
inline constexpr Member kOnDemandOverrideMembers[] = {{"MaxReadRequestUnits", &kReplicaMaxUnits}};
inline constexpr Shape kOnDemandOverride{.kind = ShapeKind::kStructure,
                                         .type = "OnDemandThroughputOverride",
                                         .members = kOnDemandOverrideMembers};
inline constexpr Member kReplicaIndexMembers[] = {
    {"IndexName", &kResourceName, true},
    {"ProvisionedThroughputOverride", &kThroughputOverride},
    {"OnDemandThroughputOverride", &kOnDemandOverride}};
inline constexpr Shape kReplicaIndex{.kind = ShapeKind::kStructure,
                                     .type = "ReplicaGlobalSecondaryIndex",
                                     .members = kReplicaIndexMembers};
inline constexpr Shape kReplicaIndexes{
    .kind = ShapeKind::kList, .min = 1, .element = &kReplicaIndex};

// Of a replica that is made or changed.
inline constexpr Member kReplicaMembers[] = {
    {"RegionName", &kText, true},
    {"KMSMasterKeyId", &kText},
    {"ProvisionedThroughputOverride", &kThroughputOverride},
    {"OnDemandThroughputOverride", &kOnDemandOverride},
    {"GlobalSecondaryIndexes", &kReplicaIndexes},
    {"TableClassOverride", &kTableClass}};
inline constexpr Shape kCreateReplica{.kind = ShapeKind::kStructure,
                                      .type = "CreateReplicationGroupMemberAction",
                                      .members = kReplicaMembers};
inline constexpr Shape kUpdateReplica{.kind = ShapeKind::kStructure,
                                      .type = "UpdateReplicationGroupMemberAction",
                                      .members = kReplicaMembers};
inline constexpr Member kRegionMembers[] = {{"RegionName", &kText, true}};
inline constexpr Shape kDeleteReplica{.kind = ShapeKind::kStructure,
                                      .type = "DeleteReplicationGroupMemberAction",
                                      .members = kRegionMembers};
inline constexpr Member kReplicaUpdateMembers[] = {
    {"Create", &kCreateReplica}, {"Update", &kUpdateReplica}, {"Delete", &kDeleteReplica}};
inline constexpr Shape kReplicaUpdate{.kind = ShapeKind::kStructure,
                                      .type = "ReplicationGroupUpdate",
                                      .members = kReplicaUpdateMembers};
inline constexpr Shape kReplicaUpdates{
    .kind = ShapeKind::kList, .min = 1, .element = &kReplicaUpdate};

inline constexpr Shape kCreateWitness{.kind = ShapeKind::kStructure,
                                      .type = "CreateGlobalTableWitnessGroupMemberAction",
                                      .members = kRegionMembers};
inline constexpr Shape kDeleteWitness{.kind = ShapeKind::kStructure,
                                      .type = "DeleteGlobalTableWitnessGroupMemberAction",
                                      .members = kRegionMembers};
inline constexpr Member kWitnessUpdateMembers[] = {{"Create", &kCreateWitness},
                                                   {"Delete", &kDeleteWitness}};
inline constexpr Shape kWitnessUpdate{.kind = ShapeKind::kStructure,
                                      .type = "GlobalTableWitnessGroupUpdate",
                                      .members = kWitnessUpdateMembers};
inline constexpr Shape kWitnessUpdates{
    .kind = ShapeKind::kList, .min = 1, .max = 1, .element = &kWitnessUpdate};

}  // namespace cruddur::dynamo
