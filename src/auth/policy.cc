#include "auth/policy.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>

namespace cruddur::auth {
namespace {

std::unexpected<base::Error> Refuse(std::string message) {
  return base::Fail(base::ErrorCode::kInvalidArgument, std::move(message));
}

constexpr std::string_view kPolicyMembers[] = {"Version", "Id", "Statement"};
constexpr std::string_view kStatementMembers[] = {
    "Sid", "Effect", "Action", "NotAction", "Resource", "NotResource", "Condition"};
constexpr std::string_view kResourceStatementMembers[] = {
    "Sid",       "Effect",   "Principal",   "NotPrincipal", "Action",
    "NotAction", "Resource", "NotResource", "Condition"};

// One text or a list of them.
base::Result<std::vector<std::string_view>> Texts(json::Element element, std::string_view what) {
  std::vector<std::string_view> out;
  std::string_view text;
  if (!element.get(text)) {
    out.push_back(text);
    return out;
  }
  json::Array list;
  if (element.get(list) || list.size() == 0) {
    return Refuse(fmt::format("{} must be a string or a list of strings", what));
  }
  for (const json::Element each : list) {
    if (each.get(text)) {
      return Refuse(fmt::format("{} must be a string or a list of strings", what));
    }
    out.push_back(text);
  }
  return out;
}

// A condition's values may be booleans and numbers too.
base::Result<std::vector<std::string>> Values(json::Element element, std::string_view what) {
  std::vector<json::Element> elements;
  json::Array list;
  if (!element.get(list)) {
    elements.assign(list.begin(), list.end());
  } else {
    elements.push_back(element);
  }
  std::vector<std::string> out;
  for (const json::Element each : elements) {
    std::string_view text;
    if (!each.get(text)) {
      out.emplace_back(text);
    } else if (each.is_bool() || each.is_number()) {
      out.push_back(simdjson::minify(each));
    } else {
      return Refuse(fmt::format("a value of {} must be a string", what));
    }
  }
  return out;
}

// The one of the two members that is there: "Action" or "NotAction".
base::Result<std::vector<PolicyText>> EitherOf(json::Object statement, const std::string& name,
                                               bool variables, bool& negated) {
  const auto plain = statement[name];
  const auto other = statement["Not" + name];
  if (plain.error() && other.error()) {
    return Refuse(fmt::format("a statement without {} or Not{}", name, name));
  }
  if (!plain.error() && !other.error()) {
    return Refuse(fmt::format("a statement with both {} and Not{}", name, name));
  }
  negated = static_cast<bool>(plain.error());
  TRY_ASSIGN(const auto texts, Texts(negated ? other.value_unsafe() : plain.value_unsafe(), name));
  std::vector<PolicyText> out;
  for (const std::string_view text : texts) {
    const bool good = name == "Action"
                          ? text == "*" || (text.find(':') != text.npos && !text.starts_with(':'))
                          : text == "*" || text.starts_with("arn:");
    if (!good) {
      return Refuse(fmt::format(
          "'{}' is no {}", text,
          name == "Action" ? "action, such as 'dynamodb:PutItem'" : "resource: an ARN or '*'"));
    }
    TRY_ASSIGN(PolicyText pattern, PolicyText::Parse(text, PolicyText::Wildcards::kYes, variables));
    out.push_back(std::move(pattern));
  }
  return out;
}

}  // namespace

base::Status CheckMembers(json::Element element, std::string_view what,
                          std::span<const std::string_view> names) {
  json::Object object;
  if (element.get(object)) return Refuse(fmt::format("{} must be an object", what));
  std::set<std::string_view> seen;
  for (const auto [name, value] : object) {
    if (std::ranges::find(names, name) == names.end()) {
      return Refuse(fmt::format("{} has an unknown member '{}'", what, name));
    }
    if (!seen.insert(name).second) return Refuse(fmt::format("{} has '{}' twice", what, name));
  }
  return {};
}

base::Status Policy::ParseConditions(json::Element element, std::span<const ConditionKey> keys,
                                     bool variables, Statement& out) {
  json::Object operators;
  if (element.get(operators)) return Refuse("Condition must be an object");
  for (const auto [name, block] : operators) {
    json::Object entries;
    if (block.get(entries)) return Refuse(fmt::format("'{}' must be an object", name));
    for (const auto [key, value] : entries) {
      TRY_ASSIGN(const auto texts, Values(value, key));
      const std::vector<std::string_view> views(texts.begin(), texts.end());
      TRY_ASSIGN(PolicyCondition condition,
                 PolicyCondition::Parse(name, key, views, keys, variables));
      out.conditions.push_back(std::move(condition));
    }
  }
  return {};
}

base::Result<Policy::Statement> Policy::ParseStatement(json::Element element,
                                                       std::span<const ConditionKey> keys,
                                                       bool variables, Attached attached) {
  const bool to_resource = attached == Attached::kResource;
  const std::span<const std::string_view> members =
      to_resource ? std::span<const std::string_view>(kResourceStatementMembers)
                  : kStatementMembers;
  TRY(CheckMembers(element, "a statement", members));
  const json::Object object = element.get_object().value_unsafe();
  Statement out;
  if (to_resource) {
    TRY_ASSIGN(out.principals, PolicyPrincipals::Parse(object));
  }
  std::string_view effect;
  if (object["Effect"].get(effect) || (effect != "Allow" && effect != "Deny")) {
    return Refuse("Effect must be 'Allow' or 'Deny'");
  }
  out.allow = effect == "Allow";
  // Actions take no variables.
  TRY_ASSIGN(out.actions, EitherOf(object, "Action", false, out.not_actions));
  TRY_ASSIGN(out.resources, EitherOf(object, "Resource", variables, out.not_resources));
  for (const PolicyText& resource : out.resources) {
    for (const std::string& variable : resource.variables()) {
      const auto found = std::ranges::find(keys, variable, &ConditionKey::name);
      if (found == keys.end() || found->many_values) {
        return Refuse(fmt::format("the policy variable '${{{}}}' is not supported", variable));
      }
    }
  }
  const auto conditions = object["Condition"];
  if (!conditions.error()) TRY(ParseConditions(conditions.value_unsafe(), keys, variables, out));
  return out;
}

base::Result<Policy> Policy::Parse(json::Element document, std::span<const ConditionKey> keys) {
  return ParseDocument(document, keys, Attached::kIdentity);
}

base::Result<Policy> Policy::ParseResourceBased(json::Element document,
                                                std::span<const ConditionKey> keys) {
  return ParseDocument(document, keys, Attached::kResource);
}

base::Result<Policy> Policy::ParseDocument(json::Element document,
                                           std::span<const ConditionKey> keys, Attached attached) {
  TRY(CheckMembers(document, "a policy", kPolicyMembers));
  const json::Object object = document.get_object().value_unsafe();
  std::string_view version = "2008-10-17";  // IAM's default
  const auto member = object["Version"];
  if (!member.error() &&
      (member.get(version) || (version != "2012-10-17" && version != "2008-10-17"))) {
    return Refuse("Version must be '2012-10-17' or '2008-10-17'");
  }
  const bool variables = version == "2012-10-17";
  const auto statement = object["Statement"];
  if (statement.error()) return Refuse("a policy without Statement");

  Policy out;
  std::vector<json::Element> statements;
  json::Array list;
  if (!statement.get(list)) {
    statements.assign(list.begin(), list.end());
  } else {
    statements.push_back(statement.value_unsafe());
  }
  for (const json::Element each : statements) {
    TRY_ASSIGN(Statement parsed, ParseStatement(each, keys, variables, attached));
    out.statements_.push_back(std::move(parsed));
  }
  return out;
}

bool Policy::Statement::AppliesTo(const PolicyQuestion& question) const {
  if (principals && !principals->Concern(question.principal, allow)) return false;
  const VariableValue variable = [&](std::string_view key) -> std::optional<std::string> {
    auto found = question.context.Find(key);
    if (!found || found->size() != 1) return std::nullopt;
    return std::move(found->front());
  };
  const bool action = std::ranges::any_of(actions, [&](const PolicyText& each) {
    return each.MatchesIgnoringCase(question.action, variable);
  });
  if (action == not_actions) return false;
  const bool resource = std::ranges::any_of(
      resources, [&](const PolicyText& each) { return each.Matches(question.resource, variable); });
  if (resource == not_resources) return false;
  return std::ranges::all_of(
      conditions, [&](const PolicyCondition& each) { return each.Holds(question.context); });
}

Verdict Policy::Decide(const PolicyQuestion& question) const {
  Verdict verdict = Verdict::kNothing;
  for (const Statement& each : statements_) {
    if ((!each.allow || verdict == Verdict::kNothing) && each.AppliesTo(question)) {
      if (!each.allow) return Verdict::kDenied;
      verdict = Verdict::kAllowed;
    }
  }
  return verdict;
}

}  // namespace cruddur::auth
