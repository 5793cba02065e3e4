#include <optional>

#include "base/result.h"
#include "expr/binding.h"
#include "expr/comparison.h"

namespace cruddur::expr {
namespace {

using model::AttributeValue;

// An operand's value for one item: a reference, or what size() or a condition (PartiQL's alone)
// come to. Null where there is none.
class Operand {
 public:
  Operand() = default;
  explicit Operand(const AttributeValue* value) : reference_(value) {}
  explicit Operand(int64_t number) : computed_(model::Number(number)) {}
  explicit Operand(bool truth) : computed_(truth) {}

  const AttributeValue* get() const { return computed_ ? &*computed_ : reference_; }

 private:
  const AttributeValue* reference_ = nullptr;
  std::optional<AttributeValue> computed_;
};

// Chains of AND and of OR, which legacy parameters make as long as their request, are walked down
// their left side: they have no side effects, so what comes first doesn't matter. Other recursion
// is bounded by the number of operators (kMaxOperators).
class Evaluator {
 public:
  Evaluator(const Bound& bound, const model::Item& item) : bound_(bound), item_(item) {}

  bool Test(const Node& node) const {
    switch (node.kind) {
      case NodeKind::kAnd:
      case NodeKind::kOr:
        return TestChain(node);
      case NodeKind::kNot:
        return !Test(At(node, 0));
      case NodeKind::kCompare:
        return TestComparison(node);
      case NodeKind::kBetween:
        return TestBetween(node);
      case NodeKind::kIn:
        return TestIn(node);
      case NodeKind::kCall:
        return TestCall(node);
      default:
        return false;
    }
  }

 private:
  const Node& At(const Node& node, size_t i) const { return bound_.syntax().Operand(node, i); }

  bool TestChain(const Node& chain) const {
    const NodeKind kind = chain.kind;
    const bool decides = kind == NodeKind::kOr;  // a term of that outcome is the chain's
    const Node* node = &chain;
    for (; node->kind == kind; node = &At(*node, 0)) {
      if (Test(At(*node, 1)) == decides) return decides;
    }
    return Test(*node);
  }

  Operand Value(const Node& node) const {
    if (node.kind == NodeKind::kValue) return Operand(&bound_.ValueOf(node));
    if (node.kind == NodeKind::kPath) return Operand(bound_.Find(item_, node));
    if (node.kind != NodeKind::kCall || node.function != Function::kSize) {
      return Operand(Test(node));
    }
    const Operand of = Value(At(node, 0));
    int64_t size;
    return of.get() != nullptr && SizeOf(*of.get(), size) ? Operand(size) : Operand();
  }

  bool TestComparison(const Node& node) const {
    const Operand a = Value(At(node, 0)), b = Value(At(node, 1));
    bool both = a.get() != nullptr && b.get() != nullptr;
    // What isn't there equals nothing, not even something else that isn't there.
    if (node.comparator == Comparator::kEqual) return both && *a.get() == *b.get();
    if (node.comparator == Comparator::kNotEqual) return !both || *a.get() != *b.get();
    if (!both) return false;
    auto order = Compare(*a.get(), *b.get());
    switch (node.comparator) {
      case Comparator::kLess:
        return order < 0;
      case Comparator::kLessEqual:
        return order <= 0;
      case Comparator::kGreater:
        return order > 0;
      default:
        return order >= 0;
    }
  }

  bool TestBetween(const Node& node) const {
    const Operand value = Value(At(node, 0)), low = Value(At(node, 1)), high = Value(At(node, 2));
    if (value.get() == nullptr || low.get() == nullptr || high.get() == nullptr) return false;
    return Compare(*low.get(), *value.get()) <= 0 && Compare(*value.get(), *high.get()) <= 0;
  }

  bool TestIn(const Node& node) const {
    const Operand value = Value(At(node, 0));
    if (value.get() == nullptr) return false;
    for (size_t i = 1; i < node.count; ++i) {
      const Operand candidate = Value(At(node, i));
      if (candidate.get() != nullptr && *candidate.get() == *value.get()) return true;
    }
    return false;
  }

  bool TestCall(const Node& node) const {
    const Operand value = Value(At(node, 0));
    if (node.function == Function::kAttributeExists) return value.get() != nullptr;
    if (node.function == Function::kAttributeNotExists) return value.get() == nullptr;
    const Operand other = Value(At(node, 1));
    if (value.get() == nullptr || other.get() == nullptr) return false;
    switch (node.function) {
      case Function::kBeginsWith:
        return BeginsWith(*value.get(), *other.get());
      case Function::kContains:
        return Contains(*value.get(), *other.get());
      case Function::kAttributeType:
        return model::TypeName(value.get()->type()) == *other.get()->As<std::string>();
      default:
        return false;
    }
  }

  const Bound& bound_;
  const model::Item& item_;
};

}  // namespace

struct Condition::Tree {
  Bound bound;
};

Condition::Condition(std::unique_ptr<Tree> tree) : tree_(std::move(tree)) {}
Condition::Condition(Bound bound) : tree_(std::make_unique<Tree>(std::move(bound))) {}
Condition::Condition(Condition&&) noexcept = default;
Condition& Condition::operator=(Condition&&) noexcept = default;
Condition::~Condition() = default;

DbResult<Condition> Condition::Compile(ConditionKind kind, std::string_view text,
                                       Bindings& bindings) {
  std::string_view what =
      kind == ConditionKind::kFilter ? "FilterExpression" : "ConditionExpression";
  TRY_ASSIGN(Bound bound, Bound::Make(Grammar::kCondition, what, text, bindings));
  return Condition(std::move(bound));
}

bool Condition::Matches(const model::Item& item) const {
  const Bound& bound = tree_->bound;
  return Evaluator(bound, item).Test(bound.node(bound.syntax().root));
}

std::vector<std::string_view> Condition::TopLevelNames() const {
  return tree_->bound.TopLevelNames();
}

bool Condition::HasSteps() const { return tree_->bound.HasSteps(); }
bool Condition::StepsInto(std::string_view name) const { return tree_->bound.StepsInto(name); }

}  // namespace cruddur::expr
