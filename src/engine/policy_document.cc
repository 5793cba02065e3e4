#include "engine/policy_document.h"

#include <fmt/format.h>

#include <algorithm>

#include "json/reader.h"
#include "json/writer.h"

namespace cruddur::engine {
namespace {

using model::DbStatus;

constexpr size_t kMaxBytes = 20 * 1024;
constexpr std::string_view kOldVersion = "2008-10-17";  // of a document that doesn't say

std::unexpected<model::DbError> InvalidDocument(std::string_view why) {
  return model::Invalid(
      fmt::format("One or more parameter values were invalid: Invalid policy document: {}", why));
}

bool IsAccount(std::string_view text) {
  return text.size() == 12 &&
         std::ranges::all_of(text, [](char c) { return c >= '0' && c <= '9'; });
}

std::string PrincipalText(std::string_view text) {
  return IsAccount(text) ? fmt::format("arn:aws:iam::{}:root", text) : std::string(text);
}

constexpr std::string_view kNoJson = "This policy contains invalid Json";

class Canonical {
 public:
  explicit Canonical(std::string& out) : out_(out) {}

  DbStatus WriteDocument(json::Element document) {
    if (document.is_null()) return InvalidDocument("This text appears not to be a policy");
    if (!document.is_object()) return InvalidDocument(kNoJson);
    json::Element version, id, statements;
    const bool has_version = document.at_key("Version").get(version) == simdjson::SUCCESS;
    if (has_version && !version.is_string()) return InvalidDocument("Syntax errors in policy.");
    out_.BeginObject().Key("Version");
    out_.String(has_version ? std::string_view(version) : kOldVersion);
    if (document.at_key("Id").get(id) == simdjson::SUCCESS && id.is_string()) {
      out_.Key("Id").String(std::string_view(id));
    }
    if (document.at_key("Statement").get(statements) != simdjson::SUCCESS) {
      return InvalidDocument("Missing required field Statement");
    }
    out_.Key("Statement").BeginArray();
    if (statements.is_array()) {
      if (statements.get_array().value_unsafe().size() == 0) {
        return InvalidDocument("Could not parse the policy: Statement is empty!");
      }
      for (json::Element each : statements.get_array().value_unsafe()) TRY(WriteStatement(each));
    } else {
      TRY(WriteStatement(statements));
    }
    out_.EndArray().EndObject();
    if (unbounded_) {
      return model::Invalid(
          "Resource-based policy grants unbounded access in one or more elements. Please revise "
          "the "
          "policy to ensure least-privilege form of access");
    }
    return {};
  }

 private:
  DbStatus WriteStatement(json::Element statement) {
    if (!statement.is_object()) return InvalidDocument("Syntax errors in policy.");
    out_.BeginObject();
    json::Element value;
    if (statement.at_key("Sid").get(value) == simdjson::SUCCESS && value.is_string()) {
      out_.Key("Sid").String(std::string_view(value));
    }
    TRY(WriteEffect(statement));
    if (Find(statement, "Principal", "NotPrincipal", value))
      WritePrincipal(value);
    else
      return InvalidDocument("Missing required field Principal");
    NoteUnbounded(statement, value);
    if (Find(statement, "Action", "NotAction", value))
      WriteShort(value);
    else
      return InvalidDocument("Missing required field Action");
    if (Find(statement, "Resource", "NotResource", value))
      WriteShort(value);
    else
      return InvalidDocument("Missing required field Resource");
    if (statement.at_key("Condition").get(value) == simdjson::SUCCESS) {
      out_.Key("Condition").Raw(simdjson::minify(value));
    }
    out_.EndObject();
    return {};
  }

  // AWS keeps no policy that allows something to everybody, whatever the circumstances.
  void NoteUnbounded(json::Element statement, json::Element principal) {
    json::Element allowed, ignored;
    const bool to_all =
        statement.at_key("Principal").error() == simdjson::SUCCESS &&
        (IsEverybody(principal) ||
         (principal.at_key("AWS").get(allowed) == simdjson::SUCCESS && IsEverybody(allowed)));
    const bool conditional = statement.at_key("Condition").get(ignored) == simdjson::SUCCESS;
    unbounded_ = unbounded_ || (allows_ && to_all && !conditional);
  }

  // "*", alone or in a list.
  static bool IsEverybody(json::Element element) {
    if (element.is_string()) return std::string_view(element) == "*";
    return element.is_array() &&
           std::ranges::any_of(element.get_array().value_unsafe(), [](json::Element each) {
             return each.is_string() && std::string_view(each) == "*";
           });
  }

  DbStatus WriteEffect(json::Element statement) {
    json::Element value;
    if (statement.at_key("Effect").get(value) != simdjson::SUCCESS) {
      return InvalidDocument("Missing required field Effect");
    }
    std::string effect(value.is_string() ? std::string_view(value) : std::string_view());
    std::ranges::transform(effect, effect.begin(),
                           [](char c) { return c >= 'A' && c <= 'Z' ? c + 'a' - 'A' : c; });
    if (effect != "allow" && effect != "deny") {
      return InvalidDocument(fmt::format("Invalid effect: {}", effect));
    }
    allows_ = effect == "allow";
    out_.Key("Effect").String(allows_ ? "Allow" : "Deny");
    return {};
  }

  // Writes the name under which the member was found.
  bool Find(json::Element statement, const char* name, const char* negated, json::Element& value) {
    for (const char* each : {name, negated}) {
      if (statement.at_key(each).get(value) != simdjson::SUCCESS) continue;
      out_.EscapedKey(each);
      return true;
    }
    return false;
  }

  void WritePrincipal(json::Element value) {
    if (!value.is_object()) return WriteShort(value);
    out_.BeginObject();
    for (auto [kind, who] : value.get_object().value_unsafe()) {
      out_.EscapedKey(kind);
      if (who.is_string()) {
        out_.String(PrincipalText(std::string_view(who)));
        continue;
      }
      std::vector<std::string> names;
      if (who.is_array()) {
        for (json::Element each : who.get_array().value_unsafe()) {
          if (!each.is_string()) continue;
          std::string name = PrincipalText(std::string_view(each));
          if (std::ranges::find(names, name) == names.end()) names.push_back(std::move(name));
        }
      }
      WriteNames(names);
    }
    out_.EndObject();
  }

  void WriteNames(const std::vector<std::string>& names) {
    if (names.size() == 1) {
      out_.String(names.front());
      return;
    }
    out_.BeginArray();
    for (const std::string& each : names) out_.String(each);
    out_.EndArray();
  }

  void WriteShort(json::Element value) {
    if (value.is_array()) {
      json::Array array = value.get_array().value_unsafe();
      if (array.size() == 1) value = *array.begin();
    }
    out_.Raw(simdjson::minify(value));
  }

  json::Writer out_;
  bool allows_ = false;  // the statement that is being written
  bool unbounded_ = false;
};

}  // namespace

model::DbResult<std::string> CanonicalPolicy(std::string_view document) {
  if (document.size() > kMaxBytes) {
    return model::Invalid(fmt::format(
        "One or more parameter values were invalid: Maximum policy size of {} bytes exceeded",
        kMaxBytes));
  }
  json::Document parser;
  const auto parsed = parser.Parse(document);
  if (!parsed) return InvalidDocument(kNoJson);
  std::string text;
  TRY(Canonical(text).WriteDocument(*parsed));
  return text;
}

}  // namespace cruddur::engine
