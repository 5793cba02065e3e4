// A parsed expression: what is true of its text alone, whatever the placeholders stand for.
// Immutable and shared between the requests of a thread (see syntax_cache.h).
#pragma once

#include <cstdint>
#include <expected>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace cruddur::expr {

enum class Grammar : uint8_t { kCondition, kUpdate, kProjection };

// The bounds are those of expressions. Legacy parameters that are written as expressions are
// bounded by the request that they came in alone.
enum class Origin : uint8_t { kExpression, kLegacy };

inline constexpr size_t kMaxExpressionBytes = 4096;
inline constexpr int kMaxOperators = 300;
inline constexpr size_t kMaxInOperands = 100;

// One step of a path: an attribute or key, written out or as a #name, or a list index.
struct Step {
  std::string_view name;  // as it stands in the text
  int32_t slot = -1;      // of a #name: its place in Syntax::names
  int32_t index = -1;     // of a list index
};

enum class NodeKind : uint8_t {
  kPath,   // steps [first, first + count)
  kValue,  // first is the place in Syntax::values
  // The others have operands: edges [first, first + count).
  kCall,
  kCompare,
  kBetween,  // operand, low, high
  kIn,       // operand, candidates
  kAnd,
  kOr,
  kNot,
  kArithmetic,
};

enum class Function : uint8_t {
  kAttributeExists,
  kAttributeNotExists,
  kAttributeType,
  kBeginsWith,
  kContains,
  kSize,
  kIfNotExists,
  kListAppend,
};

enum class Comparator : uint8_t { kEqual, kNotEqual, kLess, kLessEqual, kGreater, kGreaterEqual };

struct Node {
  NodeKind kind = NodeKind::kPath;
  Function function{};      // kCall
  Comparator comparator{};  // kCompare
  uint32_t first = 0, count = 0;
  std::string_view word;  // the operator or function as it stands in the text
};

enum class Section : uint8_t { kSet, kRemove, kAdd, kDelete };

// One action of an update. Its nodes are [first_node, end_node): the path's first, then the
// value's.
struct Action {
  Section section = Section::kSet;
  uint32_t clause = 0;  // counts the clauses as they are written
  uint32_t first_node = 0, end_node = 0;

  uint32_t path() const { return first_node; }
  uint32_t value() const { return end_node - 1; }  // not of REMOVE
};

struct Syntax {
  explicit Syntax(std::string_view expression) : text(expression) {}
  Syntax(const Syntax&) = delete;  // the views point into `text`
  Syntax& operator=(const Syntax&) = delete;

  const std::string text;
  // Operands stand before what they belong to, so a walk from the front meets them first.
  std::vector<Node> nodes;
  std::vector<uint32_t> edges;
  std::vector<Step> steps;
  std::vector<std::string_view> names, values;  // "#name", ":value", each once
  uint32_t root = 0;                            // kCondition
  std::vector<Action> actions;                  // kUpdate
  std::vector<uint32_t> paths;                  // kProjection

  const Node& Operand(const Node& node, size_t i) const { return nodes[edges[node.first + i]]; }
};

// The error is AWS's text without "Invalid …Expression: ". Beyond the grammar it covers reserved
// words, function names and where they stand, list indexes, sections and the number of operators.
// Takes time linear in the text and no recursion, however deep the nesting.
std::expected<std::shared_ptr<const Syntax>, std::string> Parse(
    Grammar grammar, std::string_view text, Origin origin = Origin::kExpression);

}  // namespace cruddur::expr
