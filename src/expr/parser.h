// The parser behind expr::Parse: an operator-precedence parser with its own stacks.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "expr/lexer.h"
#include "expr/syntax.h"

namespace cruddur::expr {

class Parser {
 public:
  Parser(Grammar grammar, Origin origin, Syntax& syntax);

  // Fills the syntax; the message of what is wrong, if anything is.
  std::optional<std::string> Run();

 private:
  // What was read last: `(a)` is still an operand, a call may be an operand or a condition, and an
  // update's sum can't be part of anything else.
  enum class Shape : uint8_t { kOperand, kCall, kCondition, kSum };
  struct Term {
    uint32_t node;
    Shape shape;
    bool in_parentheses = false;
  };
  // What was opened and waits for its last operand.
  struct Pending {
    enum Kind : uint8_t {
      kOr,
      kAnd,
      kNot,
      kCompare,
      kArithmetic,
      kBetweenLow,
      kBetweenHigh,
      kIn,
      kCall,
      kParenthesis
    } kind;
    bool operands_only = false;  // kParenthesis: where no condition can stand
    uint32_t first_term = 0;     // kIn, kCall: where its operands begin
    uint32_t token = 0;
  };
  enum class Progress : uint8_t { kNeedOperand, kHaveTerm, kDone, kFailed };

  const Token& Current() const { return tokens_[at_]; }
  bool Is(TokenKind kind) const { return Current().kind == kind; }
  std::string_view TextOf(uint32_t token) const;
  bool Fail();                      // a syntax error at the current token
  bool FailWith(std::string what);  // another error
  // An error of the static rules: reported if the syntax holds, the leftmost one first.
  void Defer(uint32_t position, std::string message);

  bool ReadCondition();
  bool ReadUpdate();
  bool ReadProjection();
  bool ReadClause(Section section, uint32_t clause);
  bool ReadPath(uint32_t& node);
  bool ReadStep(Step& step);
  bool ReadIndex(Step& step);
  bool ReadValue(uint32_t& node);
  // Reads a condition up to the end of the text, or an operand of SET.
  bool ReadTerm(bool condition, uint32_t& node);

  Progress StartOperand();
  Progress StartCall();
  Progress ContinueTerm();
  Progress ContinueWithOperator();
  Progress ContinueWithLogic();
  Progress CloseParenthesis();
  Progress NextArgument();
  Progress FinishTerm();

  bool ConditionAllowed() const;
  bool SumAllowed() const;
  bool CountOperator();
  void CheckCallPlace(uint32_t node, bool as_condition);
  bool TopIs(Pending::Kind kind) const;
  void ReduceTo(Pending::Kind lowest);  // NOT, AND and OR down to and including this one
  uint32_t AddNode(Node node);
  uint32_t AddOperator(NodeKind kind, uint32_t token, size_t first_term);
  int32_t SlotOf(std::vector<std::string_view>& placeholders, std::string_view name);

  Grammar grammar_;
  Origin origin_;
  Syntax& syntax_;
  std::vector<Token> tokens_;
  uint32_t at_ = 0;
  std::vector<Term> terms_;
  std::vector<Pending> pending_;
  bool base_is_condition_ = false;
  int operators_ = 0;
  uint32_t section_rank_ = 0;
  std::optional<std::string> error_;
  std::map<uint64_t, std::string> deferred_;
};

}  // namespace cruddur::expr
