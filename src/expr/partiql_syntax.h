// A parsed PartiQL statement: what is true of its text alone.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "expr/expression.h"
#include "expr/partiql_lexer.h"

namespace cruddur::expr {

inline constexpr size_t kMaxPartiqlBytes = 8192;

// One component of a path behind the first: a name, a list index as it is written, or what DynamoDB
// knows no path for (a wildcard, an expression).
struct PartiqlStep {
  enum Kind : uint8_t { kName, kIndex, kOther } kind = kName;
  std::string text;
  TextPlace place;
};

struct PartiqlNode {
  enum Kind : uint8_t {
    kString,
    kNumber,  // with its sign
    kTrue,
    kFalse,
    kNull,
    kMissing,
    kParameter,  // number counts from 0
    kPath,       // steps
    kList,
    kBag,
    kStruct,    // operands: name, value, name, value, …
    kCall,      // text is the function; operands
    kSelect,    // of EXISTS; number is its place in PartiqlStatement::selects
    kNot,       // operands: one
    kPositive,  // of what isn't a number
    kNegative,
    kInfix,    // text is the operator: and, or, =, <, +, …; operands: two, or more of and and or
    kBetween,  // operands: three
    kIn,       // operands: the value, then the list's elements
    kIs,       // text is the type; operands: one
  } kind = kNull;
  std::string text;
  TextPlace place;
  uint32_t number = 0;
  std::vector<PartiqlStep> steps;
  std::vector<PartiqlNode> operands;
};

struct PartiqlOrder {
  std::string attribute;
  bool descending = false;
};

// SET path = value, or REMOVE path (without a value).
struct PartiqlAction {
  PartiqlNode path;
  std::optional<PartiqlNode> value;
  uint32_t clause = 0;  // counts the SETs and REMOVEs as they are written
};

enum class PartiqlKind : uint8_t { kSelect, kInsert, kUpdate, kDelete, kExists };

struct PartiqlStatement {
  PartiqlKind kind = PartiqlKind::kSelect;
  std::string table;
  std::string index;  // empty: the table
  bool all_attributes = false;
  std::vector<PartiqlNode> columns;  // SELECT, unless all_attributes
  // What is wrong with the columns, where that is told when the table and the index are known.
  std::optional<std::string> wrong_columns;
  std::optional<PartiqlNode> where;
  std::vector<PartiqlOrder> order;
  std::vector<PartiqlAction> actions;  // UPDATE
  PartiqlNode item;                    // INSERT
  std::optional<model::ReturnValues> returning;
  uint32_t parameters = 0;  // how many ? there are
};

// ValidationExceptions with AWS's texts. Covers the grammar and what it means for DynamoDB (one
// table, no aliases, …), not the values. Time is linear in the text; nesting is limited.
DbResult<PartiqlStatement> ParsePartiql(std::string_view statement);

// "Statement wasn't well formed, can't be processed: " and the detail.
std::unexpected<DbError> Malformed(std::string_view detail);
// " at 1:8:3".
std::string PlaceText(const TextPlace& place);
// What DynamoDB calls an expression that it has no use for: "Parameter", "IsType", "Plus", …
std::string_view PartiqlName(const PartiqlNode& node);

}  // namespace cruddur::expr
