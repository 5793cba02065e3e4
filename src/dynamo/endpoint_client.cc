#include "dynamo/endpoint_client.h"

#include <fmt/format.h>

#include "base/random.h"
#include "dynamo/batch_completion.h"
#include "dynamo/batches_codec.h"
#include "dynamo/items_codec.h"
#include "dynamo/pages_codec.h"
#include "dynamo/repeatability.h"
#include "dynamo/signed_endpoint.h"
#include "dynamo/streams_codec.h"
#include "dynamo/tables_codec.h"
#include "dynamo/thread_document.h"
#include "dynamo/transactions_codec.h"

namespace cruddur::dynamo {
namespace {

constexpr std::string_view kItemsTarget = "DynamoDB_20120810";
constexpr std::string_view kStreamsTarget = "DynamoDBStreams_20120810";

std::string_view DomainOf(std::string_view region) {
  return region.starts_with("cn-") ? "amazonaws.com.cn" : "amazonaws.com";
}

bool IsAws(std::string_view host) {
  return host.ends_with(".amazonaws.com") || host.ends_with(".amazonaws.com.cn");
}

template <class Response>
DbResult<Response> Decode(std::string_view text) {
  Response response;
  TRY(ReadJson(
      text, [&](json::Element body) { return ReadResponse(body, response); },
      [](const std::string&) -> model::DbStatus {
        return model::DbFail(model::DbErrorCode::kInternalServerError,
                             "The store's answer is not JSON");
      }));
  return response;
}

template <class Response, class Request>
Task<DbResult<Response>> Send(SignedEndpoint& endpoint, std::string_view operation,
                              const Request& request, base::Backoff& backoff) {
  std::string json;
  json::Writer out(json);
  WriteRequest(out, request);
  auto text = co_await endpoint.Call(operation, std::move(json), IsRepeatable(request), backoff);
  if (!text) co_return std::unexpected(std::move(text).error());
  co_return Decode<Response>(*text);
}

}  // namespace

std::string AwsEndpoint(std::string_view region) {
  return fmt::format("https://dynamodb.{}.{}", region, DomainOf(region));
}

std::string AwsStreamsEndpoint(std::string_view region) {
  return fmt::format("https://streams.dynamodb.{}.{}", region, DomainOf(region));
}

struct EndpointClient::State {
  State(const EndpointSettings& settings, const net::Origin& items_origin,
        const net::Origin& streams_origin, const auth::Credentials& credentials)
      : deadline(settings.deadline),
        items(Make(settings, items_origin, credentials, kItemsTarget)),
        streams(Make(settings, streams_origin, credentials, kStreamsTarget)) {}

  SignedEndpoint Make(const EndpointSettings& settings, const net::Origin& origin,
                      const auth::Credentials& credentials, std::string_view target) {
    net::ClientOptions options;
    options.max_connections = settings.max_connections;
    options.ca_file = settings.ca_file;
    return SignedEndpoint(origin, std::move(options), credentials, settings.region,
                          std::string(target), {settings.attempt_time, settings.max_attempts},
                          settings.clock ? *settings.clock : system_clock);
  }

  // One call with its own deadline.
  template <class Response, class Request>
  Task<DbResult<Response>> Call(SignedEndpoint& endpoint, std::string_view operation,
                                Request request) {
    base::Backoff backoff(deadline);
    co_return co_await Send<Response>(endpoint, operation, request, backoff);
  }

  // A batch and what is left of it, under one deadline.
  template <class Response, class Request>
  Task<DbResult<Response>> CallBatch(std::string_view operation, Request request) {
    base::Backoff backoff(deadline);
    auto send = [&](const Request& part) {
      return Send<Response>(items, operation, part, backoff);
    };
    co_return co_await CompleteBatch<Response>(std::move(request), send, backoff);
  }

