// The values of PartiQL's literals, and the parameters in place of them.
#pragma once

#include <span>

#include "expr/partiql_syntax.h"

namespace cruddur::expr {

using PartiqlParameters = std::span<const model::AttributeValue>;

// A literal or a parameter; no parameter stands within a literal. ValidationExceptions say under
// which key of the literal, from "root" on, a value is that can't be stored.
// REQUIRES: as many parameters as the statement has.
DbResult<model::AttributeValue> PartiqlValue(const PartiqlNode& node, PartiqlParameters parameters);

// INSERT's VALUE: a literal whose attributes may be parameters.
DbResult<model::Item> PartiqlItem(const PartiqlNode& node, PartiqlParameters parameters);

}  // namespace cruddur::expr
