// Of the tests: PartiQL statements as text, answers as JSON.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "engine/engine_fixture.h"
#include "json/writer.h"
#include "model/dynamo_json.h"
#include "model/error_details.h"

namespace cruddur::engine {

class PartiqlFixture : public EngineFixture {
 protected:
  using Parameters = std::vector<model::AttributeValue>;

  // Table "songs" with keys p (S) and s (S), and indexes:
  // "by-g" (g, projects x only), "by-l" (p and l, keys only); and "plain" with key p.
  PartiqlFixture() {
    using model::Type;
    Create({.table = "songs",
            .keys = {{{"p", Type::kS}}, {{"s", Type::kS}}},
            .indexes = {{.name = "by-g",
                         .global = true,
                         .keys = {{{"g", Type::kS}}, {}},
                         .projection = {model::ProjectionType::kInclude, {"x"}}},
                        {.name = "by-l",
                         .keys = {{{"p", Type::kS}}, {{"l", Type::kS}}},
                         .projection = {model::ProjectionType::kKeysOnly, {}}}}});
    Create({.table = "plain", .keys = {{{"p", Type::kS}}, {}}});
  }

  DbResult<model::ExecuteStatementResponse> Execute(model::ExecuteStatementRequest request) {
    return Await<model::ExecuteStatementResponse>(
        [&](auto done) { engine().ExecuteStatement(std::move(request), std::move(done)); });
  }
  DbResult<model::BatchExecuteStatementResponse> ExecuteBatch(
      model::BatchExecuteStatementRequest request) {
    return Await<model::BatchExecuteStatementResponse>(
        [&](auto done) { engine().BatchExecuteStatement(std::move(request), std::move(done)); });
  }
  DbResult<model::ExecuteTransactionResponse> ExecuteTransaction(
      model::ExecuteTransactionRequest request) {
    return Await<model::ExecuteTransactionResponse>(
        [&](auto done) { engine().ExecuteTransaction(std::move(request), std::move(done)); });
  }

  // The items that it answers, or the error.
  std::string Run(std::string statement, Parameters parameters = {}) {
    auto response = Execute({.statement = {.statement = std::move(statement),
                                           .parameters = std::move(parameters),
                                           .consistent_read = false}});
    return response ? TextOf(response->items) : response.error().message;
  }

  // The items' `s`, in order: "1 2 3"; or the error.
  std::string SortKeys(const std::string& statement, bool consistent = false) {
    auto response = Execute({.statement = {.statement = statement, .consistent_read = consistent}});
    if (!response) return response.error().message;
    std::string text;
    for (const model::Item& item : response->items) {
      if (!text.empty()) text += " ";
      text += item.FindString("s");
    }
    return text;
  }

  // "" or the message, with the reasons of a cancellation: "… | None | ValidationError: …".
  std::string Transact(std::vector<std::string> statements) {
    model::ExecuteTransactionRequest request;
    for (std::string& each : statements) request.statements.push_back({.statement = each});
    auto response = ExecuteTransaction(std::move(request));
    if (response) return "";
    if (!response.error().details) return response.error().message;
    std::string text;
    for (const model::CancellationReason& reason : response.error().details->reasons) {
      if (!text.empty()) text += " | ";
      text += reason.code;
      if (!reason.message.empty()) text += ": " + reason.message;
    }
    return text;
  }

  static std::string TextOf(const std::vector<model::Item>& items) {
    std::string text;
    json::Writer writer(text);
    writer.BeginArray();
    for (const model::Item& item : items) model::WriteItem(writer, item);
    writer.EndArray();
    return text;
  }
};

}  // namespace cruddur::engine
