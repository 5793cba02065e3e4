#include <algorithm>

#include "base/result.h"
#include "expr/partiql_parser.h"
#include "expr/syntax.h"

namespace cruddur::expr {
namespace {

using model::Invalid;

// How tightly operators bind.
constexpr int kOr = 10, kAnd = 20, kNot = 30, kEquality = 40, kComparison = 50, kConcatenation = 60,
              kSum = 70, kProduct = 80;

struct Infix {
  std::string_view text;
  int precedence;
};
constexpr Infix kInfixes[] = {
    {"or", kOr},           {"and", kAnd},          {"=", kEquality},    {"<>", kEquality},
    {"!=", kEquality},     {"is", kEquality},      {"in", kEquality},   {"<", kComparison},
    {"<=", kComparison},   {">", kComparison},     {">=", kComparison}, {"between", kComparison},
    {"like", kComparison}, {"||", kConcatenation}, {"+", kSum},         {"-", kSum},
    {"/", kProduct},       {"%", kProduct},
};

// Keywords that are functions where a parenthesis follows.
bool IsFunctionKeyword(std::string_view word) {
  constexpr std::string_view kFunctions[] = {"exists", "size",     "upper",      "lower",
                                             "trim",   "coalesce", "char_length"};
  return std::ranges::find(kFunctions, word) != std::end(kFunctions);
}

// Names of types, which may be two words.
bool IsTypeName(std::string_view word) {
  constexpr std::string_view kTypes[] = {
      "missing", "null",      "bool",   "boolean", "smallint", "integer", "int",     "int4",
      "int8",    "float",     "real",   "double",  "decimal",  "dec",     "numeric", "timestamp",
      "char",    "character", "string", "varchar", "symbol",   "clob",    "blob",    "struct",
      "tuple",   "list",      "sexp",   "bag",     "date",     "time"};
  return std::ranges::find(kTypes, word) != std::end(kTypes);
}

}  // namespace

PartiqlNode PartiqlParser::NewNode(PartiqlNode::Kind kind) const {
  PartiqlNode node;
  node.kind = kind;
  node.place = Current().place;
  return node;
}

DbStatus PartiqlParser::CountOperator() {
  if (++operators_ <= kMaxOperators) return {};
  return Invalid("The expression contains too many operators; operator count: " +
                 std::to_string(operators_));
}

int PartiqlParser::PrecedenceOfCurrent() const {
  if (Is(PartiqlToken::kStar)) return kProduct;
  if (!Is(PartiqlToken::kOperator)) return -1;
  std::string_view text = Current().text;
  if (text == "not") {  // of NOT IN and the like
    const PartiqlLexeme& next = lexemes_[at_ + 1];
    if (next.text != "in" && next.text != "between" && next.text != "like") return -1;
    text = next.text;
  }
  const auto* at = std::ranges::find(kInfixes, text, &Infix::text);
  return at == std::end(kInfixes) ? -1 : at->precedence;
}

DbResult<PartiqlNode> PartiqlParser::ReadExpression(int precedence) {
  if (++depth_ > kMaxDepth) return Malformed("");
  TRY_ASSIGN(PartiqlNode left, ReadOperand());
  for (int next = PrecedenceOfCurrent(); next > precedence; next = PrecedenceOfCurrent()) {
    TRY(CountOperator());
    TRY(ReadInfix(left, next));
  }
  --depth_;
  return left;
}

// `left` becomes the operator with what stands behind it.
DbStatus PartiqlParser::ReadInfix(PartiqlNode& left, int precedence) {
  PartiqlNode infix = NewNode(PartiqlNode::kInfix);
  const bool negated = Current().text == "not";
  if (negated) ++at_;
  infix.text = Current().text;
  ++at_;
  if (Is(PartiqlToken::kEnd)) {
    return Malformed("Missing right-hand side expression of infix operator");
  }
  if (infix.text == "is") {
    infix.kind = PartiqlNode::kIs;
    bool not_type = false;
    if (Is(PartiqlToken::kOperator) && Current().text == "not") {
      not_type = true;
      ++at_;
    }
    infix.operands.push_back(std::move(left));
    TRY(ReadType(infix));
    left = std::move(infix);
    if (!not_type) return {};
    PartiqlNode outer;
    outer.kind = PartiqlNode::kNot;
    outer.place = left.place;
    outer.operands.push_back(std::move(left));
    left = std::move(outer);
    return {};
  }
  if (infix.text == "between") {
    infix.kind = PartiqlNode::kBetween;
    infix.operands.push_back(std::move(left));
    TRY_ASSIGN(PartiqlNode low, ReadExpression(precedence));
    if (!Is(PartiqlToken::kOperator) || Current().text != "and") {
      return Malformed("Expected expression after AND");
    }
    ++at_;
    TRY_ASSIGN(PartiqlNode high, ReadExpression(precedence));
    infix.operands.push_back(std::move(low));
    infix.operands.push_back(std::move(high));
  } else if (infix.text == "in") {
    infix.kind = PartiqlNode::kIn;
    infix.operands.push_back(std::move(left));
    TRY_ASSIGN(PartiqlNode list, ReadExpression(precedence));
    if (list.kind == PartiqlNode::kList || list.kind == PartiqlNode::kBag) {
      std::ranges::move(list.operands, std::back_inserter(infix.operands));
    } else {
      infix.operands.push_back(std::move(list));  // IN (value)
    }
  } else {
    TRY_ASSIGN(PartiqlNode right, ReadExpression(precedence));
    // Long chains stay flat.
    if ((precedence == kAnd || precedence == kOr) && left.kind == PartiqlNode::kInfix &&
        left.text == infix.text) {
      left.operands.push_back(std::move(right));
      return {};
    }
    infix.operands.push_back(std::move(left));
    infix.operands.push_back(std::move(right));
  }
  left = std::move(infix);
  if (!negated) return {};
  PartiqlNode outer;
  outer.kind = PartiqlNode::kNot;
  outer.place = left.place;
  outer.operands.push_back(std::move(left));
  left = std::move(outer);
  return {};
}

DbStatus PartiqlParser::ReadType(PartiqlNode& is) {
  std::string name = Current().text;
  for (char& c : name) {
    if (c >= 'A' && c <= 'Z') c += 'a' - 'A';
  }
  const bool word = Is(PartiqlToken::kKeyword) || Is(PartiqlToken::kIdentifier);
  if (!word || !IsTypeName(name)) return Malformed("Expected type name");
  ++at_;
  if (name == "double" && !TakeKeyword("precision")) return Malformed("Expected type name");
  if (name == "character") TakeKeyword("varying");
  is.text = std::move(name);
  return {};
}

// A term behind signs and NOTs, as many as there are.
DbResult<PartiqlNode> PartiqlParser::ReadOperand() {
  if (!Is(PartiqlToken::kOperator)) return ReadPathTerm();
  const std::string& text = Current().text;
  if (text == "not") {
    TRY(CountOperator());
    PartiqlNode node = NewNode(PartiqlNode::kNot);
    ++at_;
    TRY_ASSIGN(PartiqlNode operand, ReadExpression(kNot));
    node.operands.push_back(std::move(operand));
    return node;
  }
  if (text != "+" && text != "-") return Malformed("Unexpected operator");
  const bool negative = text == "-";
  PartiqlNode node = NewNode(negative ? PartiqlNode::kNegative : PartiqlNode::kPositive);
  ++at_;
  if (++depth_ > kMaxDepth) return Malformed("");
  TRY_ASSIGN(PartiqlNode operand, ReadOperand());
  --depth_;
  if (operand.kind == PartiqlNode::kNumber) {
    if (!negative) return operand;
    if (operand.text.starts_with('-')) {
      operand.text.erase(0, 1);
    } else {
      operand.text.insert(0, 1, '-');
    }
    return operand;
  }
  node.operands.push_back(std::move(operand));
  return node;
}

DbResult<PartiqlNode> PartiqlParser::ReadPathTerm() {
  TRY_ASSIGN(PartiqlNode term, ReadTerm());
  if (term.kind == PartiqlNode::kPath) {
    TRY(ReadSteps(term, false));
  } else if (Is(PartiqlToken::kDot) || Is(PartiqlToken::kOpenBracket)) {
    PartiqlNode ignored;
    TRY(ReadSteps(ignored, false));
    Defer("Unexpected path component" + PlaceText(term.place));
  }
  return term;
}

DbResult<PartiqlNode> PartiqlParser::ReadTerm() {
  switch (Current().kind) {
    case PartiqlToken::kKeyword:
      return ReadKeywordTerm();
    case PartiqlToken::kOpen:
      return ReadGroup();
    case PartiqlToken::kOpenBracket: {
      PartiqlNode node = NewNode(PartiqlNode::kList);
      ++at_;
      TRY(ReadList(PartiqlToken::kCloseBracket, "RIGHT_BRACKET", node.operands));
      return node;
    }
    case PartiqlToken::kOpenBag: {
      PartiqlNode node = NewNode(PartiqlNode::kBag);
      ++at_;
      TRY(ReadList(PartiqlToken::kCloseBag, "RIGHT_DOUBLE_ANGLE_BRACKET", node.operands));
      return node;
    }
    case PartiqlToken::kOpenBrace:
      return ReadStruct();
    case PartiqlToken::kIdentifier:
      if (lexemes_[at_ + 1].kind == PartiqlToken::kOpen) return ReadCall();
      [[fallthrough]];
    case PartiqlToken::kQuoted: {
      PartiqlNode node = NewNode(PartiqlNode::kPath);
      node.steps.push_back({PartiqlStep::kName, Current().text, Current().place});
      ++at_;
      return node;
    }
    case PartiqlToken::kString:
    case PartiqlToken::kNumber: {
      PartiqlNode node =
          NewNode(Is(PartiqlToken::kString) ? PartiqlNode::kString : PartiqlNode::kNumber);
      node.text = Current().text;
      ++at_;
      return node;
    }
    case PartiqlToken::kParameter: {
      PartiqlNode node = NewNode(PartiqlNode::kParameter);
      node.number = parameters_++;
      ++at_;
      return node;
    }
    case PartiqlToken::kOperator:
      return Malformed("Unexpected operator");
    default:
      return Malformed("Unexpected term");
  }
}

DbResult<PartiqlNode> PartiqlParser::ReadKeywordTerm() {
  const std::string& word = Current().text;
  if (IsFunctionKeyword(word) && lexemes_[at_ + 1].kind == PartiqlToken::kOpen) return ReadCall();
  struct Literal {
    std::string_view word;
    PartiqlNode::Kind kind;
  };
  static constexpr Literal kLiterals[] = {{"true", PartiqlNode::kTrue},
                                          {"false", PartiqlNode::kFalse},
                                          {"null", PartiqlNode::kNull},
                                          {"missing", PartiqlNode::kMissing}};
  for (const Literal& literal : kLiterals) {
    if (word != literal.word) continue;
    PartiqlNode node = NewNode(literal.kind);
    ++at_;
    return node;
  }
  if (word != "select" && word != "from") return Malformed("Unexpected keyword");
  PartiqlNode node = NewNode(PartiqlNode::kSelect);
  PartiqlStatement inner;
  TRY(word == "select" ? ReadSelect(inner) : ReadFromUpdate(inner));
  node.number = static_cast<uint32_t>(selects_.size());
  selects_.push_back(std::move(inner));
  return node;
}

DbResult<PartiqlNode> PartiqlParser::ReadCall() {
  PartiqlNode node = NewNode(PartiqlNode::kCall);
  node.text = Current().text;
  at_ += 2;
  TRY(ReadList(PartiqlToken::kClose, "RIGHT_PAREN", node.operands));
  return node;
}

// (expression), or (a, b), which is a list.
DbResult<PartiqlNode> PartiqlParser::ReadGroup() {
  PartiqlNode list = NewNode(PartiqlNode::kList);
  ++at_;
  if (Is(PartiqlToken::kClose)) return Malformed("Expression group cannot be empty");
  TRY(ReadList(PartiqlToken::kClose, "RIGHT_PAREN", list.operands));
  if (list.operands.size() > 1) return list;
  PartiqlNode inner = std::move(list.operands[0]);
  return inner;
}

DbResult<PartiqlNode> PartiqlParser::ReadStruct() {
  PartiqlNode node = NewNode(PartiqlNode::kStruct);
  ++at_;
  if (Is(PartiqlToken::kCloseBrace)) {
    ++at_;
    return node;
  }
  for (;;) {
    TRY_ASSIGN(PartiqlNode name, ReadExpression());
    TRY(Expect(PartiqlToken::kColon, "COLON"));
    TRY_ASSIGN(PartiqlNode value, ReadExpression());
    node.operands.push_back(std::move(name));
    node.operands.push_back(std::move(value));
    if (!Is(PartiqlToken::kComma)) break;
    ++at_;
  }
  TRY(Expect(PartiqlToken::kCloseBrace, "RIGHT_CURLY"));
  return node;
}

DbStatus PartiqlParser::ReadList(PartiqlToken close, std::string_view close_name,
                                 std::vector<PartiqlNode>& elements) {
  if (Is(close)) {
    ++at_;
    return {};
  }
  for (;;) {
    TRY_ASSIGN(PartiqlNode element, ReadExpression());
    elements.push_back(std::move(element));
    if (!Is(PartiqlToken::kComma)) return Expect(close, close_name);
    ++at_;
  }
}

DbResult<PartiqlNode> PartiqlParser::ReadSimplePath() {
  if (!Is(PartiqlToken::kIdentifier) && !Is(PartiqlToken::kQuoted)) {
    return Malformed("Expected identifier for simple path");
  }
  PartiqlNode node = NewNode(PartiqlNode::kPath);
  node.steps.push_back({PartiqlStep::kName, Current().text, Current().place});
  ++at_;
  TRY(ReadSteps(node, true));
  return node;
}

DbStatus PartiqlParser::ReadSteps(PartiqlNode& path, bool simple) {
  for (;;) {
    if (Is(PartiqlToken::kOpenBracket)) {
      TRY(ReadIndex(path));
      continue;
    }
    if (!Is(PartiqlToken::kDot)) return {};
    ++at_;
    PartiqlStep step{PartiqlStep::kName, Current().text, Current().place};
    if (Is(PartiqlToken::kStar)) {
      if (simple) return Malformed("Invalid path dot component for simple path");
      step.kind = PartiqlStep::kOther;
    } else if (!Is(PartiqlToken::kIdentifier) && !Is(PartiqlToken::kQuoted)) {
      return Malformed("Invalid path dot component");
    }
    path.steps.push_back(std::move(step));
    ++at_;
  }
}

// [0], or ['name'].
DbStatus PartiqlParser::ReadIndex(PartiqlNode& path) {
  ++at_;
  if (Is(PartiqlToken::kStar)) {
    path.steps.push_back({PartiqlStep::kOther, "*", Current().place});
    ++at_;
    return Expect(PartiqlToken::kCloseBracket, "RIGHT_BRACKET");
  }
  TRY_ASSIGN(PartiqlNode index, ReadExpression());
  PartiqlStep::Kind kind = PartiqlStep::kOther;
  if (index.kind == PartiqlNode::kNumber) kind = PartiqlStep::kIndex;
  if (index.kind == PartiqlNode::kString) kind = PartiqlStep::kName;
  path.steps.push_back({kind, std::move(index.text), index.place});
  return Expect(PartiqlToken::kCloseBracket, "RIGHT_BRACKET");
}

}  // namespace cruddur::expr
