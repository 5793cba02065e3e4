#include "stream/filter_criteria.h"

#include <algorithm>
#include <optional>
#include <string>

#include "dynamo/thread_document.h"
#include "stream/filter_rule.h"

namespace cruddur::stream {
namespace {

using base::ErrorCode;
using base::Fail;

constexpr std::string_view kOr = "$or";

}  // namespace

// Fields, each of which is to match, or a leaf with its rules, of which one is to.
struct FilterPattern::Node {
  struct Field;
  std::vector<Field> fields;
  std::vector<std::vector<Node>> alternatives;  // of each "$or" one
  std::vector<FilterRule> rules;                // a leaf's

  Node();
  Node(Node&&) noexcept;
  Node& operator=(Node&&) noexcept;
  ~Node();

  bool leaf() const { return !rules.empty(); }
  // `value` null: the record has no such field.
  bool Matches(std::optional<json::Element> value) const;

 private:
  bool MatchesField(const Field& field, std::optional<json::Element> value) const;
  bool MatchesLeaf(std::optional<json::Element> value) const;
};

struct FilterPattern::Node::Field {
  std::string name;
  Node node;
};

FilterPattern::Node::Node() = default;
FilterPattern::Node::Node(Node&&) noexcept = default;
FilterPattern::Node& FilterPattern::Node::operator=(Node&&) noexcept = default;
FilterPattern::Node::~Node() = default;

bool FilterPattern::Node::Matches(std::optional<json::Element> value) const {
  if (leaf()) return MatchesLeaf(value);
  if (value && value->is_array()) {
    for (json::Element each : value->get_array().value_unsafe()) {
      if (Matches(each)) return true;
    }
    return false;
  }
  const auto one_matches = [&](const std::vector<Node>& nodes) {
    return std::ranges::any_of(nodes, [&](const Node& node) { return node.Matches(value); });
  };
  return std::ranges::all_of(fields, [&](const Field& f) { return MatchesField(f, value); }) &&
         std::ranges::all_of(alternatives, one_matches);
}

bool FilterPattern::Node::MatchesField(const Field& field,
                                       std::optional<json::Element> value) const {
  json::Element inner;
  if (!value || !value->is_object() || (*value)[field.name].get(inner)) {
    return field.node.Matches(std::nullopt);
  }
  return field.node.Matches(inner);
}

bool FilterPattern::Node::MatchesLeaf(std::optional<json::Element> value) const {
  const auto matches = [&](json::Element each) {
    return std::ranges::any_of(rules, [&](const FilterRule& rule) { return rule.Matches(each); });
  };
  // An object is no leaf of the record: for rules there is nothing, nor in a list of them.
  bool absent = !value || value->is_object();
  if (value && value->is_array()) {
    absent = true;
    for (json::Element each : value->get_array().value_unsafe()) {
      if (each.is_object()) continue;
      absent = false;
      if (each.is_array() ? MatchesLeaf(each) : matches(each)) return true;
    }
    if (!absent) return false;
  }
  if (absent) return std::ranges::any_of(rules, &FilterRule::asks_for_absence);
  return matches(*value);
}

struct FilterPattern::Compiler {
  static base::Result<Node> Object(json::Object object, const std::string& path) {
    if (object.size() == 0) return Wrong(path, "an object without members");
    Node node;
    for (const auto& [key, value] : object) {
      const std::string inner = path.empty() ? std::string(key) : path + "." + std::string(key);
      if (key == kOr && IsOr(value)) {
        TRY_ASSIGN(auto alternatives, Or(value.get_array().value_unsafe(), inner));
        node.alternatives.push_back(std::move(alternatives));
        continue;
      }
      TRY_ASSIGN(Node field, Field(value, inner));
      node.fields.push_back({std::string(key), std::move(field)});
    }
    return node;
  }

 private:
  static std::unexpected<base::Error> Wrong(const std::string& path, const std::string& why) {
    return Fail(
        ErrorCode::kInvalidArgument,
        "filter pattern" + (path.empty() ? std::string() : " at '" + path + "'") + ": " + why);
  }

