#include <algorithm>
#include <optional>

#include "base/result.h"
#include "expr/binding.h"

namespace cruddur::expr {
namespace {

using model::AttributeValue;
using model::Invalid;

constexpr size_t kMaxPartitionKeyBytes = 2048;
constexpr size_t kMaxSortKeyBytes = 1024;

// `name <operator> value`, with the attribute on the left.
struct Clause {
  std::string_view name;
  bool indexable = true;  // what KeyConditions say may be no condition on a key
  bool equality = false;
  RangeOperator range = RangeOperator::kNone;
  const AttributeValue* low = nullptr;
  const AttributeValue* high = nullptr;  // of BETWEEN
};

std::unexpected<DbError> InvalidOperator(std::string_view word) {
  return Invalid("Invalid operator used in KeyConditionExpression: " + std::string(word));
}
std::unexpected<DbError> InvalidCondition(std::string_view what) {
  return Invalid("Invalid condition in KeyConditionExpression: " + std::string(what));
}
std::unexpected<DbError> NotIndexable() {
  return Invalid("Attempted conditional constraint is not an indexable operation");
}
std::unexpected<DbError> Unsupported() { return Invalid("Query key condition not supported"); }

RangeOperator RangeOf(Comparator comparator, bool reversed) {
  switch (comparator) {
    case Comparator::kLess:
      return reversed ? RangeOperator::kGreater : RangeOperator::kLess;
    case Comparator::kLessEqual:
      return reversed ? RangeOperator::kGreaterEqual : RangeOperator::kLessEqual;
    case Comparator::kGreater:
      return reversed ? RangeOperator::kLess : RangeOperator::kGreater;
    case Comparator::kGreaterEqual:
      return reversed ? RangeOperator::kLessEqual : RangeOperator::kGreaterEqual;
    default:
      return RangeOperator::kNone;
  }
}

// Takes apart what any condition may say and a key condition mustn't: the rules that need no table.
class ClauseReader {
 public:
  // `legacy`: it stands for KeyConditions, where attribute_exists() is what no key can be asked.
  ClauseReader(const Bound& bound, bool legacy) : bound_(bound), legacy_(legacy) {}

  DbStatus Read(const Node& node) {
    if (node.kind == NodeKind::kAnd) {
      TRY(Read(Operand(node, 0)));
      return Read(Operand(node, 1));
    }
    TRY(CheckOperator(node));
    Clause clause;
    size_t place = 0;
    TRY(ReadOperands(node, clause, place));
    if (node.kind == NodeKind::kBetween) clause.range = RangeOperator::kBetween;
    if (node.kind == NodeKind::kCall) {
      clause.range = RangeOperator::kBeginsWith;
      clause.indexable = node.function == Function::kBeginsWith;
    }
    if (node.kind == NodeKind::kCompare) {
      clause.equality = node.comparator == Comparator::kEqual;
      clause.range = RangeOf(node.comparator, place != 0);
    }
    if (std::ranges::find(clauses_, clause.name, &Clause::name) != clauses_.end()) {
      return Invalid(
          "Invalid KeyConditionExpression: KeyConditionExpressions must only contain one condition "
          "per key");
    }
    clauses_.push_back(clause);
    return {};
  }

  const std::vector<Clause>& clauses() const { return clauses_; }

 private:
  const Node& Operand(const Node& node, size_t i) const { return bound_.syntax().Operand(node, i); }

  DbStatus CheckOperator(const Node& node) const {
    switch (node.kind) {
      case NodeKind::kOr:
        return InvalidOperator("OR");
      case NodeKind::kNot:
        return InvalidOperator("NOT");
      case NodeKind::kIn:
        return InvalidOperator("IN");
      case NodeKind::kCompare:
        if (node.comparator == Comparator::kNotEqual) return InvalidOperator(node.word);
        return {};
      case NodeKind::kCall:
        if (node.function != Function::kBeginsWith && !legacy_) return InvalidOperator(node.word);
        break;
      default:
        break;
    }
    if (Operand(node, 0).kind != NodeKind::kValue) return {};
    return InvalidCondition(std::string(node.kind == NodeKind::kBetween ? "BETWEEN" : node.word) +
                            " operator must have the key attribute as its first operand");
  }

  // One path, which is the key attribute, and values.
  DbStatus ReadOperands(const Node& node, Clause& clause, size_t& place) const {
    for (size_t i = 0; i < node.count; ++i) {
      const Node& operand = Operand(node, i);
      if (operand.kind == NodeKind::kCall) {
        return Invalid("KeyConditionExpressions cannot contain nested operations");
      }
      if (operand.kind == NodeKind::kValue) {
        (clause.low == nullptr ? clause.low : clause.high) = &bound_.ValueOf(operand);
        continue;
      }
      if (!clause.name.empty()) {
        return InvalidCondition("Multiple attribute names used in one condition");
      }
      if (operand.count > 1) {
        return Invalid("KeyConditionExpressions cannot have conditions on nested attributes");
      }
      clause.name = bound_.StepOf(operand, 0).name;
      place = i;
    }
    if (clause.name.empty()) return InvalidCondition("No key attribute specified");
    return {};
  }

