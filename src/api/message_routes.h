// The routes of spec section 4: conversations and messages.
#pragma once

#include "api/directory.h"
#include "api/front_door.h"
#include "api/page_cache.h"
#include "messaging/service.h"

namespace cruddur::api {

// Thread-safe; the collaborators outlive it, and it outlives the server.
class MessageRoutes {
 public:
  MessageRoutes(messaging::Service& service, Directory& directory, PageCache& pages)
      : service_(service), directory_(directory), pages_(pages) {}

  void AddTo(FrontDoor& door);

 private:
  using Request = net::Request;
  using Response = net::Response;
  using Parameters = net::PathParameters;

  base::Task<void> ListConversations(const Request& request, Response& response);
  base::Task<void> ListMessages(const Request& request, const std::string& conversation,
                                Response& response);
  // The page that the query asks for, as kept or as `read` gives it and `append` writes it. The
  // caller may see it.
  template <class Append, class Read>
  base::Task<void> AnswerPage(const Request& request, std::string partition, Append append,
                              Read read, Response& response);
  base::Task<void> Post(const Request& request, Response& response);

  base::Task<void> StartConversation(messaging::Person sender, std::string handle,
                                     std::string message, Response& response);

  messaging::Service& service_;
  Directory& directory_;
  PageCache& pages_;
};

}  // namespace cruddur::api
