#include "expr/partiql_keys.h"

#include <algorithm>
#include <optional>

#include "base/result.h"

namespace cruddur::expr {
namespace {

using model::AttributeValue;
using model::Invalid;
using model::KeyAttribute;
using model::KeySchema;

constexpr size_t kMaxReads = 50;
constexpr const char* kTooManyReads = "Too many decomposed read operations for a given query.";

// A condition on one key attribute that a range of keys can stand for: an equality, or on a sort
// key a range.
struct KeyAtom {
  const KeyAttribute* key = nullptr;
  bool partition = false;
  bool equality = false;
  RangeOperator range = RangeOperator::kNone;
  const AttributeValue* low = nullptr;
  const AttributeValue* high = nullptr;  // of BETWEEN
};

// One condition of an alternative: a node, or with `candidate` one value of an IN.
struct Atom {
  const Node* node = nullptr;
  size_t candidate = 0;
};
using Alternative = std::vector<Atom>;

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

class KeyFinder {
 public:
  KeyFinder(const Bound& where, const KeySchema& keys) : where_(where), keys_(keys) {}

  // True if each alternative has an equality for this partition key attribute.
  bool Fixes(const Node& node, const KeyAttribute& key) const {
    if (node.kind == NodeKind::kAnd) return Fixes(At(node, 0), key) || Fixes(At(node, 1), key);
    if (node.kind == NodeKind::kOr) return Fixes(At(node, 0), key) && Fixes(At(node, 1), key);
    const auto atom = AtomOf({&node, 1});
    return atom && atom->key == &key && atom->equality;
  }

  // False where there are too many.
  bool Expand(const Node& node, std::vector<Alternative>& out) const {
    if (node.kind == NodeKind::kAnd) {
      std::vector<Alternative> left, right;
      if (!Expand(At(node, 0), left) || !Expand(At(node, 1), right)) return false;
      if (left.size() * right.size() > kMaxAlternatives) return false;
      for (const Alternative& a : left) {
        for (const Alternative& b : right) {
          Alternative both = a;
          both.insert(both.end(), b.begin(), b.end());
          out.push_back(std::move(both));
        }
      }
      return true;
    }
    if (node.kind == NodeKind::kOr && ConcernsKeys(node)) {
      return Expand(At(node, 0), out) && Expand(At(node, 1), out) && out.size() <= kMaxAlternatives;
    }
    if (node.kind == NodeKind::kIn && AtomOf({&node, 1})) {
      for (size_t i = 1; i < node.count; ++i) out.push_back({{&node, i}});
      return out.size() <= kMaxAlternatives;
    }
    out.push_back({{&node, 0}});
    return true;
  }

  std::optional<KeyAtom> AtomOf(const Atom& atom) const {
    const Node& node = *atom.node;
    KeyAtom found;
    switch (node.kind) {
      case NodeKind::kIn:
        for (size_t i = 1; i < node.count; ++i) {
          if (At(node, i).kind != NodeKind::kValue) return std::nullopt;
        }
        if (atom.candidate == 0 || atom.candidate >= node.count) return std::nullopt;
        found.equality = true;
        found.low = &where_.ValueOf(At(node, atom.candidate));
        return WithKey(found, At(node, 0));
      case NodeKind::kCompare:
        return ComparisonOf(node);
      case NodeKind::kBetween:
        if (!IsValue(node, 1) || !IsValue(node, 2)) return std::nullopt;
        found.range = RangeOperator::kBetween;
        found.low = &where_.ValueOf(At(node, 1));
        found.high = &where_.ValueOf(At(node, 2));
        return WithKey(found, At(node, 0));
      case NodeKind::kCall:
        if (node.function != Function::kBeginsWith || !IsValue(node, 1)) return std::nullopt;
        found.range = RangeOperator::kBeginsWith;
        found.low = &where_.ValueOf(At(node, 1));
        return WithKey(found, At(node, 0));
      default:
        return std::nullopt;
    }
  }

  // A condition on sort key attributes that no range can stand for.
  bool NegatesSort(const Node& node) const {
    if (node.kind == NodeKind::kCompare && node.comparator == Comparator::kNotEqual) {
      return NamesSort(At(node, 0)) || NamesSort(At(node, 1));
    }
    if (node.kind != NodeKind::kNot) return false;
    bool any = false;
    ForEachPath(At(node, 0), [&](const Node& path) { any |= NamesSort(path); });
    return any;
  }

