// The engine's reads. They run on the caller's thread and never wait for writes.
//
// Thread-safe. Each request sees the catalog of one moment, and single items as they are; a Query
// or Scan sees its range, and TransactGetItems all its items, as of one moment.
#pragma once

#include "engine/catalog.h"
#include "engine/storage.h"
#include "model/operations.h"

namespace cruddur::engine {

class Reader {
 public:
  // Both outlive the reader.
  Reader(const Storage& storage, const Catalog& catalog) : storage_(storage), catalog_(catalog) {}

  model::DbResult<model::GetItemResponse> GetItem(const model::GetItemRequest& request) const;
  model::DbResult<model::PageResponse> Query(const model::QueryRequest& request) const;
  model::DbResult<model::PageResponse> Scan(const model::ScanRequest& request) const;
  model::DbResult<model::BatchGetItemResponse> BatchGetItem(
      const model::BatchGetItemRequest& request) const;
  model::DbResult<model::TransactGetItemsResponse> TransactGetItems(
      const model::TransactGetItemsRequest& request) const;

 private:
  const Storage& storage_;
  const Catalog& catalog_;
};

}  // namespace cruddur::engine
