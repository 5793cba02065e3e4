// The tokens of expressions; one lexer for all grammars.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace cruddur::expr {

enum class TokenKind : uint8_t {
  kEnd,
  kIdentifier,  // a letter, then letters, digits and underscores
  kName,        // #name
  kValue,       // :value
  kInteger,
  kEqual,
  kNotEqual,
  kLess,
  kLessEqual,
  kGreater,
  kGreaterEqual,
  kOpen,
  kClose,
  kOpenBracket,
  kCloseBracket,
  kComma,
  kDot,
  kPlus,
  kMinus,
  // Keywords, in any case, in every grammar.
  kAnd,
  kOr,
  kNot,
  kIn,
  kBetween,
  kSet,
  kRemove,
  kAdd,
  kDelete,
  kBad,  // any other character
};

struct Token {
  TokenKind kind = TokenKind::kEnd;
  uint32_t begin = 0, end = 0;  // in the text
};

// Ends with a kEnd.
std::vector<Token> Tokenize(std::string_view text);

// `Syntax error; token: "=", near: "= = b"`: the token at which reading stopped, and the text from
// the token before it to the one behind it.
std::string SyntaxErrorText(std::string_view text, const std::vector<Token>& tokens, size_t at);

}  // namespace cruddur::expr
