// How Projection goes over the conversation records, where nobody knows what the stream would have
// said.
#include <algorithm>

#include "base/timestamp.h"
#include "base/when_all.h"
#include "messaging/projection.h"
#include "messaging/table.h"

namespace cruddur::messaging {

Task<DbResult<model::Item>> Projection::ProjectPage(model::Item after) {
  CO_TRY_ASSIGN(Store::RecordsPage page, co_await store_.ListRecords(std::move(after)));
  auto& conversations = page.conversations;
  for (size_t begin = 0; begin < conversations.size(); begin += kSideBySide) {
    const size_t end = std::min(begin + kSideBySide, conversations.size());
    std::vector<Task<DbStatus>> tasks;
    for (size_t i = begin; i < end; ++i) tasks.push_back(ProjectNewest(conversations[i]));
    const std::vector<DbStatus> outcomes = co_await base::WhenAll(std::move(tasks));
    for (size_t i = begin; i < end; ++i) {
      const DbStatus& outcome = outcomes[i - begin];
      if (outcome || GiveUp(conversations[i], outcome.error(), 1)) continue;
      co_return std::unexpected(outcome.error());
    }
  }
  co_return std::move(page.after);
}

Task<DbStatus> Projection::ProjectNewest(std::string conversation) {
  // What Concerns passes over may lie in front of the newest message, but not without end.
  constexpr size_t kMostLookedAt = 100;
  std::string before;
  for (const size_t limit : {size_t{1}, kMostLookedAt}) {
    CO_TRY_ASSIGN(const auto slice,
                  co_await store_.NewestFirst(MessagePartition(conversation), before, limit));
    for (const model::Item& item : slice.items) {
      if (!base::ParseTimestamp(item.FindString("sk"))) continue;
      co_return co_await Project(MessageOf(item), Delivery::kPerhapsRepeated);
    }
    if (!slice.more) break;
    before = slice.items.back().FindString("sk");
  }
  co_return DbStatus();
}

}  // namespace cruddur::messaging
