#include "api/table_events.h"

#include "base/log.h"
#include "messaging/table.h"

namespace cruddur::api {

TableEvents::TableEvents(messaging::Service& service, PageCache& pages,
                         std::function<bool()> has_stream)
    : service_(service), pages_(pages), has_stream_(std::move(has_stream)) {
  Look();
}

void TableEvents::See(std::span<const model::StreamRecord> records) {
  service_.SeeCommit(records);
  for (const model::StreamRecord& record : records) {
    const std::string_view partition = record.keys.FindString("pk");
    const bool has_page =
        messaging::ConversationOfMessage(partition) || messaging::UserOfRow(partition);
    if (has_page) pages_.Drop(partition);
  }
  if (records.empty()) Look();
}

void TableEvents::Look() {
  const bool streamed = has_stream_();
  pages_.SetExact(streamed);
  service_.SetStreamed(streamed);
  if (!streamed) base::Log(base::LogLevel::kWarn, "the message table has no stream");
  streamed_.store(streamed);
}

base::Status TableEvents::CheckStream() const {
  if (streamed_.load()) return {};
  return base::Fail(base::ErrorCode::kUnavailable, "the message table has no stream");
}

}  // namespace cruddur::api
