#include "dynamo/access_context.h"

#include <set>
#include <unordered_map>

#include "base/timestamp.h"
#include "dynamo/access_control.h"
#include "model/base64.h"

namespace cruddur::dynamo {
namespace {

using Values = std::optional<std::vector<std::string>>;

Values One(std::string_view value) { return Values({std::string(value)}); }
Values OneOf(std::optional<std::string_view> value) {
  if (!value) return std::nullopt;
  return One(*value);
}

// As a policy writes the value of a key: numbers as they are stored, binary in base64.
std::string KeyText(const model::AttributeValue& value) {
  if (const auto* text = value.As<std::string>()) return *text;
  if (const auto* number = value.As<model::Number>()) return number->ToString();
  std::string out;
  if (const auto* binary = value.As<model::Binary>()) model::AppendBase64(out, binary->bytes);
  return out;
}

// The attribute that each path of an expression begins with.
void AddNames(const AccessNeed::Expression& expression, const model::ExpressionNames* names,
              std::set<std::string>& out) {
  const auto syntax = expr::Parse(expression.grammar, expression.text, expression.origin);
  if (!syntax) return;  // the engine will refuse it
  // Legacy parameters may have brought thousands.
  std::unordered_map<std::string_view, std::string_view> meanings;
  if (names != nullptr) meanings.insert(names->begin(), names->end());
  for (const expr::Node& node : (*syntax)->nodes) {
    if (node.kind != expr::NodeKind::kPath) continue;
    const expr::Step& first = (*syntax)->steps[node.first];
    std::string_view name = first.name;
    if (first.slot >= 0) {
      if (const auto meant = meanings.find(name); meant != meanings.end()) name = meant->second;
    }
    out.emplace(name);
  }
}

}  // namespace

std::span<const auth::ConditionKey> ConditionKeys() {
  static constexpr auth::ConditionKey kKeys[] = {
      {"aws:currenttime"},
      {"aws:epochtime"},
      {"aws:principalaccount"},
      {"aws:principalarn"},
      {"aws:principalisawsservice"},
      {"aws:principaltype"},
      {"aws:requestedregion"},
      {"aws:resourceaccount"},
      {"aws:securetransport"},
      {"aws:sourceip"},
      {"aws:useragent"},
      {"aws:userid"},
      {"aws:username"},
      {"aws:viaawsservice"},
      // Requests of a user with long-term keys that come over no VPC, from no organization and
      // from no other service have none of these, on AWS neither.
      {"aws:calledvia", true},
      {"aws:calledviafirst"},
      {"aws:calledvialast"},
      {"aws:federatedprovider"},
      {"aws:multifactorauthage"},
      {"aws:multifactorauthpresent"},
      {"aws:principalorgid"},
      {"aws:principalorgpaths", true},
      {"aws:principalservicename"},
      {"aws:principalservicenameslist", true},
      {"aws:resourceorgid"},
      {"aws:resourceorgpaths", true},
      {"aws:sourceaccount"},
      {"aws:sourcearn"},
      {"aws:sourceidentity"},
      {"aws:sourceorgid"},
      {"aws:sourceorgpaths", true},
      {"aws:sourcevpc"},
      {"aws:sourcevpcarn"},
      {"aws:sourcevpce"},
      {"aws:tokenissuetime"},
      {"aws:vpceaccount"},
      {"aws:vpceorgid"},
      {"aws:vpceorgpaths", true},
      {"aws:vpcsourceip"},
      {"dynamodb:attributes", true},
      {"dynamodb:enclosingoperation"},
      {"dynamodb:fulltablescan"},
      {"dynamodb:leadingkeys", true},
      {"dynamodb:returnconsumedcapacity"},
      {"dynamodb:returnvalues"},
      {"dynamodb:select"},
  };
  return kKeys;
}

Values AccessContext::Find(std::string_view key) const {
  if (key.starts_with("aws:")) return FindGlobal(key);
  if (key == "dynamodb:leadingkeys") return LeadingKeys();
  if (key == "dynamodb:attributes") return Attributes();
  if (key == "dynamodb:fulltablescan") return FullTableScan();
  if (key == "dynamodb:select") return OneOf(need_.select);
  if (key == "dynamodb:returnvalues") return OneOf(need_.return_values);
  if (key == "dynamodb:returnconsumedcapacity") return OneOf(need_.return_consumed_capacity);
  if (key == "dynamodb:enclosingoperation" && !need_.enclosing.empty()) {
    return One(need_.enclosing);
  }
  return std::nullopt;
}

Values AccessContext::FindGlobal(std::string_view key) const {
  if (key == "aws:currenttime") return One(base::FormatTimestamp(call_.now));
  if (key == "aws:epochtime") return One(std::to_string(call_.now.count() / 1'000'000));
  if (key == "aws:principalaccount") return One(call_.account);
  if (key == "aws:principalarn") return One(call_.principal_arn);
  if (key == "aws:principalisawsservice" || key == "aws:viaawsservice") return One("false");
  if (key == "aws:resourceaccount") return One(call_.account);
  if (key == "aws:principaltype") return One("User");
  if (key == "aws:requestedregion") return One(call_.region);
  if (key == "aws:securetransport") return One("false");  // the endpoint speaks plain HTTP
  if (key == "aws:sourceip") return One(call_.source_ip);
  if (key == "aws:useragent") return One(call_.user_agent);
  if (key == "aws:userid") return One(call_.user->id);
  if (key == "aws:username") return One(call_.user->name);
  return std::nullopt;
}

std::optional<model::KeySchema> AccessContext::Keys() const {
  auto table = engine_.DescribeTable(need_.table);
  if (!table) return std::nullopt;
  if (need_.index.empty()) return std::move(table->keys);
  const model::IndexDescription* index = table->FindIndex(need_.index);
  if (index == nullptr) return std::nullopt;
  return index->keys;
}

Values AccessContext::LeadingKeys() const {
  if (need_.items.empty() && !need_.partition) return std::nullopt;
  const auto keys = Keys();
  if (!keys) return std::nullopt;
  std::set<std::string> found;
  for (const model::Item* item : need_.items) {
    for (const model::KeyAttribute& key : keys->partition) {
      if (const model::AttributeValue* value = item->Find(key.name)) found.insert(KeyText(*value));
    }
  }
  if (need_.partition) {
    for (const model::AttributeValue& value : need_.partition(*keys)) found.insert(KeyText(value));
  }
  if (found.empty()) return std::nullopt;
  return Values(std::in_place, found.begin(), found.end());
}

Values AccessContext::FullTableScan() const {
  if (!need_.full_scan) return std::nullopt;
  const auto keys = Keys();
  if (!keys) return std::nullopt;
  return One(need_.full_scan(*keys) ? "true" : "false");
}

Values AccessContext::Attributes() const {
  std::set<std::string> found;
  for (const model::Item* item : need_.items) {
    for (const auto& each : *item) found.emplace(each.name);
  }
  for (const AccessNeed::Expression& each : need_.expressions) AddNames(each, need_.names, found);
  found.insert(need_.attributes.begin(), need_.attributes.end());
  if (found.empty()) return std::nullopt;
  return Values(std::in_place, found.begin(), found.end());
}

}  // namespace cruddur::dynamo
