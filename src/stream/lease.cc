#include "stream/lease.h"

namespace cruddur::stream {

using base::ErrorCode;
using base::Fail;

std::string LeaseKeyOfShard(std::string_view stream_arn, std::string_view shard_id) {
  std::string key(stream_arn);
  key += '/';
  key += shard_id;
  return key;
}

Lease LeaseOfShard(std::string stream_arn, std::string shard_id, std::string parent_shard_id) {
  Lease lease;
  lease.key = LeaseKeyOfShard(stream_arn, shard_id);
  lease.stream_arn = std::move(stream_arn);
  lease.shard_id = std::move(shard_id);
  lease.parent_shard_id = std::move(parent_shard_id);
  return lease;
}

model::Item ItemOf(const Lease& lease) {
  model::Item item;
  item.Set("leaseKey", lease.key);
  item.Set("leaseCounter", model::Number(lease.counter));
  item.Set("checkpoint", lease.checkpoint);
  const auto set = [&](const char* name, const std::string& text) {
    if (!text.empty()) item.Set(name, text);
  };
  set("leaseOwner", lease.owner);
  set("streamArn", lease.stream_arn);
  set("shardId", lease.shard_id);
  set("parentShardId", lease.parent_shard_id);
  return item;
}

base::Result<Lease> LeaseOf(const model::Item& item) {
  Lease lease;
  lease.key = item.FindString("leaseKey");
  lease.owner = item.FindString("leaseOwner");
  lease.checkpoint = item.FindString("checkpoint");
  lease.stream_arn = item.FindString("streamArn");
  lease.shard_id = item.FindString("shardId");
  lease.parent_shard_id = item.FindString("parentShardId");
  const model::AttributeValue* counter = item.Find("leaseCounter");
  const auto* number = counter ? counter->As<model::Number>() : nullptr;
  const bool of_table = lease.key == kTableLeaseKey;
  if (lease.checkpoint.empty() || number == nullptr || !number->AsInt64(lease.counter) ||
      of_table != lease.shard_id.empty() || of_table != lease.stream_arn.empty()) {
    return Fail(ErrorCode::kCorruption, "the item '" + lease.key + "' is no lease");
  }
  return lease;
}

}  // namespace cruddur::stream
