#include "dynamo/error_codec.h"

#include <fmt/format.h>

#include "dynamo/response_reader.h"
#include "json/writer.h"
#include "model/error_details.h"

namespace cruddur::dynamo {
namespace {

using enum model::DbErrorCode;

// AWS's models spell the member of some errors with a capital: SDKs read both.
bool HasCapitalMessage(model::DbErrorCode code) {
  return code == kSerialization || code == kAccessDenied || code == kTransactionCanceled ||
         code == kTransactionInProgress || code == kIdempotentParameterMismatch;
}

void WriteReasons(json::Writer& out, const std::vector<model::CancellationReason>& reasons) {
  out.Key("CancellationReasons").BeginArray();
  for (const model::CancellationReason& reason : reasons) {
    out.BeginObject().Key("Code").String(reason.code);
    if (!reason.message.empty()) out.Key("Message").String(reason.message);
    if (reason.item) {
      out.Key("Item");
      model::WriteItem(out, *reason.item);
    }
    out.EndObject();
  }
  out.EndArray();
}

// So is this member's.
void WriteThrottling(json::Writer& out, model::DbErrorCode code,
                     const std::vector<model::ThrottlingReason>& reasons) {
  out.Key(code == kThrottling ? "throttlingReasons" : "ThrottlingReasons").BeginArray();
  for (const model::ThrottlingReason& each : reasons) {
    out.BeginObject().Key("reason").String(each.reason).Key("resource").String(each.resource);
    out.EndObject();
  }
  out.EndArray();
}

model::DbErrorCode CodeOfStatus(int http_status) {
  if (http_status == 401 || http_status == 403) return kAccessDenied;
  if (http_status == 404) return kUnknownOperation;
  if (http_status == 413) return kValidation;
  if (http_status == 429) return kThrottling;
  return http_status == 500 ? kInternalServerError : kServiceUnavailable;
}

}  // namespace

std::string_view PublicMessage(const model::DbError& error) {
  if (error.code == kInternalServerError) return "Internal server error";
  if (model::WireOf(error.code).http_status >= 500) {
    return "The service is temporarily unavailable, please retry";
  }
  return error.message;
}

void AppendErrorBody(std::string& out, const model::DbError& error) {
  json::Writer writer(out);
  writer.BeginObject().Key("__type").String(model::WireOf(error.code).type);
  // Some protocol errors have no text at all.
  if (std::string_view message = PublicMessage(error); !message.empty()) {
    writer.Key(HasCapitalMessage(error.code) ? "Message" : "message").String(message);
  }
  if (error.details) {
    if (error.code == kConditionalCheckFailed && error.details->item) {
      writer.Key("Item");
      model::WriteItem(writer, *error.details->item);
    }
    if (error.code == kTransactionCanceled) WriteReasons(writer, error.details->reasons);
    if (!error.details->throttling.empty()) {
      WriteThrottling(writer, error.code, error.details->throttling);
    }
  }
  writer.EndObject();
}

model::DbError ReadErrorBody(int http_status, std::string_view body) {
  json::Document document;
  auto parsed = document.Parse(body);
  std::string type;
  if (parsed && parsed->is_object()) type = ResponseReader(*parsed).String("__type");
  if (type.empty()) {
    return {CodeOfStatus(http_status),
            fmt::format("The store answered with HTTP status {}", http_status), nullptr};
  }
  ResponseReader in(*parsed);
  model::DbError error;
  error.code = model::CodeOfWireName(std::string_view(type).substr(type.rfind('#') + 1));
  error.message = in.String("message");
  if (error.message.empty()) error.message = in.String("Message");
  auto details = std::make_shared<model::DbErrorDetails>();
  if (error.code == kConditionalCheckFailed) details->item = in.OptionalItem("Item");
  in.ForEach("CancellationReasons", [&](json::Element each) {
    ResponseReader inner(each);
    model::CancellationReason& reason = details->reasons.emplace_back();
    reason.code = inner.String("Code");
    reason.message = inner.String("Message");
    reason.item = inner.OptionalItem("Item");
  });
  if (details->item || !details->reasons.empty()) error.details = std::move(details);
  return error;
}

}  // namespace cruddur::dynamo
