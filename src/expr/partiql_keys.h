// What a PartiQL WHERE clause says about the keys of a table or index.
#pragma once

#include <string>
#include <vector>

#include "expr/binding.h"
#include "expr/expression.h"

namespace cruddur::expr {

// One of the alternatives that OR and IN leave: a read of one partition.
struct PartiqlRead {
  std::vector<KeyCondition> ranges;  // of the same partition: what all of them select; never empty
  bool negated_sort = false;         // a sort key condition with <> or NOT beside it
  bool names_one_item = false;       // nothing but `=` on each key attribute
  std::vector<std::string_view> filtered;  // what is asked beside the key, in order
};

// The reads that make up the clause, if each alternative has an equality for the whole partition
// key; nothing, if only a scan can find what it asks for. References into `where`.
// ValidationException for too many reads, and unless `any_type` for key values of another type than
// the schema's.
DbResult<std::vector<PartiqlRead>> FindPartiqlReads(const Bound& where,
                                                    const model::KeySchema& keys,
                                                    bool any_type = false);

// The key of the one item that a write means.
struct PartiqlItemKey {
  model::Item key;          // of the equalities; the first one where there are several
  bool complete = false;    // for all key attributes
  bool more = false;        // there are other conditions, too
  std::string conflicting;  // a key attribute with two values
};
PartiqlItemKey FindPartiqlItemKey(const Bound& where, const model::KeySchema& keys);

}  // namespace cruddur::expr
