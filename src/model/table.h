// Key schemas and table descriptions.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "model/value.h"

namespace cruddur::model {

struct KeyAttribute {
  std::string name;
  Type type = Type::kS;  // S, N or B
  bool operator==(const KeyAttribute&) const = default;
};

// Tables and LSIs have one partition key attribute and at most one sort key attribute; a GSI may
// have up to four of each.
struct KeySchema {
  std::vector<KeyAttribute> partition;
  std::vector<KeyAttribute> sort;
  bool operator==(const KeySchema&) const = default;

  const KeyAttribute* Find(std::string_view name) const;
};

enum class ProjectionType { kAll, kKeysOnly, kInclude };
struct IndexProjection {
  ProjectionType type = ProjectionType::kAll;
  std::vector<std::string> non_key_attributes;
  bool operator==(const IndexProjection&) const = default;
};

struct Throughput {
  int64_t read_units = 0;
  int64_t write_units = 0;
  bool operator==(const Throughput&) const = default;
};

// When throughput was raised and lowered; 0: it never was.
struct ThroughputChanges {
  base::Micros last_increase{0}, last_decrease{0};
  int64_t decreases_today = 0;  // in UTC's day
  bool operator==(const ThroughputChanges&) const = default;
};

// What a table or index that is paid by the request may take at most, in units a second.
struct OnDemandThroughput {
  std::optional<int64_t> max_read, max_write;
  bool operator==(const OnDemandThroughput&) const = default;
};

enum class TableStatus { kCreating, kUpdating, kDeleting, kActive };
enum class BillingMode { kProvisioned, kPayPerRequest };
enum class StreamViewType { kKeysOnly, kNewImage, kOldImage, kNewAndOldImages };
enum class TableClass { kStandard, kStandardInfrequentAccess };

struct IndexDescription {
  std::string name;
  bool global = false;
  KeySchema keys;
  IndexProjection projection;
  // Global only:
  Throughput throughput;
  ThroughputChanges throughput_changes;
  OnDemandThroughput on_demand;
  Throughput warm;       // see TableDescription
  bool warming = false;  // likewise
  TableStatus status = TableStatus::kActive;
  bool backfilling = false;
  uint64_t item_count = 0;
  uint64_t size_bytes = 0;
  std::string arn;
};

struct Tag {
  std::string key, value;
  bool operator==(const Tag&) const = default;
};

struct TableDescription {
  std::string name;
  std::string arn;
  std::string id;  // a UUID
  KeySchema keys;
  std::vector<IndexDescription> indexes;
  BillingMode billing = BillingMode::kProvisioned;
  base::Micros on_demand_since{0};  // when it last came to be paid by the request; 0: never was
  Throughput throughput;
  ThroughputChanges throughput_changes;
  OnDemandThroughput on_demand;
  Throughput warm;       // what it can take at once, in units a second: never falls
  bool warming = false;  // while it is being raised
  // Of the key that it is said to be encrypted with; empty: a key of the service's, not told.
  std::string kms_key_arn;
  bool encryption_changing = false;           // the key is the one of before
  std::optional<StreamViewType> stream_view;  // set: a stream is enabled
  std::string stream_label;                   // the latest stream's, also after it was disabled
  std::string stream_arn;
  TableStatus status = TableStatus::kActive;
  bool deletion_protection = false;
  TableClass table_class = TableClass::kStandard;
  base::Micros table_class_changed_at{0};  // 0: never
  base::Micros created_at{0};
  uint64_t item_count = 0;
  uint64_t size_bytes = 0;

  const IndexDescription* FindIndex(std::string_view name) const;
};

// Wire names: "PROVISIONED", "NEW_IMAGE", "ACTIVE", …
std::string_view NameOf(ProjectionType);
std::string_view NameOf(TableStatus);
std::string_view NameOf(BillingMode);
std::string_view NameOf(StreamViewType);
std::string_view NameOf(TableClass);
bool FromName(std::string_view, ProjectionType&);
bool FromName(std::string_view, TableStatus&);
bool FromName(std::string_view, BillingMode&);
bool FromName(std::string_view, StreamViewType&);
bool FromName(std::string_view, TableClass&);

}  // namespace cruddur::model