  const Bound& bound_;
  const bool legacy_;
  std::vector<Clause> clauses_;
};

const Clause* Find(const std::vector<Clause>& clauses, std::string_view name) {
  auto at = std::ranges::find(clauses, name, &Clause::name);
  return at == clauses.end() ? nullptr : &*at;
}

DbStatus ReadPartition(const std::vector<Clause>& clauses, const model::KeySchema& keys,
                       KeyCondition& out) {
  for (const model::KeyAttribute& key : keys.partition) {
    const Clause* clause = Find(clauses, key.name);
    if (clause == nullptr) {
      return Invalid("Query condition missed key schema element: " + key.name);
    }
    if (!clause->indexable) return NotIndexable();
    if (!clause->equality) return Unsupported();
    TRY(KeyCondition::CheckValue(key, *clause->low, true));
    out.partition.push_back(*clause->low);
  }
  return {};
}

// Equalities from the first sort key attribute on, without a gap; a range at most on the last one.
DbStatus ReadSort(const std::vector<Clause>& clauses, const model::KeySchema& keys,
                  KeyCondition& out) {
  std::string open;  // attributes without an equality
  for (const model::KeyAttribute& key : keys.sort) {
    const Clause* clause = Find(clauses, key.name);
    if (clause != nullptr && !open.empty()) {
      return Invalid("RANGE key attributes " + open +
                     " must have equality conditions specified in the query because a condition "
                     "is present on key attribute " +
                     key.name);
    }
    if (clause == nullptr || !clause->equality)
      open.append(open.empty() ? "" : ", ").append(key.name);
    if (clause == nullptr) continue;
    if (!clause->indexable) return NotIndexable();
    TRY(KeyCondition::CheckValue(key, *clause->low, false));
    if (clause->high != nullptr) TRY(KeyCondition::CheckValue(key, *clause->high, false));
    if (clause->equality) {
      out.sort_equal.push_back(*clause->low);
      continue;
    }
    out.range = clause->range;
    out.low = *clause->low;
    if (clause->high != nullptr) out.high = *clause->high;
  }
  return {};
}

DbResult<Bound> BindKeyCondition(std::string_view text, Bindings& bindings) {
  return Bound::Make(Grammar::kCondition, "KeyConditionExpression", text, bindings);
}

}  // namespace

DbStatus KeyCondition::CheckValue(const model::KeyAttribute& key, const AttributeValue& value,
                                  bool partition) {
  if (value.type() != key.type) {
    return Invalid(
        "One or more parameter values were invalid: Condition parameter type does not match "
        "schema type");
  }
  size_t bytes = model::SizeInBytes(value);
  if (bytes == 0) {
    return Invalid(
        "One or more parameter values are not valid. The AttributeValue for a key attribute cannot "
        "contain an empty " +
        std::string(key.type == model::Type::kS ? "string" : "binary") +
        " value. Key: " + key.name);
  }
  if (partition && bytes > kMaxPartitionKeyBytes) {
    return Invalid(
        "One or more parameter values were invalid: Size of hashkey has exceeded the maximum size "
        "limit of2048 bytes");
  }
  if (!partition && bytes > kMaxSortKeyBytes) {
    return Invalid(
        "One or more parameter values were invalid: Aggregated size of all range keys has exceeded "
        "the size limit of 1024 bytes");
  }
  return {};
}

DbStatus KeyCondition::Check(std::string_view text, Bindings& bindings) {
  TRY_ASSIGN(Bound bound, BindKeyCondition(text, bindings));
  return ClauseReader(bound, bindings.legacy().key_conditions)
      .Read(bound.node(bound.syntax().root));
}

DbResult<KeyCondition> KeyCondition::Compile(std::string_view text, Bindings& bindings,
                                             const model::KeySchema& keys) {
  TRY_ASSIGN(Bound bound, BindKeyCondition(text, bindings));
  ClauseReader reader(bound, bindings.legacy().key_conditions);
  TRY(reader.Read(bound.node(bound.syntax().root)));
  const auto& clauses = reader.clauses();
  size_t attributes = keys.partition.size() + keys.sort.size();
  if (clauses.size() > attributes) {
    return Invalid("The number of query conditions (" + std::to_string(clauses.size()) +
                   ") exceeds the number of key attributes defined in the schema (" +
                   std::to_string(attributes) + ")");
  }
  KeyCondition condition;
  TRY(ReadPartition(clauses, keys, condition));
  for (const Clause& clause : clauses) {
    if (keys.Find(clause.name) != nullptr) continue;
    for (const model::KeyAttribute& key : keys.sort) {
      if (Find(clauses, key.name) == nullptr) {
        return Invalid("Query condition missed key schema element: " + key.name);
      }
    }
    return Unsupported();
  }
  TRY(ReadSort(clauses, keys, condition));
  return condition;
}

}  // namespace cruddur::expr
