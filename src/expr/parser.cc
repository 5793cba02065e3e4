#include "expr/parser.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <utility>

#include "expr/reserved_words.h"

namespace cruddur::expr {

std::expected<std::shared_ptr<const Syntax>, std::string> Parse(Grammar grammar,
                                                                std::string_view text,
                                                                Origin origin) {
  if (text.empty()) return std::unexpected("The expression can not be empty;");
  if (origin == Origin::kExpression && text.size() > kMaxExpressionBytes) {
    std::string message = "Expression size has exceeded the maximum allowed size;";
    if (grammar != Grammar::kUpdate) message += " expression size: " + std::to_string(text.size());
    return std::unexpected(std::move(message));
  }
  auto syntax = std::make_shared<Syntax>(text);
  if (auto error = Parser(grammar, origin, *syntax).Run())
    return std::unexpected(*std::move(error));
  return syntax;
}

Parser::Parser(Grammar grammar, Origin origin, Syntax& syntax)
    : grammar_(grammar), origin_(origin), syntax_(syntax), tokens_(Tokenize(syntax.text)) {
  syntax_.nodes.reserve(tokens_.size());
}

std::optional<std::string> Parser::Run() {
  bool good = grammar_ == Grammar::kCondition ? ReadCondition()
              : grammar_ == Grammar::kUpdate  ? ReadUpdate()
                                              : ReadProjection();
  if (!good) return std::move(error_);
  if (!deferred_.empty()) return std::move(deferred_.begin()->second);
  return std::nullopt;
}

std::string_view Parser::TextOf(uint32_t token) const {
  return std::string_view(syntax_.text)
      .substr(tokens_[token].begin, tokens_[token].end - tokens_[token].begin);
}

bool Parser::Fail() { return FailWith(SyntaxErrorText(syntax_.text, tokens_, at_)); }

bool Parser::FailWith(std::string what) {
  error_ = std::move(what);
  return false;
}

void Parser::Defer(uint32_t position, std::string message) {
  deferred_.emplace(uint64_t{section_rank_} << 32 | position, std::move(message));
}

uint32_t Parser::AddNode(Node node) {
  syntax_.nodes.push_back(node);
  return static_cast<uint32_t>(syntax_.nodes.size() - 1);
}

int32_t Parser::SlotOf(std::vector<std::string_view>& placeholders, std::string_view name) {
  if (origin_ == Origin::kLegacy) {
    // A legacy text may hold thousands; each is new, or named twice in a row.
    if (placeholders.empty() || placeholders.back() != name) placeholders.push_back(name);
    return static_cast<int32_t>(placeholders.size() - 1);
  }
  auto at = std::ranges::find(placeholders, name);
  if (at == placeholders.end()) at = placeholders.insert(at, name);
  return static_cast<int32_t>(at - placeholders.begin());
}

// --- paths and placeholders ---

bool Parser::ReadPath(uint32_t& node) {
  Node path{.kind = NodeKind::kPath, .first = static_cast<uint32_t>(syntax_.steps.size())};
  Step step;
  if (!ReadStep(step)) return false;
  syntax_.steps.push_back(step);
  while (Is(TokenKind::kDot) || Is(TokenKind::kOpenBracket)) {
    bool dot = Is(TokenKind::kDot);
    ++at_;
    Step next;
    if (dot ? !ReadStep(next) : !ReadIndex(next)) return false;
    syntax_.steps.push_back(next);
  }
  path.count = static_cast<uint32_t>(syntax_.steps.size()) - path.first;
  node = AddNode(path);
  return true;
}

bool Parser::ReadStep(Step& step) {
  if (!Is(TokenKind::kIdentifier) && !Is(TokenKind::kName)) return Fail();
  step.name = TextOf(at_);
  if (Is(TokenKind::kName)) {
    step.slot = SlotOf(syntax_.names, step.name);
  } else if (IsReservedWord(step.name)) {
    Defer(Current().begin,
          "Attribute name is a reserved keyword; reserved keyword: " + std::string(step.name));
  }
  ++at_;
  return true;
}

bool Parser::ReadIndex(Step& step) {
  if (!Is(TokenKind::kInteger)) return Fail();
  std::string_view digits = TextOf(at_);
  auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), step.index);
  if (error != std::errc()) {
    Defer(Current().begin,
          "List index is not within the allowable range; index: [" + std::string(digits) + "]");
    step.index = 0;
  }
  ++at_;
  if (!Is(TokenKind::kCloseBracket)) return Fail();
  ++at_;
  return true;
}

bool Parser::ReadValue(uint32_t& node) {
  if (!Is(TokenKind::kValue)) return Fail();
  auto slot = static_cast<uint32_t>(SlotOf(syntax_.values, TextOf(at_)));
  node = AddNode({.kind = NodeKind::kValue, .first = slot});
  ++at_;
  return true;
}

// --- the grammars ---

bool Parser::ReadCondition() { return ReadTerm(true, syntax_.root); }

bool Parser::ReadProjection() {
  for (;;) {
    if (!ReadPath(syntax_.paths.emplace_back())) return false;
    if (Is(TokenKind::kEnd)) return true;
    if (!Is(TokenKind::kComma)) return Fail();
    ++at_;
  }
}

bool Parser::ReadUpdate() {
  constexpr std::array<std::string_view, 4> kNames = {"SET", "REMOVE", "ADD", "DELETE"};
  std::array<uint32_t, 4> ranks{};  // of each section, from 1, in the order of their first clauses
  uint32_t sections = 0, clauses = 0;
  do {
    if (Current().kind < TokenKind::kSet || Current().kind > TokenKind::kDelete) return Fail();
    auto section = static_cast<size_t>(Current().kind) - static_cast<size_t>(TokenKind::kSet);
    bool again = ranks[section] != 0;
    if (!again) ranks[section] = ++sections;
    section_rank_ = ranks[section];
    ++at_;
    if (!ReadClause(static_cast<Section>(section), clauses++)) return false;
    // What is wrong inside the clauses of a section comes first.
    if (again) {
      Defer(UINT32_MAX, "The \"" + std::string(kNames[section]) +
                            "\" section can only be used once in an update expression;");
    }
  } while (!Is(TokenKind::kEnd));
  return true;
}

bool Parser::ReadClause(Section section, uint32_t clause) {
  for (;;) {
    Action action{.section = section, .clause = clause};
    action.first_node = static_cast<uint32_t>(syntax_.nodes.size());
    uint32_t node;
    if (!ReadPath(node)) return false;
    if (section == Section::kSet) {
      if (!Is(TokenKind::kEqual)) return Fail();
      ++at_;
      if (!ReadTerm(false, node)) return false;
    } else if (section != Section::kRemove) {
      if (!ReadValue(node)) return false;
    }
    action.end_node = static_cast<uint32_t>(syntax_.nodes.size());
    syntax_.actions.push_back(action);
    if (!Is(TokenKind::kComma)) return true;
    ++at_;
  }
}

}  // namespace cruddur::expr
