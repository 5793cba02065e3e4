#include "engine/shard_iterator.h"

#include "engine/key_codec.h"
#include "model/base64.h"

namespace cruddur::engine {
namespace {

constexpr std::string_view kVersion = "|1|";

// shard(4) position(8) issued_at(8) check(8)
constexpr size_t kUncheckedBytes = 20;
constexpr size_t kBytes = kUncheckedBytes + 8;

uint64_t Check(const StreamState& stream, std::string_view unchecked) {
  const uint64_t seed = StableHash(stream.table_id, StableHash(stream.arn, stream.id));
  return StableHash(unchecked, seed);
}

}  // namespace

std::string EncodeShardIterator(const StreamState& stream, const ShardIterator& iterator) {
  std::string bytes;
  AppendUint32(iterator.shard, bytes);
  AppendUint64(iterator.position, bytes);
  AppendUint64(static_cast<uint64_t>(iterator.issued_at.count()), bytes);
  AppendUint64(Check(stream, bytes), bytes);
  std::string text = stream.arn;
  text += kVersion;
  model::AppendBase64(text, bytes);
  return text;
}

std::optional<std::string_view> StreamArnOf(std::string_view text) {
  const size_t end = text.find(kVersion);
  if (end == std::string_view::npos || end == 0) return std::nullopt;
  return text.substr(0, end);
}

std::optional<ShardIterator> DecodeShardIterator(const StreamState& stream, std::string_view text) {
  const auto arn = StreamArnOf(text);
  if (!arn || *arn != stream.arn) return std::nullopt;
  const auto bytes = model::DecodeBase64(text.substr(arn->size() + kVersion.size()));
  if (!bytes || bytes->size() != kBytes) return std::nullopt;
  const std::string_view view = *bytes;
  if (ReadUint64(view.substr(kUncheckedBytes)) != Check(stream, view.substr(0, kUncheckedBytes))) {
    return std::nullopt;
  }
  return ShardIterator{
      .shard = ReadUint32(view),
      .position = ReadUint64(view.substr(4)),
      .issued_at = base::Micros(static_cast<int64_t>(ReadUint64(view.substr(12))))};
}

}  // namespace cruddur::engine
