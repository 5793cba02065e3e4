// The tokens of PartiQL statements, as DynamoDB's parser tells them apart.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace cruddur::expr {

// Where a token stands: error texts say "at 1:8:3", in characters and from 1.
struct TextPlace {
  uint32_t line = 1, column = 1, length = 0;
};

enum class PartiqlToken : uint8_t {
  kEnd,
  kIdentifier,  // name
  kQuoted,      // "name"
  kKeyword,     // in any case; the text is in lower case
  kString,      // 'text'
  kNumber,      // without a sign
  kOperator,    // = <> != < <= > >= + - / % || @, and the words and, or, not, in, is, like, between
  kStar,
  kParameter,  // ?
  kOpen,
  kClose,
  kOpenBracket,
  kCloseBracket,
  kOpenBrace,
  kCloseBrace,
  kOpenBag,   // <<
  kCloseBag,  // >>
  kComma,
  kColon,
  kDot,
  kSemicolon,
};

struct PartiqlLexeme {
  PartiqlToken kind = PartiqlToken::kEnd;
  std::string text;  // unescaped; words that mean something in lower case
  TextPlace place;
};

// Ends with a kEnd. Nothing where a character, a quote, a comment or a number can't be read.
std::optional<std::vector<PartiqlLexeme>> TokenizePartiql(std::string_view statement);

// PartiQL's keywords can't be names unless they are quoted. `word` is in lower case.
bool IsPartiqlKeyword(std::string_view word);

}  // namespace cruddur::expr
