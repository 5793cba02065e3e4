#include "engine/stream_checks.h"

#include <fmt/format.h>

#include <algorithm>

namespace cruddur::engine {
namespace {

constexpr size_t kMinArnLength = 37, kMaxArnLength = 1024;
constexpr size_t kMinShardIdLength = 28, kMaxShardIdLength = 65;

void CheckLength(std::string_view text, std::string_view at, size_t low, size_t high,
                 FieldChecks& fields) {
  if (text.empty()) {
    fields.Fail("null", at, "Member must not be null");
  } else {
    fields.Length(at, fmt::format("'{}'", text), text.size(), low, high);
  }
}

}  // namespace

void CheckStreamArn(std::string_view arn, FieldChecks& fields) {
  CheckLength(arn, "streamArn", kMinArnLength, kMaxArnLength, fields);
}

void CheckShardId(std::string_view id, std::string_view at, FieldChecks& fields) {
  CheckLength(id, at, kMinShardIdLength, kMaxShardIdLength, fields);
}

model::DbStatus CheckStreamArnForm(std::string_view arn) {
  const size_t table = arn.find(":table/");
  const bool well_formed =
      arn.starts_with("arn:") && table != arn.npos && arn.find("/stream/", table) != arn.npos;
  return well_formed ? model::DbStatus() : model::Invalid("Invalid StreamArn");
}

model::DbResult<std::shared_ptr<const StreamState>> FindStream(const Catalog& catalog,
                                                               std::string_view arn) {
  auto stream = catalog.Snapshot()->FindStream(arn);
  if (stream != nullptr) return stream;
  TRY(CheckStreamArnForm(arn));
  return model::DbFail(model::DbErrorCode::kResourceNotFound,
                       fmt::format("Requested resource not found: Stream: {} not found", arn));
}

model::DbResult<const ShardState*> FindShard(const StreamState& stream, std::string_view id) {
  const auto found = std::ranges::find(stream.shards, id, &ShardState::id);
  if (found != stream.shards.end()) return &*found;
  return model::DbFail(
      model::DbErrorCode::kResourceNotFound,
      fmt::format("Requested resource not found: Shard: {} in Stream: {} not found", id,
                  stream.arn));
}

}  // namespace cruddur::engine
