// Loads a conversation that took place elsewhere: for seeds and demonstrations.
#pragma once

#include <string>
#include <vector>

#include "messaging/service.h"

namespace cruddur::messaging {

struct ImportedLine {
  bool by_first = true;  // who says it: the first person or the second
  std::string text;      // has been checked (TextFaults)
};

struct Imported {
  std::string conversation_uuid;
  std::string first_at, last_at;  // created_at of the first message and of the last one
  bool was_complete = false;      // by an earlier call: nothing was written
};

// A message a minute, the last one at `last_at`; both people have their rows when it ends well.
// Called again with the same people and lines after an interruption it puts what is missing, at the
// times that were decided then; a mark on the conversation record tells. kAlreadyExists if the two
// have a conversation with other messages in it, or with another import: that stays as it is.
Task<base::Result<Imported>> ImportConversation(Service& service, Person first, Person second,
                                                std::vector<ImportedLine> lines,
                                                base::Micros last_at);

}  // namespace cruddur::messaging
