#include "messaging/table.h"

#include <utility>

namespace cruddur::messaging {
namespace {

constexpr std::string_view kMessagePrefix = "MSG#";
constexpr std::string_view kRowPrefix = "GRP#";
constexpr std::string_view kRecordPrefix = "CNV#";
constexpr std::string_view kPairPrefix = "PAIR#";

std::string Join(std::string_view prefix, std::string_view rest) {
  std::string key;
  key.reserve(prefix.size() + rest.size());
  key.append(prefix).append(rest);
  return key;
}

std::optional<std::string_view> Behind(std::string_view prefix, std::string_view key) {
  if (!key.starts_with(prefix)) return std::nullopt;
  return key.substr(prefix.size());
}

}  // namespace

model::CreateTableRequest MessageTable(model::BillingMode billing) {
  const model::KeyAttribute pk{"pk", model::Type::kS};
  const model::KeyAttribute sk{"sk", model::Type::kS};
  const model::KeyAttribute group{"message_group_uuid", model::Type::kS};

  model::IndexDefinition index;
  index.name = kIndexName;
  index.global = true;
  index.keys = {.partition = {group}, .sort = {sk}};
  index.projection.type = model::ProjectionType::kAll;

  model::CreateTableRequest request;
  request.table = kTableName;
  request.keys = {.partition = {pk}, .sort = {sk}};
  request.attribute_definitions = {pk, sk, group};
  request.billing = billing;
  request.stream_view = model::StreamViewType::kNewImage;
  if (billing == model::BillingMode::kProvisioned) {
    request.throughput = model::Throughput{.read_units = 5, .write_units = 5};
    index.throughput = request.throughput;
  }
  request.indexes.push_back(std::move(index));
  return request;
}

std::string MessagePartition(std::string_view conversation_uuid) {
  return Join(kMessagePrefix, conversation_uuid);
}

std::string RowPartition(std::string_view user_uuid) { return Join(kRowPrefix, user_uuid); }

std::string RecordPartition(std::string_view conversation_uuid) {
  return Join(kRecordPrefix, conversation_uuid);
}

std::string PairPartition(std::string_view one_uuid, std::string_view other_uuid) {
  if (other_uuid < one_uuid) std::swap(one_uuid, other_uuid);
  std::string key = Join(kPairPrefix, one_uuid);
  key.append("#").append(other_uuid);
  return key;
}

model::Item Key(std::string partition, std::string_view sort) {
  model::Item key;
  key.Set("pk", std::move(partition));
  key.Set("sk", sort);
  return key;
}

std::optional<std::string_view> ConversationOfMessage(std::string_view partition) {
  return Behind(kMessagePrefix, partition);
}

std::optional<std::string_view> UserOfRow(std::string_view partition) {
  return Behind(kRowPrefix, partition);
}

std::optional<std::string_view> ConversationOfRecord(std::string_view partition) {
  return Behind(kRecordPrefix, partition);
}

}  // namespace cruddur::messaging
