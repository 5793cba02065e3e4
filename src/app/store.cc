#include "app/store.h"

#include <fmt/format.h>

#include "app/endpoints.h"
#include "auth/credentials.h"
#include "base/run_task.h"
#include "dynamo/endpoint_client.h"
#include "dynamo/in_process_client.h"
#include "messaging/table.h"

namespace cruddur::app {
namespace {

using base::ErrorCode;
using base::Fail;

// The table, with the stream that moves the conversation rows: tables of older code may have none.
base::Status EnsureTable(dynamo::Client& client) {
  auto created =
      base::RunTask(client.CreateTable(messaging::MessageTable(model::BillingMode::kProvisioned)));
  if (created) return {};
  if (created.error().code != model::DbErrorCode::kResourceInUse) {
    return Fail(ErrorCode::kInternal, fmt::format("can't create the table {}: {}",
                                                  messaging::kTableName, created.error().message));
  }
  auto table = base::RunTask(client.DescribeTable(std::string(messaging::kTableName)));
  if (!table || table->stream_view) return {};
  model::UpdateTableRequest request;
  request.table = messaging::kTableName;
  request.stream_enabled = true;
  request.stream_view = model::StreamViewType::kNewImage;
  auto updated = base::RunTask(client.UpdateTable(std::move(request)));
  if (updated) return {};
  return Fail(ErrorCode::kInternal, fmt::format("can't enable the stream of the table {}: {}",
                                                messaging::kTableName, updated.error().message));
}

}  // namespace

std::vector<std::string_view> StoreSettings() {
  std::vector<std::string_view> names = EngineSettings();
  names.insert(names.end(), {"store", "store-endpoint", "store-deadline-ms"});
  return names;
}

base::Result<std::unique_ptr<dynamo::Client>> MakeEndpointClient(const Settings& settings,
                                                                 std::string url) {
  dynamo::EndpointSettings endpoint;
  endpoint.endpoint_url = std::move(url);
  endpoint.region = settings.Text("region");
  endpoint.deadline = std::chrono::milliseconds(settings.Integer("store-deadline-ms"));
  auto credentials = auth::LoadCredentials();
  if (credentials) {
    endpoint.credentials = *std::move(credentials);
  } else if (credentials.error().code != ErrorCode::kNotFound) {
    return std::unexpected(credentials.error());
  }
  return dynamo::EndpointClient::Create(std::move(endpoint));
}

base::Result<MessageStore> OpenStore(const Settings& settings) {
  MessageStore store;
  const std::string& kind = settings.Text("store");
  const std::string& url = settings.Text("store-endpoint");
  if (kind == "dynamodb" || (kind == "auto" && !url.empty())) {
    TRY_ASSIGN(store.client, MakeEndpointClient(settings, url));
    return store;
  }
  TRY_ASSIGN(store.engine, OpenEngine(settings));
  store.client = std::make_unique<dynamo::InProcessClient>(*store.engine);
  TRY(EnsureTable(*store.client));
  return store;
}

}  // namespace cruddur::app
