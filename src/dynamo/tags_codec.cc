#include "dynamo/tags_codec.h"

#include "dynamo/expression_parameters.h"
#include "dynamo/tag_shapes.h"

namespace cruddur::dynamo {
namespace {

constexpr Member kResourceArnMember{"ResourceArn", &kText};

constexpr Member kTagResourceMembers[] = {kResourceArnMember, {"Tags", &kTags, true}};
constexpr Shape kTagResource{.kind = ShapeKind::kStructure, .members = kTagResourceMembers};

constexpr Shape kTagKeys{.kind = ShapeKind::kList, .element = &kText};
constexpr Member kUntagResourceMembers[] = {kResourceArnMember, {"TagKeys", &kTagKeys, true}};
constexpr Shape kUntagResource{.kind = ShapeKind::kStructure, .members = kUntagResourceMembers};

constexpr Member kListTagsMembers[] = {kResourceArnMember, {"NextToken", &kText}};
constexpr Shape kListTags{.kind = ShapeKind::kStructure, .members = kListTagsMembers};

// The engine looks at an ARN; that there is one comes before all else.
template <const Shape& S>
std::string ReadArn(const Fields<S>& fields, RequestIssues& issues) {
  if (!fields.Has("ResourceArn")) issues.FailRule(CheckStage::kTableName, "Invalid TableArn");
  return fields.String("ResourceArn");
}

void WriteArn(json::Writer& out, const std::string& arn) {
  out.BeginObject().Key("ResourceArn").String(arn);
}

}  // namespace

std::vector<model::Tag> ReadTags(const json::Element* list, RequestIssues& issues) {
  std::vector<model::Tag> tags;
  if (list == nullptr || !list->is_array()) return tags;
  for (json::Element each : list->get_array().value_unsafe()) {
    if (!each.is_object()) continue;
    Fields<kTag> tag(each);
    if (!tag.Has("Key")) {
      issues.FailRule(CheckStage::kRules, "The Tag Key provided is invalid, Key: null");
    } else if (!tag.Has("Value")) {
      issues.FailRule(CheckStage::kRules, "The Tag Value provided is invalid, Value: null");
    }
    tags.push_back({tag.String("Key"), tag.String("Value")});
  }
  return tags;
}

void WriteTags(json::Writer& out, const std::vector<model::Tag>& tags) {
  out.Key("Tags").BeginArray();
  for (const model::Tag& tag : tags) {
    out.BeginObject().Key("Key").String(tag.key).Key("Value").String(tag.value).EndObject();
  }
  out.EndArray();
}

model::DbStatus ReadRequest(json::Element body, model::TagResourceRequest& out) {
  return ReadBody<kTagResource>(body,
                                [&](const Fields<kTagResource>& fields, RequestIssues& issues) {
                                  out.resource_arn = ReadArn(fields, issues);
                                  out.tags = ReadTags(fields.At("Tags"), issues);
                                });
}

model::DbStatus ReadRequest(json::Element body, model::UntagResourceRequest& out) {
  return ReadBody<kUntagResource>(body,
                                  [&](const Fields<kUntagResource>& fields, RequestIssues& issues) {
                                    out.resource_arn = ReadArn(fields, issues);
                                    out.keys = fields.Strings("TagKeys");
                                  });
}

model::DbStatus ReadRequest(json::Element body, model::ListTagsOfResourceRequest& out) {
  return ReadBody<kListTags>(body, [&](const Fields<kListTags>& fields, RequestIssues& issues) {
    out.resource_arn = ReadArn(fields, issues);
  });
}

void WriteRequest(json::Writer& out, const model::TagResourceRequest& request) {
  WriteArn(out, request.resource_arn);
  WriteTags(out, request.tags);
  out.EndObject();
}

void WriteRequest(json::Writer& out, const model::UntagResourceRequest& request) {
  WriteArn(out, request.resource_arn);
  out.Key("TagKeys").BeginArray();
  for (const std::string& key : request.keys) out.String(key);
  out.EndArray().EndObject();
}

void WriteRequest(json::Writer& out, const model::ListTagsOfResourceRequest& request) {
  WriteArn(out, request.resource_arn);
  out.EndObject();
}

void WriteResponse(json::Writer& out, const model::ListTagsOfResourceResponse& response) {
  out.BeginObject();
  WriteTags(out, response.tags);
  out.EndObject();
}

}  // namespace cruddur::dynamo