  template <class F>
  void ForEachPath(const Node& node, F&& f) const {
    if (node.kind == NodeKind::kPath) return f(node);
    if (node.kind == NodeKind::kValue) return;
    for (size_t i = 0; i < node.count; ++i) ForEachPath(At(node, i), f);
  }

  const Node& At(const Node& node, size_t i) const { return where_.syntax().Operand(node, i); }
  std::string_view NameOf(const Node& path) const { return where_.StepOf(path, 0).name; }

 private:
  // More than any clause may have: what is beyond isn't worked out.
  static constexpr size_t kMaxAlternatives = 1000;

  bool IsValue(const Node& node, size_t i) const { return At(node, i).kind == NodeKind::kValue; }

  bool NamesSort(const Node& node) const {
    return node.kind == NodeKind::kPath && node.count == 1 &&
           std::ranges::find(keys_.sort, NameOf(node), &KeyAttribute::name) != keys_.sort.end();
  }

  bool ConcernsKeys(const Node& node) const {
    if (node.kind == NodeKind::kAnd || node.kind == NodeKind::kOr) {
      return ConcernsKeys(At(node, 0)) || ConcernsKeys(At(node, 1));
    }
    return AtomOf({&node, 1}).has_value();
  }

  std::optional<KeyAtom> ComparisonOf(const Node& node) const {
    if (node.comparator == Comparator::kNotEqual) return std::nullopt;
    const bool reversed = IsValue(node, 0);
    const Node& value = At(node, reversed ? 0 : 1);
    if (value.kind != NodeKind::kValue) return std::nullopt;
    KeyAtom found;
    found.equality = node.comparator == Comparator::kEqual;
    found.range = RangeOf(node.comparator, reversed);
    found.low = &where_.ValueOf(value);
    return WithKey(found, At(node, reversed ? 1 : 0));
  }

  std::optional<KeyAtom> WithKey(KeyAtom found, const Node& path) const {
    if (path.kind != NodeKind::kPath || path.count != 1) return std::nullopt;
    found.key = keys_.Find(NameOf(path));
    if (found.key == nullptr) return std::nullopt;
    found.partition = std::ranges::any_of(
        keys_.partition, [&](const KeyAttribute& key) { return &key == found.key; });
    if (found.partition && !found.equality) return std::nullopt;
    return found;
  }

  const Bound& where_;
  const KeySchema& keys_;
};

DbStatus CheckType(const KeyAtom& atom) {
  for (const AttributeValue* value : {atom.low, atom.high}) {
    if (value == nullptr || value->type() == atom.key->type) continue;
    if (value->type() > model::Type::kB) {
      return Invalid("Key value must be of type S, N, or B. Key name: " + atom.key->name +
                     ", Key type: " + std::string(model::TypeName(value->type())));
    }
    return Invalid("Key attribute's data type should match its data type in table's schema: Key " +
                   atom.key->name);
  }
  return {};
}

// Makes a read of one alternative.
class ReadMaker {
 public:
  ReadMaker(const KeyFinder& finder, const KeySchema& keys, bool any_type)
      : finder_(finder), keys_(keys), any_type_(any_type) {}

  // Nothing: the partition key has two values.
  DbResult<std::optional<PartiqlRead>> Make(const Alternative& alternative) {
    PartiqlRead read;
    bool only_equalities = true;
    for (const Atom& each : alternative) {
      const auto atom = finder_.AtomOf(each);
      only_equalities &= atom && atom->equality;
      if (atom) {
        if (!any_type_) TRY(CheckType(*atom));
        atoms_.push_back(*atom);
        continue;
      }
      read.negated_sort |= finder_.NegatesSort(*each.node);
      finder_.ForEachPath(*each.node,
                          [&](const Node& path) { read.filtered.push_back(finder_.NameOf(path)); });
    }
    std::vector<AttributeValue> partition;
    for (const KeyAttribute& key : keys_.partition) {
      const auto values = Equalities(key);
      if (values.size() != 1) return std::nullopt;
      if (!any_type_) TRY(KeyCondition::CheckValue(key, *values[0], true));
      partition.push_back(*values[0]);
    }
    bool one_item = only_equalities;
    KeyCondition condition;
    condition.partition = std::move(partition);
    for (const KeyAttribute& key : keys_.sort) {
      TRY(AddRanges(key, condition, read));
      const auto values = Equalities(key);
      one_item &= values.size() == 1;
      if (values.empty()) break;
      for (const AttributeValue* value : values) {
        if (!any_type_) TRY(KeyCondition::CheckValue(key, *value, false));
      }
      for (size_t i = 1; i < values.size(); ++i) {
        read.ranges.push_back(condition);
        read.ranges.back().sort_equal.push_back(*values[i]);
      }
      condition.sort_equal.push_back(*values[0]);
    }
    read.names_one_item = one_item;
    read.ranges.push_back(std::move(condition));
    return read;
  }

