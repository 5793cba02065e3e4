// Gives the copies of a person's name in the message table the name that the person has now: in the
// rows that show him to others, and in the records of his conversations.
//
// Copies are changed where they are, under conditions: no row is made, moved or deleted, and the
// guard isn't touched, so that it doesn't matter what the projection does meanwhile, how often a
// step is repeated, or how many do it at once. A row that moves while it is looked for gets today's
// name from whoever moves it.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "messaging/store.h"

namespace cruddur::messaging {

// Thread-safe.
class Renaming {
 public:
  explicit Renaming(Store& store) : store_(store) {}

  struct Step {
    std::string next;  // where the next step begins; empty: this was the last one
    // Whose newest page shows the person: the conversations and the lists of their other members.
    std::vector<std::string> partitions;
  };
  // Up to a hundred of the person's conversations, from those with the oldest last message up, so
  // that one that moves meanwhile comes again. `from`: empty, or `next` of the step before, however
  // long ago that was. An error may pass; what the store refuses for ever is logged and left out.
  Task<DbResult<Step>> Rename(Person person, std::string from);

 private:
  Task<DbResult<std::vector<std::string>>> RenameIn(std::string conversation, Person person,
                                                    std::optional<Conversation> record);
  Task<DbResult<std::vector<std::string>>> RenameListed(std::string_view conversation,
                                                        const Person& person);
  // False: the row isn't there any more.
  Task<DbResult<bool>> RenameRow(std::string member, std::string sort_key,
                                 std::string_view conversation, const Person& person);

  Store& store_;
};

}  // namespace cruddur::messaging
