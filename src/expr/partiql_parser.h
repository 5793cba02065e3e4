// The parser behind ParsePartiql: recursive descent for statements, precedence climbing for
// expressions. Its recursion is bounded by kMaxDepth, its trees by the number of operators too.
#pragma once

#include <optional>
#include <string_view>
#include <vector>

#include "expr/partiql_syntax.h"

namespace cruddur::expr {

class PartiqlParser {
 public:
  explicit PartiqlParser(std::vector<PartiqlLexeme> lexemes) : lexemes_(std::move(lexemes)) {}

  DbResult<PartiqlStatement> Run();

 private:
  // Deeper than any value that DynamoDB stores, shallow enough for the stack.
  static constexpr int kMaxDepth = 128;

  // What a FROM clause or the target of an UPDATE names, as far as it is a path.
  struct Source {
    std::vector<PartiqlStep> path;
    bool one_name = true;  // neither a list of sources nor an expression
  };

  const PartiqlLexeme& Current() const { return lexemes_[at_]; }
  bool Is(PartiqlToken kind) const { return Current().kind == kind; }
  bool IsKeyword(std::string_view word, size_t ahead = 0) const;
  bool IsWord(std::string_view lower) const;  // a name that means something here alone
  bool TakeKeyword(std::string_view word);
  DbStatus Expect(PartiqlToken kind, std::string_view name);
  // An error of meaning, told if the grammar holds.
  void Defer(std::string message);
  bool AtCountOfAll() const;

  // Statements.
  DbStatus ReadStatement(PartiqlStatement& out);
  DbStatus ReadSelect(PartiqlStatement& out);
  DbStatus ReadColumns(PartiqlStatement& out);
  DbStatus ReadOrder(PartiqlStatement& out);
  DbStatus ReadInsert(PartiqlStatement& out);
  DbStatus ReadUpdate(PartiqlStatement& out);
  DbStatus ReadFromUpdate(PartiqlStatement& out);
  DbStatus ReadDelete(PartiqlStatement& out);
  DbStatus ReadActions(PartiqlStatement& out);
  DbStatus ReadWhere(PartiqlStatement& out);
  DbStatus ReadReturning(PartiqlStatement& out);
  DbStatus ReadSource(Source& out);
  void ReadAlias();
  void SetSource(const Source& source, PartiqlStatement& out);
  DbStatus FinishExpression(PartiqlNode node, PartiqlStatement& out);

  // Expressions.
  DbResult<PartiqlNode> ReadExpression(int precedence = 0);
  DbResult<PartiqlNode> ReadOperand();
  DbResult<PartiqlNode> ReadPathTerm();
  DbResult<PartiqlNode> ReadTerm();
  DbResult<PartiqlNode> ReadKeywordTerm();
  DbResult<PartiqlNode> ReadCall();
  DbResult<PartiqlNode> ReadGroup();
  DbResult<PartiqlNode> ReadStruct();
  DbResult<PartiqlNode> ReadSimplePath();
  DbStatus ReadSteps(PartiqlNode& path, bool simple);
  DbStatus ReadIndex(PartiqlNode& path);
  DbStatus ReadInfix(PartiqlNode& left, int precedence);
  DbStatus ReadType(PartiqlNode& is);
  // Elements up to the closing token, separated by commas.
  DbStatus ReadList(PartiqlToken close, std::string_view close_name,
                    std::vector<PartiqlNode>& elements);
  PartiqlNode NewNode(PartiqlNode::Kind kind) const;
  int PrecedenceOfCurrent() const;  // negative: no infix operator
  DbStatus CountOperator();

  std::vector<PartiqlLexeme> lexemes_;
  size_t at_ = 0;
  int depth_ = 0;
  int operators_ = 0;
  uint32_t parameters_ = 0;
  std::vector<PartiqlStatement> selects_;
  std::optional<std::string> deferred_;
};

}  // namespace cruddur::expr
