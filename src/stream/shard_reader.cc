#include "stream/shard_reader.h"

#include <utility>

#include "base/result.h"

namespace cruddur::stream {

using model::DbErrorCode;

base::Task<model::DbStatus> ShardReader::Find() {
  model::GetShardIteratorRequest from{.stream_arn = stream_arn_, .shard_id = shard_id_};
  if (!after_.empty()) {
    from.type = model::ShardIteratorType::kAfterSequenceNumber;
    from.sequence_number = after_;
  }
  auto iterator = co_await client_.GetShardIterator(from);
  if (!iterator && !after_.empty() &&
      (iterator.error().code == DbErrorCode::kTrimmedDataAccess ||
       iterator.error().code == DbErrorCode::kValidation)) {
    // Nobody has what came next any more, or the number is of another life of this stream (its data
    // were restored): on with what is left.
    ++gaps_;
    after_.clear();
    from.type = model::ShardIteratorType::kTrimHorizon;
    from.sequence_number.clear();
    iterator = co_await client_.GetShardIterator(from);
  }
  if (!iterator) co_return std::unexpected(std::move(iterator).error());
  iterator_ = *std::move(iterator);
  co_return model::DbStatus();
}

base::Task<model::DbResult<std::vector<model::StreamRecord>>> ShardReader::Read(int64_t limit) {
  std::vector<model::StreamRecord> records;
  if (at_end_) co_return records;
  const bool found_before = !iterator_.empty();
  if (!found_before) CO_TRY(co_await Find());
  auto page = co_await client_.GetRecords({.shard_iterator = iterator_, .limit = limit});
  const auto outdated = [&] {
    return page.error().code == DbErrorCode::kExpiredIterator ||
           page.error().code == DbErrorCode::kTrimmedDataAccess;
  };
  if (!page && outdated()) {
    CO_TRY(co_await Find());
    page = co_await client_.GetRecords({.shard_iterator = iterator_, .limit = limit});
  }
  if (!page) {
    iterator_.clear();
    co_return std::unexpected(std::move(page).error());
  }
  iterator_ = std::move(page->next_shard_iterator);
  at_end_ = iterator_.empty();
  if (!page->records.empty()) after_ = page->records.back().sequence_number;
  co_return std::move(page->records);
}

}  // namespace cruddur::stream
