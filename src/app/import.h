// A conversation from a file into the message table.
#pragma once

#include "app/conversation_file.h"
#include "dynamo/client.h"
#include "messaging/import.h"

namespace cruddur::app {

struct ImportReport : messaging::Imported {
  size_t messages = 0;
};

// The last message is a minute old. Errors name the line whose text can't be a message.
base::Task<base::Result<ImportReport>> Import(dynamo::Client& client, messaging::Person first,
                                              messaging::Person second,
                                              std::vector<ConversationLine> lines);

}  // namespace cruddur::app
