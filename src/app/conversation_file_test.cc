#include "app/conversation_file.h"

#include <gtest/gtest.h>

namespace cruddur::app {
namespace {

TEST(ConversationFile, TellsThePeopleApart) {
  auto lines =
      ParseConversation("\xEF\xBB\xBFPerson 1: Hi: there\r\n\nPerson 2: 🔭  \nPerson 2: x");
  ASSERT_TRUE(lines) << lines.error().message;
  ASSERT_EQ(lines->size(), 3u);
  EXPECT_EQ((*lines)[0].person, 1);
  EXPECT_EQ((*lines)[0].text, "Hi: there");
  EXPECT_EQ((*lines)[1].person, 2);
  EXPECT_EQ((*lines)[1].text, "🔭");
  EXPECT_EQ((*lines)[2].text, "x");
}

TEST(ConversationFile, NamesTheLineThatIsWrong) {
  for (const auto& [text, expected] :
       std::vector<std::pair<const char*, const char*>>{{"Person 1: a\n\nPerson 3: b\n", "line 3 "},
                                                        {"hello", "line 1 "},
                                                        {"Person 1: \xff\xfe\n", "line 1 isn't"},
                                                        {"Person 1: a\nPerson 2:\n", "line 2 "},
                                                        {"", "no line"},
                                                        {"\n \n", "no line"}}) {
    auto lines = ParseConversation(text);
    ASSERT_FALSE(lines) << text;
    EXPECT_NE(lines.error().message.find(expected), std::string::npos) << lines.error().message;
  }
}

TEST(ConversationFile, NamesTheFileThatCannotBeRead) {
  auto lines = ReadConversation("/nonexistent");
  ASSERT_FALSE(lines);
  EXPECT_EQ(lines.error().message, "can't read '/nonexistent'");
  EXPECT_FALSE(ReadConversation("/tmp"));
}

TEST(ConversationFile, HoldsTheDemonstration) {
  auto lines = ParseConversation(DemoConversation());
  ASSERT_TRUE(lines) << lines.error().message;
  EXPECT_GE(lines->size(), 20u);
}

}  // namespace
}  // namespace cruddur::app
