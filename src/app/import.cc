#include "app/import.h"

#include <fmt/format.h>

#include "base/clock.h"
#include "messaging/text.h"

namespace cruddur::app {

base::Task<base::Result<ImportReport>> Import(dynamo::Client& client, messaging::Person first,
                                              messaging::Person second,
                                              std::vector<ConversationLine> lines) {
  std::vector<messaging::ImportedLine> checked;
  for (ConversationLine& line : lines) {
    if (const auto faults = messaging::TextFaults(line.text); !faults.empty()) {
      co_return base::Fail(base::ErrorCode::kInvalidArgument,
                           fmt::format("message {}: {}", checked.size() + 1, faults.front()));
    }
    checked.push_back({line.person == 1, std::move(line.text)});
  }
  const size_t count = checked.size();
  const base::SystemClock clock;
  messaging::NobodyKnown nobody;
  messaging::Service service(client, nobody, clock);
  auto imported = co_await messaging::ImportConversation(service, std::move(first),
                                                         std::move(second), std::move(checked),
                                                         clock.Now() - std::chrono::minutes(1));
  if (!imported) co_return std::unexpected(imported.error());
  co_return ImportReport{*std::move(imported), count};
}

}  // namespace cruddur::app
