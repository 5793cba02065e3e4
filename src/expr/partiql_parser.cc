#include "expr/partiql_parser.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/result.h"

namespace cruddur::expr {
namespace {

using model::Invalid;
using model::ReturnValues;

bool IsTableName(std::string_view name) {
  return name.size() >= 3 && name.size() <= 255 && std::ranges::all_of(name, [](char c) {
           return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                  c == '-' || c == '_' || c == '.';
         });
}

std::string Lower(std::string_view text) {
  std::string lower(text);
  for (char& c : lower) {
    if (c >= 'A' && c <= 'Z') c += 'a' - 'A';
  }
  return lower;
}

}  // namespace

DbResult<PartiqlStatement> ParsePartiql(std::string_view statement) {
  auto lexemes = TokenizePartiql(statement);
  if (!lexemes) return Malformed("");
  return PartiqlParser(*std::move(lexemes)).Run();
}

bool PartiqlParser::IsKeyword(std::string_view word, size_t ahead) const {
  const size_t at = std::min(at_ + ahead, lexemes_.size() - 1);
  return lexemes_[at].kind == PartiqlToken::kKeyword && lexemes_[at].text == word;
}

bool PartiqlParser::IsWord(std::string_view lower) const {
  return (Is(PartiqlToken::kIdentifier) || Is(PartiqlToken::kKeyword)) &&
         Lower(Current().text) == lower;
}

bool PartiqlParser::TakeKeyword(std::string_view word) {
  if (!IsKeyword(word)) return false;
  ++at_;
  return true;
}

DbStatus PartiqlParser::Expect(PartiqlToken kind, std::string_view name) {
  if (!Is(kind)) return Malformed("Expected " + std::string(name));
  ++at_;
  return {};
}

void PartiqlParser::Defer(std::string message) {
  if (!deferred_) deferred_ = std::move(message);
}

DbResult<PartiqlStatement> PartiqlParser::Run() {
  PartiqlStatement statement;
  TRY(ReadStatement(statement));
  if (Is(PartiqlToken::kSemicolon)) {
    ++at_;
    if (!Is(PartiqlToken::kEnd)) {
      return Malformed("Unexpected token after semicolon. (Only one query is allowed.)");
    }
  }
  if (!Is(PartiqlToken::kEnd)) return Malformed("Unexpected token after expression");
  if (deferred_) return Invalid(*std::move(deferred_));
  statement.parameters = parameters_;
  return statement;
}

DbStatus PartiqlParser::ReadStatement(PartiqlStatement& out) {
  if (IsKeyword("select")) return ReadSelect(out);
  if (IsKeyword("insert")) return ReadInsert(out);
  if (IsKeyword("update")) return ReadUpdate(out);
  if (IsKeyword("delete")) return ReadDelete(out);
  if (IsKeyword("from")) return ReadFromUpdate(out);
  TRY_ASSIGN(PartiqlNode node, ReadExpression());
  return FinishExpression(std::move(node), out);
}

// An expression alone is no statement, but for EXISTS(SELECT …).
DbStatus PartiqlParser::FinishExpression(PartiqlNode node, PartiqlStatement& out) {
  const bool exists = node.kind == PartiqlNode::kCall && node.text == "exists" &&
                      node.operands.size() == 1 && node.operands[0].kind == PartiqlNode::kSelect;
  if (!exists) {
    Defer("Unsupported operation: " + std::string(PartiqlName(node)));
    return {};
  }
  out = std::move(selects_[node.operands[0].number]);
  out.kind = PartiqlKind::kExists;
  return {};
}

DbStatus PartiqlParser::ReadSelect(PartiqlStatement& out) {
  ++at_;
  out.kind = PartiqlKind::kSelect;
  if (TakeKeyword("distinct")) Defer("Unsupported clause: DISTINCT");
  TakeKeyword("all");
  if (TakeKeyword("value")) Defer("Unsupported clause: VALUE");
  TRY(ReadColumns(out));
  if (!TakeKeyword("from")) return Malformed("Expected FROM after SELECT list");
  Source source;
  TRY(ReadSource(source));
  ReadAlias();
  while (Is(PartiqlToken::kComma)) {
    ++at_;
    source.one_name = false;
    Source ignored;
    TRY(ReadSource(ignored));
    ReadAlias();
  }
  SetSource(source, out);
  TRY(ReadWhere(out));
  if (IsKeyword("group")) Defer("Unsupported clause: GROUP BY");
  if (TakeKeyword("order")) TRY(ReadOrder(out));
  if (TakeKeyword("limit")) {
    const TextPlace place = Current().place;
    TRY(ReadExpression());
    Defer("Unsupported clause: LIMIT" + PlaceText(place));
  }
  return {};
}

DbStatus PartiqlParser::ReadColumns(PartiqlStatement& out) {
  if (IsKeyword("from")) return Malformed("Cannot have empty SELECT list");
  std::vector<std::string> names;
  for (;;) {
    if (Is(PartiqlToken::kStar)) {
      ++at_;
      out.all_attributes = true;
    } else if (AtCountOfAll()) {
      out.wrong_columns = "Unexpected path component" + PlaceText(Current().place);
      at_ += 4;
    } else {
      TRY_ASSIGN(PartiqlNode column, ReadExpression());
      ReadAlias();
      if (column.kind != PartiqlNode::kPath) {
        Defer("Unexpected path component" + PlaceText(column.place));
      }
      out.columns.push_back(std::move(column));
    }
    if (!Is(PartiqlToken::kComma)) break;
    ++at_;
  }
  if (out.all_attributes && !out.columns.empty()) {
    Defer("Other attributes should not be present in the projection when '*' is used.");
  }
  return {};
}

// COUNT(*). The last lexeme is the end, so that a comparison that fails stops before it.
bool PartiqlParser::AtCountOfAll() const {
  return IsKeyword("count") && lexemes_[at_ + 1].kind == PartiqlToken::kOpen &&
         lexemes_[at_ + 2].kind == PartiqlToken::kStar &&
         lexemes_[at_ + 3].kind == PartiqlToken::kClose;
}

DbStatus PartiqlParser::ReadOrder(PartiqlStatement& out) {
  if (!TakeKeyword("by")) return Malformed("Expected BY");
  for (;;) {
    TRY_ASSIGN(PartiqlNode term, ReadExpression());
    if (term.kind == PartiqlNode::kPath && term.steps.size() == 1) {
      out.order.push_back({std::move(term.steps[0].text), false});
    } else {
      Defer("Argument to ORDER BY must be of type VariableReference. Type: " +
            std::string(PartiqlName(term)));
      out.order.emplace_back();
    }
    if (TakeKeyword("desc")) {
      out.order.back().descending = true;
    } else {
      TakeKeyword("asc");
    }
    if (!Is(PartiqlToken::kComma)) return {};
    ++at_;
  }
}

// The expression behind FROM: a path, if it is to be of use.
DbStatus PartiqlParser::ReadSource(Source& out) {
  // An alias must not be taken for the right-hand side of an operator, so no operators here.
  TRY_ASSIGN(PartiqlNode node, ReadPathTerm());
  if (node.kind == PartiqlNode::kPath) {
    out.path = std::move(node.steps);
  } else {
    out.one_name = false;
  }
  return {};
}

void PartiqlParser::ReadAlias() {
  const bool with_word = IsKeyword("as") || IsKeyword("at");
  if (with_word) {
    ++at_;
  } else if (IsWord("returning")) {
    return;
  }
  if (!Is(PartiqlToken::kIdentifier) && !Is(PartiqlToken::kQuoted)) return;
  ++at_;
  Defer("Aliasing is not supported");
}

void PartiqlParser::SetSource(const Source& source, PartiqlStatement& out) {
  const auto& path = source.path;
  const auto is_name = [](const PartiqlStep& step) { return step.kind == PartiqlStep::kName; };
  if (!source.one_name || !std::ranges::all_of(path, is_name)) {
    return Defer("FROM clause may only contain a single table name");
  }
  if (path.size() > 2) {
    return Defer("A path may contain at most 2 components in the FROM clause");
  }
  if (std::ranges::any_of(path, [](const PartiqlStep& step) { return step.text.empty(); })) {
    return Defer("Path component cannot be an empty string");
  }
  if (!IsTableName(path[0].text)) {
    return Defer(
        "Table name should be within the length [3, 255] and only contain 'a-z', 'A-Z', '0-9', "
        "'-', '_', '.'.");
  }
  out.table = path[0].text;
  if (path.size() > 1) out.index = path[1].text;
}

DbStatus PartiqlParser::ReadInsert(PartiqlStatement& out) {
  ++at_;
  out.kind = PartiqlKind::kInsert;
  if (!TakeKeyword("into")) return Malformed("Expected INTO");
  TRY_ASSIGN(PartiqlNode target, ReadSimplePath());
  SetSource({target.steps, target.steps.size() == 1}, out);
  if (!TakeKeyword("value")) {
    TRY_ASSIGN(const PartiqlNode items, ReadExpression());
    Defer("Unsupported operation: Insert");
    return {};
  }
  TRY_ASSIGN(out.item, ReadExpression());
  if (TakeKeyword("at")) {
    TRY(ReadExpression());
    Defer("Unsupported clause: AT");
  }
  return {};
}

DbStatus PartiqlParser::ReadUpdate(PartiqlStatement& out) {
  ++at_;
  out.kind = PartiqlKind::kUpdate;
  TRY_ASSIGN(const PartiqlNode target, ReadSimplePath());
  ReadAlias();
  SetSource({target.steps}, out);
  TRY(ReadActions(out));
  TRY(ReadWhere(out));
  return ReadReturning(out);
}

// FROM table WHERE … SET …: the older form of UPDATE.
DbStatus PartiqlParser::ReadFromUpdate(PartiqlStatement& out) {
  ++at_;
  out.kind = PartiqlKind::kUpdate;
  Source source;
  TRY(ReadSource(source));
  ReadAlias();
  SetSource(source, out);
  TRY(ReadWhere(out));
  TRY(ReadActions(out));
  return ReadReturning(out);
}

DbStatus PartiqlParser::ReadDelete(PartiqlStatement& out) {
  ++at_;
  out.kind = PartiqlKind::kDelete;
  if (!TakeKeyword("from")) return Malformed("Expected FROM after DELETE");
  TRY_ASSIGN(const PartiqlNode target, ReadSimplePath());
  ReadAlias();
  SetSource({target.steps}, out);
  TRY(ReadWhere(out));
  TRY(ReadReturning(out));
  if (out.returning && *out.returning != ReturnValues::kAllOld) {
    std::string_view variant = "ALL NEW";
    if (*out.returning == ReturnValues::kUpdatedOld) variant = "MODIFIED OLD";
    if (*out.returning == ReturnValues::kUpdatedNew) variant = "MODIFIED NEW";
    Defer(
        fmt::format("Invalid returning clause: RETURNING {} *. Only RETURNING ALL OLD * is "
                    "allowed in DELETE statements.",
                    variant));
  }
  return {};
}

DbStatus PartiqlParser::ReadActions(PartiqlStatement& out) {
  uint32_t clause = 0;
  for (;; ++clause) {
    const bool set = IsKeyword("set");
    if (!set && !IsKeyword("remove")) break;
    do {
      ++at_;
      TRY_ASSIGN(PartiqlNode path, ReadSimplePath());
      PartiqlAction& action = out.actions.emplace_back();
      action.path = std::move(path);
      action.clause = clause;
      if (!set) continue;
      if (!Is(PartiqlToken::kOperator) || Current().text != "=") return Malformed("Expected '='");
      ++at_;
      TRY_ASSIGN(action.value, ReadExpression());
    } while (Is(PartiqlToken::kComma));
  }
  if (clause == 0) return Malformed("Expected data manipulation");
  return {};
}

DbStatus PartiqlParser::ReadWhere(PartiqlStatement& out) {
  if (!TakeKeyword("where")) return {};
  TRY_ASSIGN(out.where, ReadExpression());
  return {};
}

DbStatus PartiqlParser::ReadReturning(PartiqlStatement& out) {
  if (!IsWord("returning")) return {};
  ++at_;
  const bool all = IsWord("all");
  if (!all && !IsWord("modified")) return Malformed("Unexpected term");
  ++at_;
  const bool old = IsWord("old");
  if (!old && !IsWord("new")) return Malformed("Unexpected term");
  ++at_;
  TRY(Expect(PartiqlToken::kStar, "STAR"));
  if (all) {
    out.returning = old ? ReturnValues::kAllOld : ReturnValues::kAllNew;
  } else {
    out.returning = old ? ReturnValues::kUpdatedOld : ReturnValues::kUpdatedNew;
  }
  return {};
}

}  // namespace cruddur::expr
