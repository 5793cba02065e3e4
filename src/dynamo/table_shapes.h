// Shapes of the control plane's requests. See request_shape.h.
#pragma once

#include "dynamo/common_shapes.h"
#include "dynamo/replica_shapes.h"
#include "dynamo/tag_shapes.h"

namespace cruddur::dynamo {

inline constexpr EnumValue kAttributeTypeValues[] = {NamedValue("B", model::Type::kB),
                                                     NamedValue("N", model::Type::kN),
                                                     NamedValue("S", model::Type::kS)};
enum class KeyRole { kHash, kRange };
inline constexpr EnumValue kKeyTypeValues[] = {NamedValue("HASH", KeyRole::kHash),
                                               NamedValue("RANGE", KeyRole::kRange)};
inline constexpr EnumValue kProjectionTypeValues[] = {
    NamedValue("ALL", model::ProjectionType::kAll),
    NamedValue("INCLUDE", model::ProjectionType::kInclude),
    NamedValue("KEYS_ONLY", model::ProjectionType::kKeysOnly)};
inline constexpr EnumValue kBillingModeValues[] = {
    NamedValue("PROVISIONED", model::BillingMode::kProvisioned),
    NamedValue("PAY_PER_REQUEST", model::BillingMode::kPayPerRequest)};
inline constexpr EnumValue kStreamViewTypeValues[] = {
    NamedValue("NEW_IMAGE", model::StreamViewType::kNewImage),
    NamedValue("OLD_IMAGE", model::StreamViewType::kOldImage),
    NamedValue("NEW_AND_OLD_IMAGES", model::StreamViewType::kNewAndOldImages),
    NamedValue("KEYS_ONLY", model::StreamViewType::kKeysOnly)};

inline constexpr Shape kAttributeType{.kind = ShapeKind::kString, .values = kAttributeTypeValues};
inline constexpr Shape kKeyType{.kind = ShapeKind::kString, .values = kKeyTypeValues};
inline constexpr Shape kProjectionType{.kind = ShapeKind::kString, .values = kProjectionTypeValues};
inline constexpr Shape kBillingMode{.kind = ShapeKind::kString, .values = kBillingModeValues};
inline constexpr Shape kStreamViewType{.kind = ShapeKind::kString, .values = kStreamViewTypeValues};
inline constexpr Shape kAttributeName{.kind = ShapeKind::kString, .min = 1, .max = 255};

// CreateTable and its like look at the name's presence and length before anything else, so that
// only the pattern is left for the list of failures: see CheckTableName.
inline constexpr Shape kTableNamePattern{.kind = ShapeKind::kString, .resource_name = true};
inline constexpr Member kFirstTableNameMember{"TableName", &kTableNamePattern};

inline constexpr Member kAttributeDefinitionMembers[] = {{"AttributeName", &kAttributeName, true},
                                                         {"AttributeType", &kAttributeType, true}};
inline constexpr Shape kAttributeDefinition{.kind = ShapeKind::kStructure,
                                            .type = "AttributeDefinition",
                                            .members = kAttributeDefinitionMembers};
inline constexpr Shape kAttributeDefinitions{.kind = ShapeKind::kList,
                                             .element = &kAttributeDefinition};

inline constexpr Member kKeySchemaElementMembers[] = {{"AttributeName", &kAttributeName, true},
                                                      {"KeyType", &kKeyType, true}};
inline constexpr Shape kKeySchemaElement{
    .kind = ShapeKind::kStructure, .type = "KeySchemaElement", .members = kKeySchemaElementMembers};
inline constexpr Shape kKeySchema{
    .kind = ShapeKind::kList, .min = 1, .max = 2, .element = &kKeySchemaElement};
// Since November 2025 up to four partition and four sort key attributes.
inline constexpr Shape kGlobalKeySchema{
    .kind = ShapeKind::kList, .min = 1, .max = 8, .element = &kKeySchemaElement};

inline constexpr Shape kUnits{.kind = ShapeKind::kLong, .min = 1};
inline constexpr Member kThroughputMembers[] = {{"WriteCapacityUnits", &kUnits, true},
                                                {"ReadCapacityUnits", &kUnits, true}};
inline constexpr Shape kThroughput{
    .kind = ShapeKind::kStructure, .type = "ProvisionedThroughput", .members = kThroughputMembers};

// Their ranges are checked with sentences of their own: see engine/table_settings.h.
inline constexpr Shape kAnyUnits{.kind = ShapeKind::kLong};
inline constexpr Member kOnDemandMembers[] = {{"MaxReadRequestUnits", &kAnyUnits},
                                              {"MaxWriteRequestUnits", &kAnyUnits}};
inline constexpr Shape kOnDemand{
    .kind = ShapeKind::kStructure, .type = "OnDemandThroughput", .members = kOnDemandMembers};
inline constexpr Member kWarmMembers[] = {{"ReadUnitsPerSecond", &kAnyUnits},
                                          {"WriteUnitsPerSecond", &kAnyUnits}};
inline constexpr Shape kWarm{
    .kind = ShapeKind::kStructure, .type = "WarmThroughput", .members = kWarmMembers};

inline constexpr Shape kNonKeyAttributes{
    .kind = ShapeKind::kList, .min = 1, .max = 20, .element = &kAttributeName};
inline constexpr Member kProjectionMembers[] = {{"ProjectionType", &kProjectionType},
                                                {"NonKeyAttributes", &kNonKeyAttributes}};
inline constexpr Shape kProjection{
    .kind = ShapeKind::kStructure, .type = "Projection", .members = kProjectionMembers};

inline constexpr Member kLocalIndexMembers[] = {{"IndexName", &kResourceName, true},
                                                {"KeySchema", &kKeySchema, true},
                                                {"Projection", &kProjection, true}};
inline constexpr Shape kLocalIndex{
    .kind = ShapeKind::kStructure, .type = "LocalSecondaryIndex", .members = kLocalIndexMembers};
inline constexpr Shape kLocalIndexes{.kind = ShapeKind::kList, .element = &kLocalIndex};

inline constexpr Member kGlobalIndexMembers[] = {
    {"IndexName", &kResourceName, true}, {"KeySchema", &kGlobalKeySchema, true},
    {"Projection", &kProjection, true},  {"ProvisionedThroughput", &kThroughput},
    {"OnDemandThroughput", &kOnDemand},  {"WarmThroughput", &kWarm}};
inline constexpr Shape kGlobalIndex{
    .kind = ShapeKind::kStructure, .type = "GlobalSecondaryIndex", .members = kGlobalIndexMembers};
inline constexpr Shape kGlobalIndexes{.kind = ShapeKind::kList, .element = &kGlobalIndex};

inline constexpr Member kStreamSpecificationMembers[] = {{"StreamEnabled", &kTruth, true},
                                                         {"StreamViewType", &kStreamViewType}};
inline constexpr Shape kStreamSpecification{.kind = ShapeKind::kStructure,
                                            .type = "StreamSpecification",
                                            .members = kStreamSpecificationMembers};

enum class EncryptionType { kAes256, kKms };
inline constexpr EnumValue kEncryptionTypeValues[] = {NamedValue("AES256", EncryptionType::kAes256),
                                                      NamedValue("KMS", EncryptionType::kKms)};
inline constexpr Shape kEncryptionType{.kind = ShapeKind::kString, .values = kEncryptionTypeValues};
inline constexpr Member kEncryptionMembers[] = {
    {"Enabled", &kTruth}, {"SSEType", &kEncryptionType}, {"KMSMasterKeyId", &kText}};
inline constexpr Shape kEncryption{
    .kind = ShapeKind::kStructure, .type = "SSESpecification", .members = kEncryptionMembers};

inline constexpr Member kCreateTableMembers[] = {
    {"AttributeDefinitions", &kAttributeDefinitions, true},
    kFirstTableNameMember,
    {"BillingMode", &kBillingMode},
    {"ProvisionedThroughput", &kThroughput},
    {"KeySchema", &kKeySchema, true},
    {"GlobalSecondaryIndexes", &kGlobalIndexes},
    {"LocalSecondaryIndexes", &kLocalIndexes},
    {"StreamSpecification", &kStreamSpecification},
    {"SSESpecification", &kEncryption},
    {"Tags", &kTags},
    {"TableClass", &kTableClass},
    {"DeletionProtectionEnabled", &kTruth},
    {"ResourcePolicy", &kText},
    {"OnDemandThroughput", &kOnDemand},
    {"WarmThroughput", &kWarm},
};
inline constexpr Shape kCreateTable{.kind = ShapeKind::kStructure, .members = kCreateTableMembers};

inline constexpr Member kUpdateIndexMembers[] = {{"IndexName", &kResourceName, true},
                                                 {"ProvisionedThroughput", &kThroughput},
                                                 {"OnDemandThroughput", &kOnDemand},
                                                 {"WarmThroughput", &kWarm}};
inline constexpr Shape kUpdateIndex{.kind = ShapeKind::kStructure,
                                    .type = "UpdateGlobalSecondaryIndexAction",
                                    .members = kUpdateIndexMembers};
inline constexpr Shape kCreateIndex{.kind = ShapeKind::kStructure,
                                    .type = "CreateGlobalSecondaryIndexAction",
                                    .members = kGlobalIndexMembers};
inline constexpr Member kDeleteIndexMembers[] = {{"IndexName", &kResourceName, true}};
inline constexpr Shape kDeleteIndex{.kind = ShapeKind::kStructure,
                                    .type = "DeleteGlobalSecondaryIndexAction",
                                    .members = kDeleteIndexMembers};
inline constexpr Member kIndexUpdateMembers[] = {
    {"Update", &kUpdateIndex}, {"Create", &kCreateIndex}, {"Delete", &kDeleteIndex}};
inline constexpr Shape kIndexUpdate{.kind = ShapeKind::kStructure,
                                    .type = "GlobalSecondaryIndexUpdate",
                                    .members = kIndexUpdateMembers};
inline constexpr Shape kIndexUpdates{.kind = ShapeKind::kList, .element = &kIndexUpdate};

inline constexpr Member kUpdateTableMembers[] = {
    {"AttributeDefinitions", &kAttributeDefinitions},
    kFirstTableNameMember,
    {"BillingMode", &kBillingMode},
    {"ProvisionedThroughput", &kThroughput},
    {"GlobalSecondaryIndexUpdates", &kIndexUpdates},
    {"StreamSpecification", &kStreamSpecification},
    {"SSESpecification", &kEncryption},
    {"ReplicaUpdates", &kReplicaUpdates},
    {"TableClass", &kTableClass},
    {"DeletionProtectionEnabled", &kTruth},
    {"MultiRegionConsistency", &kMultiRegionConsistency},
    {"GlobalTableWitnessUpdates", &kWitnessUpdates},
    {"OnDemandThroughput", &kOnDemand},
    {"WarmThroughput", &kWarm},
};
inline constexpr Shape kUpdateTable{.kind = ShapeKind::kStructure, .members = kUpdateTableMembers};

inline constexpr Member kNamedTableMembers[] = {kFirstTableNameMember};
inline constexpr Shape kNamedTable{.kind = ShapeKind::kStructure, .members = kNamedTableMembers};

inline constexpr Shape kListTablesLimit{.kind = ShapeKind::kInteger, .min = 1, .max = 100};
inline constexpr Member kListTablesMembers[] = {{"ExclusiveStartTableName", &kResourceName},
                                                {"Limit", &kListTablesLimit}};
inline constexpr Shape kListTables{.kind = ShapeKind::kStructure, .members = kListTablesMembers};

}  // namespace cruddur::dynamo
