#include "api/message_routes.h"

#include "api/json_body.h"
#include "api/page_query.h"
#include "api/post_body.h"
#include "api/problem.h"
#include "api/views.h"
#include "messaging/table.h"

namespace cruddur::api {
void MessageRoutes::AddTo(FrontDoor& door) {
  door.Add("GET", "/api/message_groups",
           [this](const Request& request, const Parameters&, Response& response) {
             return ListConversations(request, response);
           });
  door.Add("GET", "/api/messages/{message_group_uuid}",
           [this](const Request& request, const Parameters& parameters, Response& response) {
             return ListMessages(request, parameters[0], response);
           });
  door.Add("POST", "/api/messages",
           [this](const Request& request, const Parameters&, Response& response) {
             return Post(request, response);
           });
}

base::Task<void> MessageRoutes::ListConversations(const Request& request, Response& response) {
  const auto caller = co_await directory_.IdentifyUser(request);
  if (!caller) co_return Refuse(response, caller.error());
  MarkPrivate(response);
  const std::string& user = (*caller)->uuid;
  // Also in front of a page that is kept.
  if (service_.AreRowsBehind()) co_await service_.AwaitRows(user);
  co_await AnswerPage(
      request, messaging::RowPartition(user), AppendConversations,
      [&](const messaging::PageRequest& page) { return service_.ListConversations(user, page); },
      response);
}

base::Task<void> MessageRoutes::ListMessages(const Request& request,
                                             const std::string& conversation, Response& response) {
  const auto caller = co_await directory_.IdentifyUser(request);
  if (!caller) co_return Refuse(response, caller.error());
  MarkPrivate(response);
  // Also in front of a page that is kept.
  const std::string& user = (*caller)->uuid;
  if (!service_.IsRememberedMember(conversation, user)) {
    const auto member = co_await service_.CheckMember(user, conversation);
    if (!member) co_return Refuse(response, member.error());
  }
  co_await AnswerPage(
      request, messaging::MessagePartition(conversation), AppendMessages,
      [&](const messaging::PageRequest& page) {
        return service_.ListMessagesUnchecked(conversation, page);
      },
      response);
}

template <class Append, class Read>
base::Task<void> MessageRoutes::AnswerPage(const Request& request, std::string partition,
                                           Append append, Read read, Response& response) {
  const auto page = ParsePageQuery(request.query);
  if (!page) co_return Refuse(response, page.error());

  const auto load = [&](Response& into) -> base::Task<base::Status> {
    const auto items = co_await read(*page);
    if (!items) co_return std::unexpected(items.error());
    append(into.body, items->items);
    AddLinks(into, request.path, *page, items->older, items->newer);
    co_return base::Status();
  };
  const bool first_page = request.query.empty();
  const base::Status filled =
      first_page ? co_await pages_.Fill(partition, response, load) : co_await load(response);
  if (!filled) Refuse(response, filled.error());
}

base::Task<void> MessageRoutes::Post(const Request& request, Response& response) {
  const auto caller = co_await directory_.Identify(request);
  if (!caller) co_return Refuse(response, caller.error());
  MarkPrivate(response);
  if (!IsJson(request.Header("content-type"))) {
    co_return Refuse(response, 415, "unsupported_media_type", "the body must be application/json");
  }
  auto post = ParsePostBody(request.body);
  if (!post) co_return Refuse(response, post.error());
  std::vector<std::string_view> faults = post->Faults();
  if (caller->cognito_user_id.empty()) faults.push_back("cognito_user_id_blank");
  if (!faults.empty()) co_return RefuseFields(response, faults);

  messaging::Person sender = PersonOf(*caller->user);
  if (!post->message_group_uuid) {
    co_return co_await StartConversation(std::move(sender), std::move(post->handle),
                                         std::move(post->message), response);
  }
  const auto sent = co_await service_.Send(std::move(sender), *std::move(post->message_group_uuid),
                                           std::move(post->message));
  if (!sent) co_return Refuse(response, sent.error());
  AppendPosted(response.body, *sent);
}

base::Task<void> MessageRoutes::StartConversation(messaging::Person sender, std::string handle,
                                                  std::string message, Response& response) {
  auto receiver = co_await directory_.FindByHandle(handle);
  if (!receiver) co_return Refuse(response, receiver.error());
  if (!*receiver) {
    co_return Refuse(response, 404, "not_found", "nobody has this handle");
  }
  if ((*receiver)->uuid == sender.uuid) {
    constexpr std::string_view kCodes[] = {"user_receiver_is_sender"};
    co_return RefuseFields(response, kCodes);
  }
  const auto started =
      co_await service_.Start(std::move(sender), **std::move(receiver), std::move(message));
  if (!started) co_return Refuse(response, started.error());
  AppendPosted(response.body, *started);
}

}  // namespace cruddur::api
