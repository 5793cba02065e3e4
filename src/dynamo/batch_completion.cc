#include "dynamo/batch_completion.h"

#include <algorithm>
#include <iterator>

namespace cruddur::dynamo {
namespace {

template <class T>
void Append(std::vector<T>& into, std::vector<T>&& from) {
  into.insert(into.end(), std::make_move_iterator(from.begin()),
              std::make_move_iterator(from.end()));
}

// Of lists by table.
template <class T>
void Merge(std::vector<std::pair<std::string, std::vector<T>>>& into,
           std::vector<std::pair<std::string, std::vector<T>>>&& from) {
  for (auto& [table, list] : from) {
    auto at = std::ranges::find(into, table, [](const auto& each) { return each.first; });
    if (at == into.end()) {
      into.emplace_back(std::move(table), std::move(list));
    } else {
      Append(at->second, std::move(list));
    }
  }
}

}  // namespace

void MergeAnswer(model::BatchGetItemResponse& into, model::BatchGetItemResponse&& from) {
  Merge(into.items, std::move(from.items));
  Append(into.consumed_capacity, std::move(from.consumed_capacity));
}

void MergeAnswer(model::BatchWriteItemResponse& into, model::BatchWriteItemResponse&& from) {
  Merge(into.item_collection_metrics, std::move(from.item_collection_metrics));
  Append(into.consumed_capacity, std::move(from.consumed_capacity));
}

size_t Unprocessed(const model::BatchGetItemResponse& response) {
  size_t count = 0;
  for (const auto& [table, keys] : response.unprocessed) count += keys.keys.size();
  return count;
}

size_t Unprocessed(const model::BatchWriteItemResponse& response) {
  size_t count = 0;
  for (const auto& [table, writes] : response.unprocessed) count += writes.size();
  return count;
}

}  // namespace cruddur::dynamo
