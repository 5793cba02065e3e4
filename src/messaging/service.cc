#include "messaging/service.h"

#include <algorithm>
#include <set>

namespace cruddur::messaging {
namespace {

using base::ErrorCode;
using base::Fail;
using base::Result;

// Longer than any uuid: nobody's conversation, and no key that a store would refuse.
constexpr size_t kMaxUuid = 128;

// Partitions, of one call of Changed.
constexpr size_t kToldAtOnce = 64;

bool IsPlausible(const std::string& uuid) { return !uuid.empty() && uuid.size() <= kMaxUuid; }

std::unexpected<base::Error> NoSuchConversation() {
  return Fail(ErrorCode::kNotFound, "no such conversation");
}

}  // namespace

Service::Service(dynamo::Client& client, People& people, const base::Clock& clock,
                 ServiceOptions options)
    : store_(client, std::move(options.table)),
      changed_(std::move(options.changed)),
      memberships_(store_, options.remembered_conversations, options.cache),
      projection_(store_, people, watch_, options.projection),
      renaming_(store_),
      newest_times_(options.remembered_conversations),
      writer_(store_, memberships_, newest_times_, projection_, watch_, clock, options.writer),
      reader_(store_, people) {}

void Service::SeeCommit(std::span<const model::StreamRecord> records) {
  if (records.empty()) memberships_.Clear();
  for (const model::StreamRecord& record : records) {
    const std::string_view partition = record.keys.FindString("pk");
    const bool removed = record.event_name == model::StreamEventName::kRemove;
    if (const auto conversation = ConversationOfMessage(partition)) {
      if (removed) {
        newest_times_.Deleted(*conversation);
      } else {
        newest_times_.Stored(*conversation, record.keys.FindString("sk"));
      }
    } else if (const auto known = ConversationOfRecord(partition); known && removed) {
      memberships_.Forget(*known);
    }
  }
}

void Service::SetStreamed(bool streamed) {
  newest_times_.SetExact(streamed);
  writer_.SetProjectInline(!streamed);
}

Task<base::Status> Service::CheckMember(std::string user, std::string conversation) {
  if (!IsPlausible(conversation)) co_return NoSuchConversation();
  const auto known = co_await memberships_.Find(conversation, user);
  if (!known) co_return std::unexpected(known.error());
  if (!*known) co_return NoSuchConversation();
  co_return base::Status();
}

Task<Result<Page<Message>>> Service::ListMessages(std::string user, std::string conversation,
                                                  PageRequest request) {
  CO_TRY(co_await CheckMember(std::move(user), conversation));
  co_return co_await ListMessagesUnchecked(std::move(conversation), std::move(request));
}

Task<Result<Page<Message>>> Service::ListMessagesUnchecked(std::string conversation,
                                                           PageRequest request) {
  co_return co_await reader_.Messages(conversation, std::move(request));
}

Task<Result<Page<ConversationRow>>> Service::ListConversations(std::string user,
                                                               PageRequest request) {
  if (AreRowsBehind()) co_await AwaitRows(user);
  co_return co_await reader_.Conversations(user, std::move(request));
}

Task<Result<Message>> Service::Send(Person sender, std::string conversation, std::string text) {
  if (!IsPlausible(conversation)) co_return NoSuchConversation();
  auto known = co_await memberships_.Find(conversation, sender.uuid);
  if (!known) co_return std::unexpected(known.error());
  if (!*known) co_return NoSuchConversation();
  const KnownPtr record = *std::move(known);
  auto sent = co_await writer_.Send(std::move(sender), record, std::move(text));
  if (changed_) {
    std::vector<std::string> members;
    for (const Person& member : record->members) members.push_back(member.uuid);
    co_await TellChanged(conversation, std::move(members));
  }
  if (!sent) co_return std::unexpected(ErrorOf(sent.error()));
  co_return *std::move(sent);
}

Task<Result<Message>> Service::Start(Person sender, Person receiver, std::string text) {
  std::vector<std::string> members;
  if (changed_) members = {sender.uuid, receiver.uuid};
  std::string conversation;
  auto started =
      co_await writer_.Start(std::move(sender), std::move(receiver), std::move(text), conversation);
  // Also after an error: the message may have been written.
  if (changed_) co_await TellChanged(conversation, std::move(members));
  if (!started) co_return std::unexpected(ErrorOf(started.error()));
  co_return *std::move(started);
}

Task<std::vector<std::string>> Service::Project(std::span<const model::StreamRecord> records,
                                                Delivery delivery) {
  std::vector<std::string> failed = co_await projection_.Handle(records, delivery);
  if (!changed_) co_return failed;
  std::set<std::string> partitions;
  for (const model::StreamRecord& record : records) {
    const std::string_view partition = record.keys.FindString("pk");
    const auto conversation = ConversationOfMessage(partition);
    if (!conversation && !UserOfRow(partition)) continue;
    partitions.emplace(partition);
    if (!Projection::Concerns(record) || !record.new_image) continue;
    const std::string sender(record.new_image->FindString("user_uuid"));
    const auto known = co_await memberships_.Find(*conversation, sender);
    if (!known || !*known) continue;
    for (const Person& member : (*known)->members) partitions.insert(RowPartition(member.uuid));
  }
  std::vector<std::string> some;
  for (auto it = partitions.begin(); it != partitions.end();) {
    some.push_back(std::move(partitions.extract(it++).value()));
    if (some.size() < kToldAtOnce && it != partitions.end()) continue;
    co_await changed_(std::exchange(some, {}));
  }
  co_return failed;
}

Task<void> Service::TellChanged(std::string_view conversation, std::vector<std::string> members) {
  std::vector<std::string> partitions;
  if (!conversation.empty()) partitions.push_back(MessagePartition(conversation));
  for (const std::string& member : members) partitions.push_back(RowPartition(member));
  co_await changed_(std::move(partitions));
}

}  // namespace cruddur::messaging
