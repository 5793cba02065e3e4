#include "app/conversation_file.h"

#include <fmt/format.h>

#include <fstream>
#include <sstream>

#include "accounts/database.h"

namespace cruddur::app {

using base::ErrorCode;
using base::Fail;

base::Result<std::vector<ConversationLine>> ParseConversation(std::string_view text) {
  constexpr std::string_view kMark = "\xEF\xBB\xBF";
  if (text.starts_with(kMark)) text.remove_prefix(kMark.size());
  std::vector<ConversationLine> lines;
  for (size_t number = 1; !text.empty(); ++number) {
    const size_t end = text.find('\n');
    std::string_view line = text.substr(0, end);
    text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
    while (!line.empty() && (line.back() == '\r' || line.back() == ' ')) line.remove_suffix(1);
    if (line.empty()) continue;

    const bool first = line.starts_with("Person 1: ");
    if (!first && !line.starts_with("Person 2: ")) {
      return Fail(ErrorCode::kInvalidArgument,
                  fmt::format("line {} begins with neither \"Person 1: \" nor \"Person 2: \" "
                              "followed by a text",
                              number));
    }
    if (!accounts::IsStorableText(line)) {
      return Fail(ErrorCode::kInvalidArgument, fmt::format("line {} isn't UTF-8 text", number));
    }
    lines.push_back({first ? 1 : 2, std::string(line.substr(10))});
  }
  if (lines.empty()) return Fail(ErrorCode::kInvalidArgument, "there is no line in it");
  return lines;
}

base::Result<std::vector<ConversationLine>> ReadConversation(const std::string& path) {
  // Through a stream of its own, which turns what the file buffer throws (a directory) into a bad
  // state.
  std::ifstream file(path, std::ios::binary);
  std::ostringstream content;
  if (file) content << file.rdbuf();
  const std::string text = std::move(content).str();
  if (!file || !content) return Fail(ErrorCode::kIo, fmt::format("can't read '{}'", path));
  auto lines = ParseConversation(text);
  if (!lines) return Fail(lines.error().code, fmt::format("{}: {}", path, lines.error().message));
  return lines;
}

}  // namespace cruddur::app