 private:
  // The different values that the attribute is to be equal to.
  std::vector<const AttributeValue*> Equalities(const KeyAttribute& key) const {
    std::vector<const AttributeValue*> values;
    for (const KeyAtom& atom : atoms_) {
      if (atom.key != &key || !atom.equality) continue;
      const bool known = std::ranges::any_of(
          values, [&](const AttributeValue* value) { return *value == *atom.low; });
      if (!known) values.push_back(atom.low);
    }
    return values;
  }

  DbStatus AddRanges(const KeyAttribute& key, const KeyCondition& so_far, PartiqlRead& read) const {
    for (const KeyAtom& atom : atoms_) {
      if (atom.key != &key || atom.equality) continue;
      KeyCondition condition = so_far;
      condition.range = atom.range;
      condition.low = *atom.low;
      if (!any_type_) TRY(KeyCondition::CheckValue(key, *atom.low, false));
      if (atom.high != nullptr) {
        condition.high = *atom.high;
        if (!any_type_) TRY(KeyCondition::CheckValue(key, *atom.high, false));
      }
      read.ranges.push_back(std::move(condition));
    }
    return {};
  }

  const KeyFinder& finder_;
  const KeySchema& keys_;
  const bool any_type_;
  std::vector<KeyAtom> atoms_;
};

}  // namespace

DbResult<std::vector<PartiqlRead>> FindPartiqlReads(const Bound& where, const KeySchema& keys,
                                                    bool any_type) {
  std::vector<PartiqlRead> reads;
  const KeyFinder finder(where, keys);
  const Node& root = where.node(where.syntax().root);
  for (const KeyAttribute& key : keys.partition) {
    if (!finder.Fixes(root, key)) return reads;
  }
  std::vector<Alternative> alternatives;
  if (!finder.Expand(root, alternatives)) return Invalid(kTooManyReads);
  for (const Alternative& alternative : alternatives) {
    TRY_ASSIGN(auto read, ReadMaker(finder, keys, any_type).Make(alternative));
    if (!read) return std::vector<PartiqlRead>();
    reads.push_back(*std::move(read));
  }
  if (reads.size() > kMaxReads) return Invalid(kTooManyReads);
  return reads;
}

PartiqlItemKey FindPartiqlItemKey(const Bound& where, const KeySchema& keys) {
  PartiqlItemKey found;
  const KeyFinder finder(where, keys);
  std::vector<const Node*> rest{&where.node(where.syntax().root)};
  while (!rest.empty()) {
    const Node& node = *rest.back();
    rest.pop_back();
    if (node.kind == NodeKind::kAnd) {  // the left operand is to come first
      rest.push_back(&finder.At(node, 1));
      rest.push_back(&finder.At(node, 0));
      continue;
    }
    std::optional<KeyAtom> atom;
    if (node.kind == NodeKind::kCompare) atom = finder.AtomOf({&node, 1});
    if (!atom || !atom->equality) {
      found.more = true;
      continue;
    }
    const AttributeValue* known = found.key.Find(atom->key->name);
    if (known == nullptr) {
      found.key.Set(atom->key->name, *atom->low);
    } else if (*known != *atom->low && found.conflicting.empty()) {
      found.conflicting = atom->key->name;
    }
  }
  found.complete = found.key.size() == keys.partition.size() + keys.sort.size();
  return found;
}

}  // namespace cruddur::expr
