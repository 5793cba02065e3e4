#include "json/writer.h"

#include <gtest/gtest.h>
#include <rapidcheck.h>

#include <limits>

#include "json/reader.h"

namespace cruddur::json {
namespace {

std::string Quoted(std::string_view text) {
  std::string out;
  AppendQuoted(out, text);
  return out;
}

TEST(Writer, PutsCommasBetweenValuesAndKeys) {
  std::string out;
  Writer(out)
      .BeginObject()
      .Key("a")
      .Int(-5)
      .Key("b")
      .BeginArray()
      .Bool(true)
      .Null()
      .BeginObject()
      .EndObject()
      .Raw("[1]")
      .String("x")
      .EndArray()
      .EscapedKey("q\"")
      .Double(0.5)
      .Key("e")
      .BeginArray()
      .EndArray()
      .EndObject();
  EXPECT_EQ(out, R"({"a":-5,"b":[true,null,{},[1],"x"],"q\"":0.5,"e":[]})");
}

TEST(Writer, AppendsBehindWhatIsThere) {
  std::string out = "data: ";
  Writer(out).String("x");
  EXPECT_EQ(out, "data: \"x\"");
}

TEST(Writer, WritesTheExtremesOfNumbers) {
  std::string out;
  Writer(out)
      .BeginArray()
      .Int(std::numeric_limits<int64_t>::min())
      .Int(std::numeric_limits<int64_t>::max())
      .Double(1e300)
      .Double(0.1)
      .Double(1679651101.561)
      .Double(0x1p64)  // as digits alone it would be an integer that no reader takes
      .EndArray();
  EXPECT_EQ(out,
            "[-9223372036854775808,9223372036854775807,1e+300,0.1,1679651101.561,1."
            "8446744073709552e+19]");
}

TEST(AppendQuoted, EscapesWhatRfc8259Requires) {
  struct Case {
    std::string_view text, json;
  };
  const Case cases[] = {
      {"", R"("")"},
      {"plain text of more than eight bytes", R"("plain text of more than eight bytes")"},
      {"seven c\"", R"("seven c\"")"},
      {"\\", R"("\\")"},
      {"\b\f\n\r\t", R"("\b\f\n\r\t")"},
      {std::string_view("\0\x1f\x7f", 3), "\"\\u0000\\u001f\x7f\""},
      {"grüße \"ß\"\n", "\"grüße \\\"ß\\\"\\n\""},
      {"\xF0\x9F\x98\x80 emoji", "\"\xF0\x9F\x98\x80 emoji\""},
      {"/", R"("/")"},
  };
  for (const auto& c : cases) EXPECT_EQ(Quoted(c.text), c.json);
}

TEST(AppendQuoted, ReplacesInvalidUtf8ByteByByte) {
  constexpr std::string_view kReplacement = "\xEF\xBF\xBD";
  struct Case {
    std::string_view text;
    int replaced;
  };
  const Case cases[] = {
      {"\xFF", 1},         {"\xC0\x80", 2},         {"\xE0\x80\x80", 3}, {"\xED\xA0\x80", 3},
      {"\xF4\x90\x80", 3}, {"\xF5\x80\x80\x80", 4}, {"\xC3", 1},         {"\xE2\x82", 2},
      {"\x80", 1},         {"\xF0\x8F\xBF\xBF", 4},
  };
  for (const auto& c : cases) {
    std::string expected = "\"a\\\"";
    for (int i = 0; i < c.replaced; ++i) expected += kReplacement;
    expected += "\xC3\xA4z\\n\"";
    EXPECT_EQ(Quoted("a\"" + std::string(c.text) + "\xC3\xA4z\n"), expected);
  }
}

TEST(AppendQuoted, GivesJsonThatReadsBackTheSame) {
  EXPECT_TRUE(rc::check([](const std::vector<uint32_t>& points) {
    std::string text;
    for (uint32_t point : points) {
      uint32_t c = point % 0x110000;
      if (c >= 0xD800 && c < 0xE000) c = point % 128;
      if (c < 0x80) {
        text += static_cast<char>(c);
      } else if (c < 0x800) {
        text += static_cast<char>(0xC0 | (c >> 6));
        text += static_cast<char>(0x80 | (c & 63));
      } else if (c < 0x10000) {
        text += static_cast<char>(0xE0 | (c >> 12));
        text += static_cast<char>(0x80 | ((c >> 6) & 63));
        text += static_cast<char>(0x80 | (c & 63));
      } else {
        text += static_cast<char>(0xF0 | (c >> 18));
        text += static_cast<char>(0x80 | ((c >> 12) & 63));
        text += static_cast<char>(0x80 | ((c >> 6) & 63));
        text += static_cast<char>(0x80 | (c & 63));
      }
    }
    Document document;
    auto parsed = document.Parse(Quoted(text));
    RC_ASSERT(parsed.has_value());
    RC_ASSERT(std::string_view(parsed->get_string()) == text);
  }));
}

TEST(AppendQuoted, GivesJsonForAnyBytes) {
  EXPECT_TRUE(rc::check([](const std::string& bytes) {
    Document document;
    RC_ASSERT(document.Parse(Quoted(bytes)).has_value());
  }));
}

}  // namespace
}  // namespace cruddur::json
