// Of the tests and the fuzz target: what must hold of any body whatever, for each operation.
#pragma once

#include <cstdio>
#include <cstdlib>
#include <string>
#include <string_view>

#include "dynamo/account_codec.h"
#include "dynamo/batches_codec.h"
#include "dynamo/error_codec.h"
#include "dynamo/items_codec.h"
#include "dynamo/pages_codec.h"
#include "dynamo/streams_codec.h"
#include "dynamo/table_settings_codec.h"
#include "dynamo/tables_codec.h"
#include "dynamo/tags_codec.h"
#include "dynamo/time_to_live_codec.h"
#include "dynamo/transactions_codec.h"

namespace cruddur::dynamo {

template <class Request>
std::string JsonOf(const Request& request) {
  std::string out;
  json::Writer writer(out);
  WriteRequest(writer, request);
  return out;
}

// A request that is read is read again from what it writes (where our client makes such requests),
// as the same; a refusal has a code that says whose fault it is.
template <class Request>
void CheckAnyRequest(std::string_view body) {
  json::Document document;
  auto parsed = document.Parse(body);
  if (!parsed) return;
  Request first;
  auto status = ReadRequest(*parsed, first);
  if constexpr (requires { first.broken; }) {
    if (first.broken) status = std::unexpected(first.broken->error);  // what the engine will say
  }
  if (!status) {
    if (model::WireOf(status.error().code).http_status != 400) std::abort();
    std::string text;
    AppendErrorBody(text, status.error());
    if (ReadErrorBody(400, text).code != status.error().code) std::abort();
    return;
  }
  if constexpr (requires(json::Writer& out) { WriteRequest(out, first); }) {
    const std::string json = JsonOf(first);
    auto parsed_again = document.Parse(json);
    Request second;
    if (!parsed_again || !ReadRequest(*parsed_again, second) || JsonOf(second) != json) {
      std::fprintf(stderr, "not read again: %s\n", json.c_str());
      std::abort();
    }
  }
}

// Whatever a store answers is read or refused.
template <class Response>
void CheckAnyResponse(std::string_view body) {
  json::Document document;
  auto parsed = document.Parse(body);
  Response response;
  if (parsed) (void)ReadResponse(*parsed, response);
}

// `choice` picks the operation.
inline void CheckAnyBody(unsigned choice, std::string_view body) {
  using Check = void (*)(std::string_view);
  static constexpr Check kChecks[] = {
      CheckAnyRequest<model::GetItemRequest>,
      CheckAnyRequest<model::PutItemRequest>,
      CheckAnyRequest<model::DeleteItemRequest>,
      CheckAnyRequest<model::UpdateItemRequest>,
      CheckAnyRequest<model::QueryRequest>,
      CheckAnyRequest<model::ScanRequest>,
      CheckAnyRequest<model::BatchGetItemRequest>,
      CheckAnyRequest<model::BatchWriteItemRequest>,
      CheckAnyRequest<model::TransactGetItemsRequest>,
      CheckAnyRequest<model::TransactWriteItemsRequest>,
      CheckAnyRequest<model::CreateTableRequest>,
      CheckAnyRequest<model::UpdateTableRequest>,
      CheckAnyRequest<model::ListTablesRequest>,
      CheckAnyRequest<DescribeTableRequest>,
      CheckAnyRequest<DeleteTableRequest>,
      CheckAnyRequest<model::TagResourceRequest>,
      CheckAnyRequest<model::UntagResourceRequest>,
      CheckAnyRequest<model::ListTagsOfResourceRequest>,
      CheckAnyRequest<DescribeContinuousBackupsRequest>,
      CheckAnyRequest<model::ListStreamsRequest>,
      CheckAnyRequest<model::DescribeStreamRequest>,
      CheckAnyRequest<model::GetShardIteratorRequest>,
      CheckAnyRequest<model::GetRecordsRequest>,
      CheckAnyResponse<model::GetItemResponse>,
      CheckAnyResponse<model::WriteItemResponse>,
      CheckAnyResponse<model::PageResponse>,
      CheckAnyResponse<model::BatchGetItemResponse>,
      CheckAnyResponse<model::BatchWriteItemResponse>,
      CheckAnyResponse<model::TransactGetItemsResponse>,
      CheckAnyResponse<model::TransactWriteItemsResponse>,
      CheckAnyResponse<model::TableDescription>,
      CheckAnyResponse<model::ListTablesResponse>,
      CheckAnyResponse<model::ListStreamsResponse>,
      CheckAnyResponse<model::DescribeStreamResponse>,
      CheckAnyResponse<ShardIterator>,
      CheckAnyResponse<model::GetRecordsResponse>,
      [](std::string_view text) { (void)ReadErrorBody(400, text); },
      CheckAnyRequest<model::UpdateTimeToLiveRequest>,
      CheckAnyRequest<DescribeTimeToLiveRequest>,
      CheckAnyRequest<model::PutResourcePolicyRequest>,
      CheckAnyRequest<model::DeleteResourcePolicyRequest>,
      CheckAnyRequest<model::GetResourcePolicyRequest>,
      CheckAnyRequest<model::UpdateContributorInsightsRequest>,
      CheckAnyRequest<model::DescribeContributorInsightsRequest>,
      CheckAnyRequest<model::ListContributorInsightsRequest>,
  };
  kChecks[choice % std::size(kChecks)](body);
}

inline constexpr unsigned kAnyBodyChoices = 45;

}  // namespace cruddur::dynamo
