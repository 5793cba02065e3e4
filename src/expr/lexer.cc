#include "expr/lexer.h"

#include <array>
#include <utility>

namespace cruddur::expr {
namespace {

bool IsLetter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }
bool IsDigit(char c) { return c >= '0' && c <= '9'; }
bool IsWordCharacter(char c) { return IsLetter(c) || IsDigit(c) || c == '_'; }

constexpr std::array<std::pair<std::string_view, TokenKind>, 9> kKeywords = {{
    {"AND", TokenKind::kAnd},
    {"OR", TokenKind::kOr},
    {"NOT", TokenKind::kNot},
    {"IN", TokenKind::kIn},
    {"BETWEEN", TokenKind::kBetween},
    {"SET", TokenKind::kSet},
    {"REMOVE", TokenKind::kRemove},
    {"ADD", TokenKind::kAdd},
    {"DELETE", TokenKind::kDelete},
}};

bool EqualsIgnoringCase(std::string_view word, std::string_view upper) {
  if (word.size() != upper.size()) return false;
  for (size_t i = 0; i < word.size(); ++i) {
    if ((word[i] & ~0x20) != upper[i]) return false;  // letters only: see the caller
  }
  return true;
}

TokenKind WordKind(std::string_view word) {
  if (word.size() > 7) return TokenKind::kIdentifier;
  for (const auto& [keyword, kind] : kKeywords) {
    if (EqualsIgnoringCase(word, keyword)) return kind;
  }
  return TokenKind::kIdentifier;
}

TokenKind PunctuationKind(char c) {
  switch (c) {
    case '=':
      return TokenKind::kEqual;
    case '<':
      return TokenKind::kLess;
    case '>':
      return TokenKind::kGreater;
    case '(':
      return TokenKind::kOpen;
    case ')':
      return TokenKind::kClose;
    case '[':
      return TokenKind::kOpenBracket;
    case ']':
      return TokenKind::kCloseBracket;
    case ',':
      return TokenKind::kComma;
    case '.':
      return TokenKind::kDot;
    case '+':
      return TokenKind::kPlus;
    case '-':
      return TokenKind::kMinus;
    default:
      return TokenKind::kBad;
  }
}

// The length of the character at the front, so that a token never splits one.
size_t CharacterLength(std::string_view text) {
  size_t length = 1;
  while (length < text.size() && (static_cast<unsigned char>(text[length]) & 0xC0) == 0x80) {
    ++length;
  }
  return length;
}

// Reads one token from the front of a text that doesn't begin with white space.
std::pair<TokenKind, size_t> ReadToken(std::string_view text) {
  auto word_end = [&text](size_t from) {
    while (from < text.size() && IsWordCharacter(text[from])) ++from;
    return from;
  };
  char c = text[0];
  if (IsLetter(c)) {
    size_t length = word_end(1);
    return {WordKind(text.substr(0, length)), length};
  }
  if (c == '#' || c == ':') {
    size_t length = word_end(1);
    if (length == 1) return {TokenKind::kBad, 1};
    return {c == '#' ? TokenKind::kName : TokenKind::kValue, length};
  }
  if (IsDigit(c)) {
    size_t length = 1;
    while (c != '0' && length < text.size() && IsDigit(text[length])) ++length;
    return {TokenKind::kInteger, length};
  }
  char next = text.size() > 1 ? text[1] : '\0';
  if (c == '<' && next == '>') return {TokenKind::kNotEqual, 2};
  if (c == '<' && next == '=') return {TokenKind::kLessEqual, 2};
  if (c == '>' && next == '=') return {TokenKind::kGreaterEqual, 2};
  TokenKind kind = PunctuationKind(c);
  return {kind, kind == TokenKind::kBad ? CharacterLength(text) : 1};
}

}  // namespace

std::vector<Token> Tokenize(std::string_view text) {
  std::vector<Token> tokens;
  tokens.reserve(text.size() / 3 + 2);
  size_t at = 0;
  for (;;) {
    while (at < text.size() && std::string_view(" \t\r\n").contains(text[at])) ++at;
    if (at == text.size()) break;
    auto [kind, length] = ReadToken(text.substr(at));
    tokens.push_back({kind, static_cast<uint32_t>(at), static_cast<uint32_t>(at + length)});
    at += length;
  }
  auto end = static_cast<uint32_t>(text.size());
  tokens.push_back({TokenKind::kEnd, end, end});
  return tokens;
}

std::string SyntaxErrorText(std::string_view text, const std::vector<Token>& tokens, size_t at) {
  const Token& token = tokens[at];
  uint32_t begin = at > 0 ? tokens[at - 1].begin : 0;
  uint32_t end = at + 1 < tokens.size() ? tokens[at + 1].end : token.end;
  std::string message = "Syntax error; token: \"";
  message +=
      token.kind == TokenKind::kEnd ? "<EOF>" : text.substr(token.begin, token.end - token.begin);
  message.append("\", near: \"").append(text.substr(begin, end - begin)).append("\"");
  return message;
}

}  // namespace cruddur::expr
