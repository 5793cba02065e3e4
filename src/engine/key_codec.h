// Keys of the items column family: order-preserving and collision-free for any bytes. The layout is
// in docs/formats.md.
//
//   item        keyspace(4) hash(4) partition… [sort]                         01
//   index entry keyspace(4) hash(4) partition… sort…  base partition [base sort] 01
//
// Every table and every index is a keyspace of its own with a number that is never used again. The
// hash is of the partition key attributes: it gives Scan its order and parallel scans their
// segments. Each attribute is self-delimiting, so that memcmp order of whole keys is DynamoDB's
// order and no key is the prefix of another one.
//
// The column family is sorted by rocksdb::ReverseBytewiseComparator: Next() goes to the *smaller*
// key, newest first. In read options a range (low, high) is iterate_lower_bound = high and
// iterate_upper_bound = low; it ascends with SeekToLast() and Prev(), descends with SeekToFirst()
// and Next(). No bound made here is ever a key itself, so inclusive or exclusive is all the same.
//
// The first eight bytes are the prefix of the column family's prefix extractor: an iterator over
// more than one partition needs total_order_seek.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "expr/expression.h"
#include "model/table.h"

namespace cruddur::engine {

using KeyspaceId = uint32_t;

inline constexpr size_t kPrefixBytes = 8;  // keyspace and hash

// low < key < high, bytewise, for every key of the range and no other one.
struct KeyRange {
  std::string low, high;
};

// Appends one key attribute. REQUIRES: an S, N or B.
void AppendKeyAttribute(const model::AttributeValue& value, std::string& out);

// What all strings (or binaries) that begin with `value` begin with. REQUIRES: an S or B.
void AppendKeyAttributePrefix(const model::AttributeValue& value, std::string& out);

// Keyspace, hash and partition key attributes: what the keys of one partition begin with.
void AppendPartition(KeyspaceId keyspace, const std::vector<model::AttributeValue>& partition,
                     std::string& out);

// Appends the key of an item of a table. False (and `out` as it was) if a key attribute is missing
// or has another type than the schema says.
bool AppendItemKey(KeyspaceId table, const model::KeySchema& keys, const model::Item& item,
                   std::string& out);

// Appends the key of an item's index entry. False (and `out` as it was) if the item has none: an
// index key attribute is missing or has another type (indexes are sparse).
bool AppendIndexKey(KeyspaceId index, const model::KeySchema& index_keys,
                    const model::KeySchema& base_keys, const model::Item& item, std::string& out);

KeyRange RangeOfKeyspace(KeyspaceId keyspace);
// Segments are ranges of the hash: disjoint and complete. REQUIRES: segment < total <= 2^32.
KeyRange RangeOfSegment(KeyspaceId keyspace, uint64_t segment, uint64_t total);
// What a Query's key condition selects, of a table or an index.
KeyRange RangeOfCondition(KeyspaceId keyspace, const expr::KeyCondition& condition);

// Bounds right beside a whole key, to go on after it.
std::string JustBelow(std::string key);
std::string JustAbove(std::string key);

// The smallest string above all that begin with `prefix`. REQUIRES: a byte other than FF in it.
std::string PrefixEnd(std::string prefix);

// 64 well-mixed bits of `bytes`, the same on every machine and for ever: they are on disk.
uint64_t StableHash(std::string_view bytes, uint64_t seed = 0);

// Big-endian integers, so that memcmp order is numeric order.
void AppendUint32(uint32_t value, std::string& out);
void AppendUint64(uint64_t value, std::string& out);
// REQUIRES: 4 (8) bytes at the front of `bytes`.
uint32_t ReadUint32(std::string_view bytes);
uint64_t ReadUint64(std::string_view bytes);

}  // namespace cruddur::engine
