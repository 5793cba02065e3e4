#include "api/people_routes.h"

#include "api/json_body.h"
#include "api/problem.h"
#include "api/profile_body.h"
#include "api/views.h"

namespace cruddur::api {

void PeopleRoutes::AddTo(FrontDoor& door) {
  using Parameters = net::PathParameters;
  door.Add("GET", "/api/me", [this](const Request& request, const Parameters&, Response& response) {
    return ShowMe(request, response);
  });
  door.Add("PATCH", "/api/me",
           [this](const Request& request, const Parameters&, Response& response) {
             return ChangeMe(request, response);
           });
  door.Add("GET", "/api/users",
           [this](const Request& request, const Parameters&, Response& response) {
             return Search(request, response);
           });
  door.Add("GET", "/api/users/@{handle}/short",
           [this](const Request&, const Parameters& parameters, Response& response) {
             return Short(parameters[0], response);
           });
}

base::Task<void> PeopleRoutes::ShowMe(const Request& request, Response& response) {
  const auto caller = co_await directory_.IdentifyUser(request);
  if (!caller) co_return Refuse(response, caller.error());
  MarkPrivate(response);
  AppendProfile(response.body, **caller);
}

base::Task<void> PeopleRoutes::ChangeMe(const Request& request, Response& response) {
  const auto caller = co_await directory_.IdentifyUser(request);
  if (!caller) co_return Refuse(response, caller.error());
  MarkPrivate(response);
  if (!IsJson(request.Header("content-type"))) {
    co_return Refuse(response, 415, "unsupported_media_type", "the body must be application/json");
  }
  auto change = ParseProfileBody(request.body);
  if (!change) co_return Refuse(response, change.error());
  std::vector<std::string_view> faults = Faults(*change);
  if (!options_.handles_change && change->handle && *change->handle != (*caller)->handle) {
    faults.push_back("handle_belongs_to_user_pool");
  }
  if (!faults.empty()) co_return RefuseFields(response, faults);
  if (const int wait = changes_.Take((*caller)->uuid); wait > 0) {
    co_return RefuseFor(response, std::chrono::seconds(wait));
  }

  const auto changed = co_await options_.change((*caller)->uuid, *std::move(change));
  if (!changed && changed.error().code == base::ErrorCode::kAlreadyExists) {
    co_return Refuse(response, 409, "handle_taken", "somebody else has this handle");
  }
  if (!changed) co_return Refuse(response, changed.error());
  if (changed->before != changed->after) {
    directory_.Forget(*changed);
    if (options_.changed) options_.changed(*changed);
  }
  AppendProfile(response.body, changed->after);
}

base::Task<void> PeopleRoutes::Search(const Request& request, Response& response) {
  const auto caller = co_await directory_.IdentifyUser(request);
  if (!caller) co_return Refuse(response, caller.error());
  MarkPrivate(response);
  std::string beginning;
  for (auto& [name, value] : net::ParseQuery(request.query)) {
    if (name == "query") beginning = std::move(value);
  }
  if (beginning.starts_with('@')) beginning.erase(0, 1);
  if (beginning.empty()) {
    co_return Refuse(response, 400, "bad_request",
                     "query must be the beginning of a handle or a name");
  }
  const auto people = co_await directory_.Search(std::move(beginning));
  if (!people) co_return Refuse(response, people.error());
  AppendPeople(response.body, *people);
}

base::Task<void> PeopleRoutes::Short(const std::string& handle, Response& response) {
  const auto person = co_await directory_.FindByHandle(handle);
  if (!person) co_return Refuse(response, person.error());
  if (!*person) co_return Refuse(response, 404, "not_found", "nobody has this handle");
  AppendShortUser(response.body, **person);
}

}  // namespace cruddur::api
