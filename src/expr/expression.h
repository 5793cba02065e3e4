// DynamoDB's expressions: compiled against one request's placeholders, then applied to items.
//
// Compile parses (or finds the tree of the same text in this thread's cache) and resolves the
// placeholders; its errors are ValidationExceptions with AWS's texts, without the table's part of
// the rules. Compiled expressions hold references into the Bindings: keep those alive.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "model/operations.h"

namespace cruddur::expr {

using model::DbError;
using model::DbResult;
using model::DbStatus;

class Bound;  // binding.h

// The form of "#name" or ":value", as `first` says: that sign, then letters, digits and
// underscores, 255 bytes at most. `parameter` is where it stands, for the text.
DbStatus CheckPlaceholder(std::string_view parameter, std::string_view text, char first);

// The placeholders of one request and which of them its expressions used.
class Bindings {
 public:
  explicit Bindings(const model::Placeholders& placeholders);
  Bindings(const model::ExpressionNames& names, const model::Item& values,
           model::LegacyUse legacy = {});

  // To be called before: placeholders are well-formed, no attribute name is empty, and together
  // they aren't larger than DynamoDB takes.
  DbStatus CheckDefinitions() const;
  // To be called after all expressions of the request are compiled: a placeholder that none used
  // is an error ("Value provided in ExpressionAttributeNames unused in expressions: keys: {#x}").
  DbStatus CheckAllUsed() const;

  const std::string* UseName(std::string_view placeholder);  // null: not defined
  const model::AttributeValue* UseValue(std::string_view placeholder);

  model::LegacyUse legacy() const { return legacy_; }

 private:
  const model::ExpressionNames& names_;
  const model::Item& values_;
  std::vector<bool> used_names_, used_values_;
  std::vector<size_t> names_in_order_;  // where they are too many to look through
  model::LegacyUse legacy_;
};

// One step of a document path: an attribute or map key, or a list index.
struct PathStep {
  std::string name;  // empty for an index
  size_t index = 0;
  bool operator==(const PathStep&) const = default;
};
using Path = std::vector<PathStep>;

// The value at a path; null where there is none.
const model::AttributeValue* Resolve(const model::Item& item, const Path& path);

enum class ConditionKind { kCondition, kFilter };  // names the expression in error texts

class Condition {
 public:
  static DbResult<Condition> Compile(ConditionKind kind, std::string_view text, Bindings& bindings);
  // Of a tree that was compiled otherwise (see partiql_compiler.h).
  explicit Condition(Bound bound);
  bool Matches(const model::Item& item) const;
  // Top-level attributes that the condition reads (a filter may not name key attributes).
  std::vector<std::string_view> TopLevelNames() const;
  // Whether a path goes into any attribute ("name.a", "name[0]"), and into this one.
  bool HasSteps() const;
  bool StepsInto(std::string_view name) const;

  Condition(Condition&&) noexcept;
  Condition& operator=(Condition&&) noexcept;
  ~Condition();

 private:
  struct Tree;
  explicit Condition(std::unique_ptr<Tree> tree);
  std::unique_ptr<Tree> tree_;
};

class Projection {
 public:
  static DbResult<Projection> Compile(std::string_view text, Bindings& bindings);
  // Only the named paths; elements of one list keep their order and close up.
  model::Item Apply(const model::Item& item) const;
  std::vector<std::string_view> TopLevelNames() const;
  bool HasSteps() const;
  bool StepsInto(std::string_view name) const;

  Projection(Projection&&) noexcept;
  Projection& operator=(Projection&&) noexcept;
  ~Projection();

 private:
  struct Tree;
  explicit Projection(std::unique_ptr<Tree> tree);
  std::unique_ptr<Tree> tree_;
};

class Update {
 public:
  static DbResult<Update> Compile(std::string_view text, Bindings& bindings);
  explicit Update(Bound bound);
  // The item after the update: every path and operand means `before`.
  DbResult<model::Item> Apply(const model::Item& before) const;
  // What ReturnValues UPDATED_OLD (of the item before) and UPDATED_NEW (of the item after) show.
  model::Item Touched(const model::Item& item) const;
  // Top-level attributes that the actions change, not those they only read (none may be part of the
  // key).
  std::vector<std::string_view> TopLevelNames() const;
  // What AWS counts of an UpdateItem before it looks at the item, in bytes that may come to no more
  // than an item's: what the actions write, and fixed amounts for their kinds, as measured.
  size_t ChargedBytes() const;
  // The type that the attribute gets, where that is known before any item is seen: from the
  // request's values, and as every sum is a number.
  std::optional<model::Type> KnownTypeOf(std::string_view name) const;
  // Whether a path goes into any attribute, to be written or to be read ("name.a", "name[0]"), and
  // into this one.
  bool HasSteps() const;
  bool StepsInto(std::string_view name) const;
  // Only REMOVE and DELETE actions: such an update does not create a missing item.
  bool OnlyRemoves() const;

  Update(Update&&) noexcept;
  Update& operator=(Update&&) noexcept;
  ~Update();

 private:
  struct Tree;
  explicit Update(std::unique_ptr<Tree> tree);
  std::unique_ptr<Tree> tree_;
};

// pk = :p [AND sk <op> :s]: one equality for each partition key attribute and, for the sort key
// attributes from left to right, equalities and at most one range at the end.
enum class RangeOperator {
  kNone,
  kLess,
  kLessEqual,
  kGreater,
  kGreaterEqual,
  kBetween,
  kBeginsWith
};
struct KeyCondition {
  std::vector<model::AttributeValue> partition;   // in schema order
  std::vector<model::AttributeValue> sort_equal;  // leading sort key attributes with `=`
  RangeOperator range = RangeOperator::kNone;     // on the sort key attribute after those
  model::AttributeValue low, high;                // high: kBetween only

  // What can be said without the table: DynamoDB reports this before it looks for the table.
  static DbStatus Check(std::string_view text, Bindings& bindings);
  // Checks names, types and emptiness against the schema, with AWS's texts.
  static DbResult<KeyCondition> Compile(std::string_view text, Bindings& bindings,
                                        const model::KeySchema& keys);
  // A value for a key attribute has its type, isn't empty, and fits.
  static DbStatus CheckValue(const model::KeyAttribute& key, const model::AttributeValue& value,
                             bool partition);
};

}  // namespace cruddur::expr