  const base::SystemClock system_clock;
  const std::chrono::milliseconds deadline;
  SignedEndpoint items, streams;
};

base::Result<std::unique_ptr<EndpointClient>> EndpointClient::Create(EndpointSettings settings) {
  const bool given = !settings.endpoint_url.empty();
  TRY_ASSIGN(net::Origin items,
             net::Origin::Parse(given ? settings.endpoint_url : AwsEndpoint(settings.region)));
  net::Origin streams = items;
  if (IsAws(items.host)) {
    if (!settings.credentials) {
      return base::Fail(base::ErrorCode::kInvalidArgument,
                        fmt::format("no AWS credentials for {}", items.host));
    }
    if (items.host.starts_with("dynamodb.")) streams.host.insert(0, "streams.");
  }
  const auth::Credentials credentials =
      settings.credentials.value_or(auth::Credentials{"local", "local", ""});
  try {
    return std::unique_ptr<EndpointClient>(
        new EndpointClient(std::make_unique<State>(settings, items, streams, credentials)));
  } catch (const std::exception& e) {  // certificates that can't be used
    return base::Fail(base::ErrorCode::kInvalidArgument, e.what());
  }
}

EndpointClient::EndpointClient(std::unique_ptr<State> state) : state_(std::move(state)) {}
EndpointClient::~EndpointClient() = default;

Task<DbResult<model::GetItemResponse>> EndpointClient::GetItem(model::GetItemRequest request) {
  return state_->Call<model::GetItemResponse>(state_->items, "GetItem", std::move(request));
}

Task<DbResult<model::WriteItemResponse>> EndpointClient::PutItem(model::PutItemRequest request) {
  return state_->Call<model::WriteItemResponse>(state_->items, "PutItem", std::move(request));
}

Task<DbResult<model::WriteItemResponse>> EndpointClient::DeleteItem(
    model::DeleteItemRequest request) {
  return state_->Call<model::WriteItemResponse>(state_->items, "DeleteItem", std::move(request));
}

Task<DbResult<model::WriteItemResponse>> EndpointClient::UpdateItem(
    model::UpdateItemRequest request) {
  return state_->Call<model::WriteItemResponse>(state_->items, "UpdateItem", std::move(request));
}

Task<DbResult<model::PageResponse>> EndpointClient::Query(model::QueryRequest request) {
  return state_->Call<model::PageResponse>(state_->items, "Query", std::move(request));
}

Task<DbResult<model::PageResponse>> EndpointClient::Scan(model::ScanRequest request) {
  return state_->Call<model::PageResponse>(state_->items, "Scan", std::move(request));
}

Task<DbResult<model::BatchGetItemResponse>> EndpointClient::BatchGetItem(
    model::BatchGetItemRequest request) {
  return state_->CallBatch<model::BatchGetItemResponse>("BatchGetItem", std::move(request));
}

Task<DbResult<model::BatchWriteItemResponse>> EndpointClient::BatchWriteItem(
    model::BatchWriteItemRequest request) {
  return state_->CallBatch<model::BatchWriteItemResponse>("BatchWriteItem", std::move(request));
}

Task<DbResult<model::TransactGetItemsResponse>> EndpointClient::TransactGetItems(
    model::TransactGetItemsRequest request) {
  return state_->Call<model::TransactGetItemsResponse>(state_->items, "TransactGetItems",
                                                       std::move(request));
}

Task<DbResult<model::TransactWriteItemsResponse>> EndpointClient::TransactWriteItems(
    model::TransactWriteItemsRequest request) {
  if (request.client_request_token.empty()) request.client_request_token = base::NewUuid();
  return state_->Call<model::TransactWriteItemsResponse>(state_->items, "TransactWriteItems",
                                                         std::move(request));
}

Task<DbResult<model::TableDescription>> EndpointClient::CreateTable(
    model::CreateTableRequest request) {
  return state_->Call<model::TableDescription>(state_->items, "CreateTable", std::move(request));
}

Task<DbResult<model::TableDescription>> EndpointClient::UpdateTable(
    model::UpdateTableRequest request) {
  return state_->Call<model::TableDescription>(state_->items, "UpdateTable", std::move(request));
}

Task<DbResult<model::TableDescription>> EndpointClient::DeleteTable(std::string table) {
  return state_->Call<model::TableDescription>(state_->items, "DeleteTable",
                                               DeleteTableRequest{std::move(table)});
}

Task<DbResult<model::TableDescription>> EndpointClient::DescribeTable(std::string table) {
  return state_->Call<model::TableDescription>(state_->items, "DescribeTable",
                                               DescribeTableRequest{std::move(table)});
}

Task<DbResult<model::ListTablesResponse>> EndpointClient::ListTables(
    model::ListTablesRequest request) {
  return state_->Call<model::ListTablesResponse>(state_->items, "ListTables", std::move(request));
}

Task<DbResult<model::ListStreamsResponse>> EndpointClient::ListStreams(
    model::ListStreamsRequest request) {
  return state_->Call<model::ListStreamsResponse>(state_->streams, "ListStreams",
                                                  std::move(request));
}

Task<DbResult<model::DescribeStreamResponse>> EndpointClient::DescribeStream(
    model::DescribeStreamRequest request) {
  return state_->Call<model::DescribeStreamResponse>(state_->streams, "DescribeStream",
                                                     std::move(request));
}

Task<DbResult<std::string>> EndpointClient::GetShardIterator(
    model::GetShardIteratorRequest request) {
  auto response =
      co_await state_->Call<ShardIterator>(state_->streams, "GetShardIterator", std::move(request));
  if (!response) co_return std::unexpected(std::move(response).error());
  co_return std::move(response->token);
}

Task<DbResult<model::GetRecordsResponse>> EndpointClient::GetRecords(
    model::GetRecordsRequest request) {
  return state_->Call<model::GetRecordsResponse>(state_->streams, "GetRecords", std::move(request));
}

}  // namespace cruddur::dynamo