  // Of patterns. A field may be named "$or" too: its list has other members.
  static bool IsOr(json::Element value) {
    if (!value.is_array() || value.get_array().value_unsafe().size() < 2) return false;
    for (json::Element each : value.get_array().value_unsafe()) {
      if (!each.is_object()) return false;
    }
    return true;
  }

  static base::Result<std::vector<Node>> Or(json::Array array, const std::string& path) {
    std::vector<Node> nodes;
    for (json::Element each : array) {
      TRY_ASSIGN(Node node, Object(each.get_object().value_unsafe(), path));
      nodes.push_back(std::move(node));
    }
    return nodes;
  }

  static base::Result<Node> Field(json::Element value, const std::string& path) {
    if (value.is_object()) return Object(value.get_object().value_unsafe(), path);
    if (!value.is_array()) return Wrong(path, "a value is to stand in a list");
    Node leaf;
    for (json::Element each : value.get_array().value_unsafe()) {
      auto rule = FilterRule::Parse(each);
      if (!rule) return Wrong(path, rule.error().message);
      leaf.rules.push_back(*std::move(rule));
    }
    if (!leaf.leaf()) return Wrong(path, "an empty list");
    return leaf;
  }
};

FilterPattern::FilterPattern(std::unique_ptr<const Node> root) : root_(std::move(root)) {}
FilterPattern::~FilterPattern() = default;
FilterPattern::FilterPattern(FilterPattern&&) noexcept = default;
FilterPattern& FilterPattern::operator=(FilterPattern&&) noexcept = default;

base::Result<FilterPattern> FilterPattern::Parse(std::string_view pattern) {
  if (pattern.size() > FilterCriteria::kMaxPatternBytes) {
    return Fail(ErrorCode::kInvalidArgument, "filter pattern: more than 4096 bytes");
  }
  json::Document document;
  const auto body = document.Parse(pattern);
  if (!body || !body->is_object()) {
    return Fail(ErrorCode::kInvalidArgument, "filter pattern: not a JSON object");
  }
  TRY_ASSIGN(Node root, Compiler::Object(body->get_object().value_unsafe(), ""));
  return FilterPattern(std::make_unique<const Node>(std::move(root)));
}

bool FilterPattern::Matches(json::Element record) const { return root_->Matches(record); }

base::Result<FilterCriteria> FilterCriteria::Parse(std::string_view text) {
  const auto wrong = [] {
    return Fail(ErrorCode::kInvalidArgument,
                R"(filter criteria: not of the form {"Filters":[{"Pattern":"…"}]})");
  };
  json::Document document;
  const auto body = document.Parse(text);
  if (!body || !body->is_object()) return wrong();
  json::Element filters;
  const bool none = (*body)["Filters"].get(filters) != simdjson::SUCCESS;
  if (none && body->get_object().value_unsafe().size() != 0) return wrong();
  if (none || filters.is_null()) return FilterCriteria();
  if (!filters.is_array()) return wrong();
  std::vector<FilterPattern> patterns;
  for (json::Element filter : filters.get_array().value_unsafe()) {
    std::string_view pattern;
    if (filter["Pattern"].get(pattern)) return wrong();
    TRY_ASSIGN(FilterPattern parsed, FilterPattern::Parse(pattern));
    patterns.push_back(std::move(parsed));
  }
  if (patterns.size() > kMaxPatterns) {
    return Fail(ErrorCode::kInvalidArgument, "filter criteria: more than 10 patterns");
  }
  return FilterCriteria(std::move(patterns));
}

bool FilterCriteria::Pass(json::Element record) const {
  return empty() || std::ranges::any_of(patterns_, [&](const FilterPattern& pattern) {
           return pattern.Matches(record);
         });
}

bool FilterCriteria::Pass(std::string_view record) const {
  if (empty()) return true;
  return dynamo::ReadJson(
      record, [&](json::Element element) { return Pass(element); },
      [](const std::string&) { return false; });
}

}  // namespace cruddur::stream
