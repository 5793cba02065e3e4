// Conversations of two people as text: lines "Person 1: …" and "Person 2: …".
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace cruddur::app {

struct ConversationLine {
  int person = 1;  // 1 or 2
  std::string text;
};

// Blank lines are skipped; a line of another form, an empty text or none at all is an error that
// names the line. A byte order mark and Windows' line ends are no matter.
base::Result<std::vector<ConversationLine>> ParseConversation(std::string_view text);

base::Result<std::vector<ConversationLine>> ReadConversation(const std::string& path);

// The demonstration's conversation, compiled in.
std::string_view DemoConversation();

}  // namespace cruddur::app
