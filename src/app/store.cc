#include "app/store.h"

#include <fmt/format.h>

#include "app/endpoints.h"
#include "app/store_endpoint.h"
#include "base/run_task.h"
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
