// The two generations of AWS's request validation. Both are in use, by operation, and word what is
// wrong with a number or a set differently.
#pragma once

#include <cstdint>

namespace cruddur::model {

enum class ValueLayer : uint8_t {
  kOlder,    // BatchWriteItem, transactions, Scan, PartiQL
  kCurrent,  // PutItem, UpdateItem, DeleteItem, GetItem, BatchGetItem, Query
};

}  // namespace cruddur::model
