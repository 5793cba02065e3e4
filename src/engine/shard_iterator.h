// Shard iterators as clients see them: a place in a shard, opaque, complete in itself, good for 15
// minutes and over a restart. "<stream ARN>|1|<base64>", the outer form of AWS's own.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/clock.h"
#include "engine/catalog.h"

namespace cruddur::engine {

inline constexpr base::Micros kShardIteratorLife = std::chrono::minutes(15);

struct ShardIterator {
  uint32_t shard = 0;
  uint64_t position = 0;  // the sequence number of the next record, if it is there
  base::Micros issued_at{0};
};

std::string EncodeShardIterator(const StreamState& stream, const ShardIterator& iterator);

// The stream that a text claims to be an iterator of; nothing more is checked.
std::optional<std::string_view> StreamArnOf(std::string_view text);

// Null for whatever EncodeShardIterator never made for this stream. The check catches accidents and
// guesses; it is no signature: an iterator shows nothing that its stream's ARN doesn't give.
std::optional<ShardIterator> DecodeShardIterator(const StreamState& stream, std::string_view text);

}  // namespace cruddur::engine
