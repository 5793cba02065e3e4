// Operands and conditions: an operator-precedence parser with its own stacks.
#include <algorithm>
#include <array>
#include <optional>

#include "expr/parser.h"

namespace cruddur::expr {
namespace {

bool IsComparator(TokenKind kind) {
  return kind >= TokenKind::kEqual && kind <= TokenKind::kGreaterEqual;
}

Comparator ComparatorOf(TokenKind kind) {
  return static_cast<Comparator>(static_cast<int>(kind) - static_cast<int>(TokenKind::kEqual));
}

constexpr std::string_view kMisplaced =
    "The function is not allowed to be used this way in an expression";

// Case-sensitive, as keywords are not.
std::optional<Function> FunctionOf(std::string_view name) {
  // In the order of the enumeration.
  constexpr std::array<std::string_view, 8> kNames = {"attribute_exists", "attribute_not_exists",
                                                      "attribute_type",   "begins_with",
                                                      "contains",         "size",
                                                      "if_not_exists",    "list_append"};
  auto at = std::ranges::find(kNames, name);
  if (at == kNames.end()) return std::nullopt;
  return static_cast<Function>(at - kNames.begin());
}

bool IsUpdateFunction(Function function) {
  return function == Function::kIfNotExists || function == Function::kListAppend;
}

}  // namespace

bool Parser::ReadTerm(bool condition, uint32_t& node) {
  terms_.clear();
  pending_.clear();
  base_is_condition_ = condition;
  Progress progress = Progress::kNeedOperand;
  while (progress == Progress::kNeedOperand || progress == Progress::kHaveTerm) {
    progress = progress == Progress::kNeedOperand ? StartOperand() : ContinueTerm();
  }
  if (progress == Progress::kFailed) return false;
  node = terms_.back().node;
  return true;
}

bool Parser::TopIs(Pending::Kind kind) const {
  return !pending_.empty() && pending_.back().kind == kind;
}

bool Parser::ConditionAllowed() const {
  if (pending_.empty()) return base_is_condition_;
  switch (pending_.back().kind) {
    case Pending::kOr:
    case Pending::kAnd:
    case Pending::kNot:
      return true;
    case Pending::kParenthesis:
      return !pending_.back().operands_only;
    default:
      return false;
  }
}

// A sum is all of what SET assigns, at most in one pair of parentheses.
bool Parser::SumAllowed() const {
  return !base_is_condition_ && grammar_ == Grammar::kUpdate &&
         (pending_.empty() || (pending_.size() == 1 && TopIs(Pending::kParenthesis)));
}

bool Parser::CountOperator() {
  if (++operators_ <= kMaxOperators || origin_ == Origin::kLegacy) return true;
  return FailWith("The expression contains too many operators; operator count: " +
                  std::to_string(operators_));
}

Parser::Progress Parser::StartOperand() {
  uint32_t node;
  switch (Current().kind) {
    case TokenKind::kValue:
      ReadValue(node);
      terms_.push_back({node, Shape::kOperand});
      return Progress::kHaveTerm;
    case TokenKind::kIdentifier:
      if (tokens_[at_ + 1].kind == TokenKind::kOpen) return StartCall();
      [[fallthrough]];
    case TokenKind::kName:
      if (!ReadPath(node)) return Progress::kFailed;
      terms_.push_back({node, Shape::kOperand});
      return Progress::kHaveTerm;
    case TokenKind::kOpen:
      pending_.push_back({Pending::kParenthesis, !ConditionAllowed(), 0, at_++});
      return Progress::kNeedOperand;
    case TokenKind::kNot:
      if (!ConditionAllowed()) break;
      if (!CountOperator()) return Progress::kFailed;
      pending_.push_back({Pending::kNot, false, 0, at_++});
      return Progress::kNeedOperand;
    default:
      break;
  }
  Fail();
  return Progress::kFailed;
}

Parser::Progress Parser::ContinueTerm() {
  // The right operand of these binds at once: nothing binds tighter.
  if (TopIs(Pending::kCompare) || TopIs(Pending::kArithmetic) || TopIs(Pending::kBetweenHigh)) {
    Pending top = pending_.back();
    pending_.pop_back();
    bool between = top.kind == Pending::kBetweenHigh;
    NodeKind kind = between                            ? NodeKind::kBetween
                    : top.kind == Pending::kArithmetic ? NodeKind::kArithmetic
                                                       : NodeKind::kCompare;
    Shape shape = top.kind == Pending::kArithmetic ? Shape::kSum : Shape::kCondition;
    uint32_t node = AddOperator(kind, top.token, terms_.size() - (between ? 3 : 2));
    terms_.push_back({node, shape});
    return Progress::kHaveTerm;
  }
  if (TopIs(Pending::kBetweenLow)) {
    if (!Is(TokenKind::kAnd)) return FinishTerm();
    pending_.back().kind = Pending::kBetweenHigh;
    ++at_;
    return Progress::kNeedOperand;
  }
  switch (Current().kind) {
    case TokenKind::kAnd:
    case TokenKind::kOr:
      return ContinueWithLogic();
    case TokenKind::kClose:
      return CloseParenthesis();
    case TokenKind::kComma:
      return NextArgument();
    case TokenKind::kBetween:
    case TokenKind::kIn:
    case TokenKind::kPlus:
    case TokenKind::kMinus:
      return ContinueWithOperator();
    default:
      return IsComparator(Current().kind) ? ContinueWithOperator() : FinishTerm();
  }
}

// A comparison, BETWEEN, IN or a sum: the term before it is their first operand.
Parser::Progress Parser::ContinueWithOperator() {
  const Term& term = terms_.back();
  TokenKind kind = Current().kind;
  bool sum = kind == TokenKind::kPlus || kind == TokenKind::kMinus;
  bool operand = term.shape == Shape::kOperand || term.shape == Shape::kCall;
  if (!operand || !(sum ? SumAllowed() : ConditionAllowed())) return FinishTerm();
  if (!CountOperator()) return Progress::kFailed;
  Pending pending{.kind = sum                           ? Pending::kArithmetic
                          : kind == TokenKind::kBetween ? Pending::kBetweenLow
                          : kind == TokenKind::kIn      ? Pending::kIn
                                                        : Pending::kCompare,
                  .first_term = static_cast<uint32_t>(terms_.size() - 1),
                  .token = at_};
  ++at_;
  if (kind == TokenKind::kIn) {
    if (!Is(TokenKind::kOpen)) {
      Fail();
      return Progress::kFailed;
    }
    ++at_;
  }
  pending_.push_back(pending);
  return Progress::kNeedOperand;
}

Parser::Progress Parser::ContinueWithLogic() {
  Shape shape = terms_.back().shape;
  bool condition = shape == Shape::kCondition || shape == Shape::kCall;
  if (!condition || !ConditionAllowed()) return FinishTerm();
  if (!CountOperator()) return Progress::kFailed;
  Pending::Kind kind = Is(TokenKind::kAnd) ? Pending::kAnd : Pending::kOr;
  ReduceTo(kind);
  pending_.push_back({kind, false, 0, at_++});
  return Progress::kNeedOperand;
}

Parser::Progress Parser::CloseParenthesis() {
  Shape shape = terms_.back().shape;
  if (shape == Shape::kCondition || shape == Shape::kCall) ReduceTo(Pending::kOr);
  Term& term = terms_.back();
  if (TopIs(Pending::kParenthesis)) {
    if (term.in_parentheses) {
      FailWith("The expression has redundant parentheses;");
      return Progress::kFailed;
    }
    term.in_parentheses = true;
    pending_.pop_back();
  } else if (TopIs(Pending::kIn) || TopIs(Pending::kCall)) {
    Pending top = pending_.back();
    pending_.pop_back();
    bool in = top.kind == Pending::kIn;
    uint32_t node = AddOperator(in ? NodeKind::kIn : NodeKind::kCall, top.token, top.first_term);
    terms_.push_back({node, in ? Shape::kCondition : Shape::kCall});
  } else {
    return FinishTerm();
  }
  ++at_;
  return Progress::kHaveTerm;
}

Parser::Progress Parser::NextArgument() {
  if (!TopIs(Pending::kCall) && !TopIs(Pending::kIn)) return FinishTerm();
  ++at_;
  return Progress::kNeedOperand;
}

// Nothing that could follow the term follows it: it is whole, or the syntax is wrong here.
Parser::Progress Parser::FinishTerm() {
  Shape shape = terms_.back().shape;
  if (shape == Shape::kCondition || shape == Shape::kCall) ReduceTo(Pending::kOr);
  bool whole = pending_.empty();
  if (whole && base_is_condition_) {
    whole = Is(TokenKind::kEnd) && terms_.back().shape != Shape::kOperand;
    if (whole) CheckCallPlace(terms_.back().node, true);
  }
  if (whole) return Progress::kDone;
  Fail();
  return Progress::kFailed;
}

void Parser::ReduceTo(Pending::Kind lowest) {
  while (!pending_.empty() && pending_.back().kind >= lowest &&
         pending_.back().kind <= Pending::kNot) {
    Pending top = pending_.back();
    pending_.pop_back();
    NodeKind kind = top.kind == Pending::kNot   ? NodeKind::kNot
                    : top.kind == Pending::kAnd ? NodeKind::kAnd
                                                : NodeKind::kOr;
    size_t operands = kind == NodeKind::kNot ? 1 : 2;
    uint32_t node = AddOperator(kind, top.token, terms_.size() - operands);
    terms_.push_back({node, Shape::kCondition});
  }
}

// Makes a node of the terms from `first_term` on and takes them off the stack.
uint32_t Parser::AddOperator(NodeKind kind, uint32_t token, size_t first_term) {
  Node node{.kind = kind,
            .first = static_cast<uint32_t>(syntax_.edges.size()),
            .count = static_cast<uint32_t>(terms_.size() - first_term),
            .word = TextOf(token)};
  if (kind == NodeKind::kCompare) node.comparator = ComparatorOf(tokens_[token].kind);
  if (kind == NodeKind::kCall) node.function = FunctionOf(node.word).value_or(Function::kSize);
  bool logic = kind == NodeKind::kAnd || kind == NodeKind::kOr || kind == NodeKind::kNot;
  for (size_t i = first_term; i < terms_.size(); ++i) {
    CheckCallPlace(terms_[i].node, logic);
    syntax_.edges.push_back(terms_[i].node);
  }
  terms_.resize(first_term);
  return AddNode(node);
}

// --- functions ---

Parser::Progress Parser::StartCall() {
  std::string_view name = TextOf(at_);
  auto function = FunctionOf(name);
  std::string problem;
  if (!function) {
    problem = "Invalid function name";
  } else if (bool update = IsUpdateFunction(*function); update != (grammar_ == Grammar::kUpdate)) {
    problem = update ? "The function is not allowed in a condition expression"
                     : "The function is not allowed in an update expression";
  } else if (function == Function::kListAppend && TopIs(Pending::kCall) &&
             FunctionOf(TextOf(pending_.back().token)) == Function::kListAppend) {
    problem = kMisplaced;
  }
  if (!problem.empty()) {
    Defer(Current().begin, problem + "; function: " + std::string(name));
  }
  pending_.push_back({Pending::kCall, false, static_cast<uint32_t>(terms_.size()), at_});
  at_ += 2;
  return Progress::kNeedOperand;
}

// size() is an operand, the other functions of conditions are conditions.
void Parser::CheckCallPlace(uint32_t node, bool as_condition) {
  const Node& call = syntax_.nodes[node];
  if (call.kind != NodeKind::kCall || grammar_ == Grammar::kUpdate) return;
  if ((call.function == Function::kSize) != as_condition) return;
  auto position = static_cast<uint32_t>(call.word.data() - syntax_.text.data());
  Defer(position, std::string(kMisplaced).append("; function: ").append(call.word));
}

}  // namespace cruddur::expr
