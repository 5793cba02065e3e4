// Batches that come back whole: what a store leaves unprocessed is sent again until the deadline.
#pragma once

#include <utility>

#include "base/backoff.h"
#include "model/operations.h"

namespace cruddur::dynamo {

// Adds the later answer to the earlier one.
void MergeAnswer(model::BatchGetItemResponse& into, model::BatchGetItemResponse&& from);
void MergeAnswer(model::BatchWriteItemResponse& into, model::BatchWriteItemResponse&& from);

// How many keys or writes are left.
size_t Unprocessed(const model::BatchGetItemResponse& response);
size_t Unprocessed(const model::BatchWriteItemResponse& response);

// `send(request)` is a task of one call. A part that gets through resets nothing: the deadline is
// the whole batch's. kProvisionedThroughputExceeded when time is over, as AWS's own clients say.
template <class Response, class Request, class Send>
base::Task<model::DbResult<Response>> CompleteBatch(Request request, Send send,
                                                    base::Backoff& backoff) {
  Response whole;
  size_t before = 0;
  for (;;) {
    model::DbResult<Response> part = co_await send(request);
    if (!part) co_return std::unexpected(std::move(part).error());
    const size_t left = Unprocessed(*part);
    request.tables = std::move(part->unprocessed);
    part->unprocessed.clear();
    MergeAnswer(whole, *std::move(part));
    if (left == 0) co_return whole;
    // A page's size may be why some is left: then the next part goes out without a pause.
    const bool progress = before != 0 && left < before;
    before = left;
    if (progress && backoff.Left().count() > 0) continue;
    if (!co_await backoff.Pause()) {
      co_return model::DbFail(model::DbErrorCode::kProvisionedThroughputExceeded,
                              "The store left a part of the batch unprocessed until the deadline");
    }
  }
}

}  // namespace cruddur::dynamo
