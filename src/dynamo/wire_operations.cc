#include "dynamo/wire_operations.h"

#include <boost/asio/associated_executor.hpp>
#include <boost/asio/post.hpp>

#include "base/log.h"
#include "dynamo/account_codec.h"
#include "dynamo/batches_codec.h"
#include "dynamo/error_codec.h"
#include "dynamo/items_codec.h"
#include "dynamo/pages_codec.h"
#include "dynamo/partiql_codec.h"
#include "dynamo/streams_codec.h"
#include "dynamo/table_settings_codec.h"
#include "dynamo/tables_codec.h"
#include "dynamo/tags_codec.h"
#include "dynamo/thread_document.h"
#include "dynamo/time_to_live_codec.h"
#include "dynamo/transactions_codec.h"

namespace cruddur::dynamo {
namespace {

namespace asio = base::asio;
using engine::Engine;
using model::DbResult;

template <class Request>
model::DbStatus Decode(std::string_view text, Request& out) {
  return ReadJson(
      text, [&](json::Element body) { return ReadRequest(body, out); },
      [](const std::string&) -> model::DbStatus {
        return model::DbFail(model::DbErrorCode::kSerialization, "");
      });
}

// Reads the request and asks whether its caller may make it.
template <class Request>
model::DbStatus Admit(const WireCall& call, Request& out) {
  TRY(Decode(call.body, out));
  if (call.caller == nullptr) return {};
  return call.caller->Authorize(call.operation, NeedsOf(call.operation, std::as_const(out)));
}

template <class Result, class Write>
void Answer(net::Response& response, const DbResult<Result>& result, Write&& write) {
  if (!result) return AnswerError(response, result.error());
  json::Writer out(response.body);
  write(out, *result);
}

// Reads. `Call` runs the engine, `write` the answer.
template <class Request, class Call, class Write>
void Read(WireCall& call, Call&& run, Write&& write) {
  Request request;
  if (auto status = Admit(call, request); !status) {
    return AnswerError(call.response, status.error());
  }
  Answer(call.response, run(request),
         [&](json::Writer& out, const auto& result) { write(out, request, result); });
}

template <class Request, auto Method>
void ReadPlainly(WireCall call) {
  Read<Request>(
      call, [&](const Request& request) { return (call.engine.*Method)(request); },
      [](json::Writer& out, const Request&, const auto& result) { WriteResponse(out, result); });
}

template <class Request, auto Method>
void ReadPage(WireCall call) {
  Read<Request>(
      call, [&](const Request& request) { return (call.engine.*Method)(request); },
      [](json::Writer& out, const Request& request, const model::PageResponse& page) {
        WriteResponse(out, page, request.select);
      });
}

void DescribeTable(WireCall call) {
  Read<DescribeTableRequest>(
      call,
      [&](const DescribeTableRequest& request) { return call.engine.DescribeTable(request.table); },
      [](json::Writer& out, const auto&, const model::TableDescription& table) {
        WriteResponse(out, table, "Table");
      });
}

void DescribeTimeToLive(WireCall call) {
  Read<DescribeTimeToLiveRequest>(
      call,
      [&](const DescribeTimeToLiveRequest& request) {
        return call.engine.DescribeTimeToLive(request.table);
      },
      [](json::Writer& out, const auto&, const model::TimeToLiveDescription& description) {
        WriteResponse(out, description);
      });
}

void DescribeLimits(WireCall call) {
  Read<DescribeLimitsRequest>(
      call, [](const auto&) { return DbResult<std::monostate>(); },
      [](json::Writer& out, const auto&, std::monostate) { WriteLimits(out); });
}

void DescribeEndpoints(WireCall call) {
  Read<DescribeEndpointsRequest>(
      call, [](const auto&) { return DbResult<std::monostate>(); },
      [&](json::Writer& out, const auto&, std::monostate) { WriteEndpoints(out, call.host); });
}

void DescribeContinuousBackups(WireCall call) {
  Read<DescribeContinuousBackupsRequest>(
      call,
      [&](const DescribeContinuousBackupsRequest& request) {
        auto table = call.engine.DescribeTable(request.table);
        if (!table && table.error().code == model::DbErrorCode::kResourceNotFound) {
          table = model::DbFail(model::DbErrorCode::kTableNotFound,
                                "Table not found: " + request.table);
        }
        return table;
      },
      [](json::Writer& out, const auto&, const model::TableDescription&) {
        WriteContinuousBackups(out);
      });
}

void GetShardIterator(WireCall call) {
  Read<model::GetShardIteratorRequest>(
      call,
      [&](const model::GetShardIteratorRequest& request) {
        return call.engine.GetShardIterator(request);
      },
      [](json::Writer& out, const auto&, const std::string& token) {
        WriteResponse(out, ShardIterator{token});
      });
}

void GetRecords(WireCall call) {
  Read<model::GetRecordsRequest>(
      call,
      [&](const model::GetRecordsRequest& request) { return call.engine.GetRecords(request); },
      [&](json::Writer& out, const auto&, const model::GetRecordsResponse& records) {
        WriteResponse(out, records, call.region);
      });
}

void WriteAnswer(json::Writer& out, const model::TableDescription& table) {
  WriteResponse(out, table, "TableDescription");
}
template <class Result>
void WriteAnswer(json::Writer& out, const Result& result) {
  WriteResponse(out, result);
}

// Writes. The answer is written on the connection's loop, not on the committer's thread, which has
// better things to do.
template <class Result>
engine::Done<Result> AnswerOnLoop(net::Response& response, Resume resume) {
  return [&response, resume = std::move(resume)](DbResult<Result> result) mutable {
    auto executor = asio::get_associated_executor(resume);
    asio::post(executor,
               [&response, resume = std::move(resume), result = std::move(result)]() mutable {
                 Answer(response, result,
                        [](json::Writer& out, const Result& value) { WriteAnswer(out, value); });
                 resume();
               });
  };
}

// Refuses a request from within the start of the wait, which may not resume at once.
void Refuse(net::Response& response, const model::DbError& error, Resume resume) {
  AnswerError(response, error);
  auto executor = asio::get_associated_executor(resume);
  asio::post(executor, std::move(resume));
}

template <class Request, class Result, auto Method>
void Write(WireCall call, Resume resume) {
  Request request;
  if (auto status = Admit(call, request); !status) {
    return Refuse(call.response, status.error(), std::move(resume));
  }
  if constexpr (requires { request.may_conflict; }) request.may_conflict = true;
  (call.engine.*Method)(std::move(request), AnswerOnLoop<Result>(call.response, std::move(resume)));
}

void DeleteTable(WireCall call, Resume resume) {
  DeleteTableRequest request;
  if (auto status = Admit(call, request); !status) {
    return Refuse(call.response, status.error(), std::move(resume));
  }
  call.engine.DeleteTable(std::move(request.table),
                          AnswerOnLoop<model::TableDescription>(call.response, std::move(resume)));
}

// For a write that is answered with an empty body.
template <class Request, auto Method>
void WriteSilently(WireCall call, Resume resume) {
  Request request;
  if (auto status = Admit(call, request); !status) {
    return Refuse(call.response, status.error(), std::move(resume));
  }
  (call.engine.*Method)(std::move(request), [&response = call.response, resume = std::move(resume)](
                                                model::DbStatus status) mutable {
    auto executor = asio::get_associated_executor(resume);
    asio::post(executor,
               [&response, resume = std::move(resume), status = std::move(status)]() mutable {
                 if (!status) AnswerError(response, status.error());
                 resume();
               });
  });
}

constexpr WireOperation kItemOperations[] = {
    {"GetItem", ReadPlainly<model::GetItemRequest, &Engine::GetItem>},
    {"Query", ReadPage<model::QueryRequest, &Engine::Query>},
    {"PutItem", nullptr, Write<model::PutItemRequest, model::WriteItemResponse, &Engine::PutItem>},
    {"UpdateItem", nullptr,
     Write<model::UpdateItemRequest, model::WriteItemResponse, &Engine::UpdateItem>},
    {"DeleteItem", nullptr,
     Write<model::DeleteItemRequest, model::WriteItemResponse, &Engine::DeleteItem>},
    {"Scan", ReadPage<model::ScanRequest, &Engine::Scan>},
    {"BatchGetItem", ReadPlainly<model::BatchGetItemRequest, &Engine::BatchGetItem>},
    {"BatchWriteItem", nullptr,
     Write<model::BatchWriteItemRequest, model::BatchWriteItemResponse, &Engine::BatchWriteItem>},
    {"TransactGetItems", ReadPlainly<model::TransactGetItemsRequest, &Engine::TransactGetItems>},
    {"TransactWriteItems", nullptr,
     Write<model::TransactWriteItemsRequest, model::TransactWriteItemsResponse,
           &Engine::TransactWriteItems>},
    {"ExecuteStatement", nullptr,
     Write<model::ExecuteStatementRequest, model::ExecuteStatementResponse,
           &Engine::ExecuteStatement>},
    {"BatchExecuteStatement", nullptr,
     Write<model::BatchExecuteStatementRequest, model::BatchExecuteStatementResponse,
           &Engine::BatchExecuteStatement>},
    {"ExecuteTransaction", nullptr,
     Write<model::ExecuteTransactionRequest, model::ExecuteTransactionResponse,
           &Engine::ExecuteTransaction>},
    {"DescribeTable", DescribeTable},
    {"ListTables", ReadPlainly<model::ListTablesRequest, &Engine::ListTables>},
    {"CreateTable", nullptr,
     Write<model::CreateTableRequest, model::TableDescription, &Engine::CreateTable>},
    {"UpdateTable", nullptr,
     Write<model::UpdateTableRequest, model::TableDescription, &Engine::UpdateTable>},
    {"DeleteTable", nullptr, DeleteTable},
    {"UpdateTimeToLive", nullptr,
     Write<model::UpdateTimeToLiveRequest, model::TimeToLiveSpecification,
           &Engine::UpdateTimeToLive>},
    {"DescribeTimeToLive", DescribeTimeToLive},
    {"TagResource", nullptr, WriteSilently<model::TagResourceRequest, &Engine::TagResource>},
    {"UntagResource", nullptr, WriteSilently<model::UntagResourceRequest, &Engine::UntagResource>},
    {"ListTagsOfResource",
     ReadPlainly<model::ListTagsOfResourceRequest, &Engine::ListTagsOfResource>},
    {"DescribeLimits", DescribeLimits},
    {"DescribeEndpoints", DescribeEndpoints},
    {"DescribeContinuousBackups", DescribeContinuousBackups},
    {"PutResourcePolicy", nullptr,
     Write<model::PutResourcePolicyRequest, model::PolicyRevision, &Engine::PutResourcePolicy>},
    {"DeleteResourcePolicy", nullptr,
     Write<model::DeleteResourcePolicyRequest, model::PolicyRevision,
           &Engine::DeleteResourcePolicy>},
    {"GetResourcePolicy", ReadPlainly<model::GetResourcePolicyRequest, &Engine::GetResourcePolicy>},
    {"UpdateContributorInsights", nullptr,
     Write<model::UpdateContributorInsightsRequest, model::ContributorInsightsSummary,
           &Engine::UpdateContributorInsights>},
    {"DescribeContributorInsights",
     ReadPlainly<model::DescribeContributorInsightsRequest, &Engine::DescribeContributorInsights>},
    {"ListContributorInsights",
     ReadPlainly<model::ListContributorInsightsRequest, &Engine::ListContributorInsights>},
};

constexpr WireOperation kStreamOperations[] = {
    {"GetRecords", GetRecords},
    {"GetShardIterator", GetShardIterator},
    {"DescribeStream", ReadPlainly<model::DescribeStreamRequest, &Engine::DescribeStream>},
    {"ListStreams", ReadPlainly<model::ListStreamsRequest, &Engine::ListStreams>},
};

const WireOperation* FindIn(std::span<const WireOperation> operations, std::string_view name) {
  for (const WireOperation& each : operations) {
    if (each.name == name) return &each;
  }
  return nullptr;
}

}  // namespace

const WireOperation* FindOperation(std::string_view target) {
  constexpr std::string_view kItems = "DynamoDB_20120810.";
  constexpr std::string_view kStreams = "DynamoDBStreams_20120810.";
  if (target.starts_with(kItems)) {
    return FindIn(kItemOperations, target.substr(kItems.size()));
  }
  if (target.starts_with(kStreams)) {
    return FindIn(kStreamOperations, target.substr(kStreams.size()));
  }
  return nullptr;
}

void AnswerError(net::Response& response, const model::DbError& error) {
  if (error.code == model::DbErrorCode::kInternalServerError && !error.message.empty()) {
    // The client learns nothing of it.
    base::Log(base::LogLevel::kError, "dynamodb request failed", {{"why", error.message}});
  }
  response.status = model::WireOf(error.code).http_status;
  response.body.clear();
  AppendErrorBody(response.body, error);
}

}  // namespace cruddur::dynamo
