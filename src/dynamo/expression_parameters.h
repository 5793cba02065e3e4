// What requests say about expressions: placeholders, and the legacy parameters that expressions
// replaced.
#pragma once

#include "dynamo/request_fields.h"
#include "json/writer.h"
#include "model/operations.h"

namespace cruddur::dynamo {

// Expressions beside legacy parameters, placeholders without an expression, and ConditionalOperator
// without conditions, in AWS's order and with its texts. Members are told apart by their
// MemberRole.
void CheckMixing(const MemberIndex& index, const Shape& shape, RequestIssues& issues);

// ExpressionAttributeNames and ExpressionAttributeValues; null: not given.
model::ExpressionNames ReadExpressionNames(const json::Element* value, RequestIssues& issues);
model::Item ReadExpressionValues(const json::Element* value, RequestIssues& issues);

template <const Shape& S>
model::Placeholders ReadPlaceholders(const Fields<S>& fields, RequestIssues& issues) {
  return {ReadExpressionNames(fields.At("ExpressionAttributeNames"), issues),
          ReadExpressionValues(fields.At("ExpressionAttributeValues"), issues)};
}

// Reads a request whose body is a structure of shape S: checks everything, and has `read(fields,
// issues)` fill the typed request unless a JSON type was wrong.
template <const Shape& S, class Read>
model::DbStatus ReadBody(json::Element body, Read&& read) {
  if (!body.is_object()) return model::DbFail(model::DbErrorCode::kSerialization, "");
  const Fields<S> fields(body);
  bool null_member = false;
  const auto read_in = [&](Layer layer) {
    RequestIssues issues(layer);
    CheckMembers(fields.index(), S, issues);
    if (!issues.types_failed()) {
      CheckMixing(fields.index(), S, issues);
      read(fields, issues);
    }
    null_member = issues.null_member();
    return issues.Finish();
  };
  model::DbStatus status = read_in(S.layer);
  if constexpr (S.layer != Layer::kOlder) {
    // Some requests come to the older layer nevertheless.
    if (!status && (null_member || NestsBeyondCurrentLayer(body))) {
      if (model::DbStatus older = read_in(Layer::kOlder); !older) return older;
    }
  }
  return status;
}

void WriteExpressionNames(json::Writer& out, const model::ExpressionNames& names);
void WritePlaceholders(json::Writer& out, const model::Placeholders& placeholders);

}  // namespace cruddur::dynamo
