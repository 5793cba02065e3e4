// cruddur ddb schema-load | list-tables | drop | scan: the table as a whole.
#include <fmt/format.h>

#include "app/ddb_commands.h"
#include "dynamo/tables_codec.h"
#include "json/pretty.h"
#include "messaging/table.h"
#include "model/dynamo_json.h"

namespace cruddur::app {
namespace {

using model::DbErrorCode;

base::Task<int> LoadSchema(dynamo::Client& client, const DdbTarget& target,
                           const Settings& settings, model::BillingMode billing) {
  auto created = co_await client.CreateTable(messaging::MessageTable(billing));
  if (!created && created.error().code == DbErrorCode::kResourceInUse) {
    co_return Failed(fmt::format("table {} exists already", messaging::kTableName));
  }
  if (!created) co_return FailedCall(created.error(), target, settings);
  std::string description;
  json::Writer writer(description);
  dynamo::WriteResponse(writer, *created, "TableDescription");
  fmt::print("{}\n", json::Pretty(description));
  co_return EXIT_SUCCESS;
}

base::Task<int> ListTables(dynamo::Client& client, const DdbTarget& target,
                           const Settings& settings) {
  model::ListTablesRequest request;
  do {
    auto page = co_await client.ListTables(request);
    if (!page) co_return FailedCall(page.error(), target, settings);
    for (const std::string& name : page->table_names) fmt::print("{}\n", name);
    request.exclusive_start_table_name = page->last_evaluated_table_name;
  } while (!request.exclusive_start_table_name.empty());
  co_return EXIT_SUCCESS;
}

base::Task<int> Drop(dynamo::Client& client, const DdbTarget& target, const Settings& settings,
                     const std::string& table) {
  auto dropped = co_await client.DeleteTable(table);
  if (!dropped) co_return FailedCall(dropped.error(), target, settings);
  fmt::print("{} dropped\n", table);
  co_return EXIT_SUCCESS;
}

base::Task<int> Scan(dynamo::Client& client, const DdbTarget& target, const Settings& settings,
                     const std::string& table) {
  model::ScanRequest request{.table = table};
  do {
    auto page = co_await client.Scan(request);
    if (!page) co_return FailedCall(page.error(), target, settings);
    for (const model::Item& item : page->items) {
      std::string line;
      json::Writer writer(line);
      model::WriteItem(writer, item);
      fmt::print("{}\n", line);
    }
    request.exclusive_start_key = std::move(page->last_evaluated_key);
  } while (!request.exclusive_start_key.empty());
  co_return EXIT_SUCCESS;
}

}  // namespace

void AddTableCommands(CommandLine& line, CLI::App& ddb) {
  const std::vector<Flag> settings = {"region", "config"};
  {
    auto& target = line.Own<DdbTarget>();
    auto& on_demand = line.Own<std::string>();
    CLI::App& command = line.AddCommand(
        ddb, "schema-load", "Create the table of messages and its index", settings,
        [&](const Settings& s) {
          const auto billing = on_demand == "on-demand" ? model::BillingMode::kPayPerRequest
                                                        : model::BillingMode::kProvisioned;
          return RunOn(target, s, [&, billing](dynamo::Client& client) {
            return LoadSchema(client, target, s, billing);
          });
        });
    AddTargetOptions(command, target);
    command.add_option("--billing", on_demand, "provisioned (5 units each way) or on-demand")
        ->check(CLI::IsMember({"provisioned", "on-demand"}));
  }
  {
    auto& target = line.Own<DdbTarget>();
    CLI::App& command = line.AddCommand(
        ddb, "list-tables", "List the tables, a name a line", settings, [&](const Settings& s) {
          return RunOn(target, s,
                       [&](dynamo::Client& client) { return ListTables(client, target, s); });
        });
    AddTargetOptions(command, target);
  }
  {
    auto& target = line.Own<DdbTarget>();
    auto& table = line.Own<std::string>();
    CLI::App& command =
        line.AddCommand(ddb, "drop", "Delete a table", settings, [&](const Settings& s) {
          if (table.empty()) {
            fmt::print(stderr, "usage: cruddur ddb drop TABLE [prod]\n");
            return EXIT_FAILURE;
          }
          return RunOn(target, s,
                       [&](dynamo::Client& client) { return Drop(client, target, s, table); });
        });
    command.add_option("TABLE", table, "the table's name");
    AddTargetOptions(command, target);
  }
  {
    auto& target = line.Own<DdbTarget>();
    auto& table = line.Own<std::string>();
    table = messaging::kTableName;
    CLI::App& command = line.AddCommand(
        ddb, "scan", "Print every item as DynamoDB JSON, an item a line", settings,
        [&](const Settings& s) {
          return RunOn(target, s,
                       [&](dynamo::Client& client) { return Scan(client, target, s, table); });
        });
    AddTargetOptions(command, target);
    command.add_option("--table", table, "the table's name")->capture_default_str();
  }
}

}  // namespace cruddur::app
