#include "expr/partiql_lexer.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <limits>

namespace cruddur::expr {
namespace {

bool IsLetter(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || c == '$';
}
bool IsDigit(char c) { return c >= '0' && c <= '9'; }
bool IsSpace(char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '\f'; }

constexpr std::string_view kWordOperators[] = {"and", "or", "not", "in", "is", "like", "between"};

class Lexer {
 public:
  explicit Lexer(std::string_view text) : text_(text) {}

  std::optional<std::vector<PartiqlLexeme>> Run() {
    for (;;) {
      if (!SkipBlanks()) return std::nullopt;
      begin_ = at_;
      place_ = here_;
      if (at_ == text_.size()) {
        Add(PartiqlToken::kEnd, "");
        return std::move(lexemes_);
      }
      if (!ReadOne()) return std::nullopt;
    }
  }

 private:
  char Peek(size_t ahead = 0) const {
    return at_ + ahead < text_.size() ? text_[at_ + ahead] : '\0';
  }

  void Step() {
    const auto byte = static_cast<unsigned char>(text_[at_++]);
    if (byte == '\n') {
      ++here_.line;
      here_.column = 1;
    } else if ((byte & 0xC0) != 0x80) {  // bytes that go on a UTF-8 character take no column
      ++here_.column;
    }
  }
  void Step(size_t count) {
    while (count-- > 0) Step();
  }

  bool SkipBlanks() {
    for (;;) {
      if (IsSpace(Peek())) {
        Step();
      } else if (Peek() == '-' && Peek(1) == '-') {
        while (at_ < text_.size() && Peek() != '\n') Step();
      } else if (Peek() == '/' && Peek(1) == '*') {
        const size_t end = text_.find("*/", at_ + 2);
        if (end == std::string_view::npos) return false;
        Step(end + 2 - at_);
      } else {
        return true;
      }
    }
  }

  void Add(PartiqlToken kind, std::string text) {
    uint32_t length = 0;
    for (size_t i = begin_; i < at_; ++i) {
      length += (static_cast<unsigned char>(text_[i]) & 0xC0) != 0x80;
    }
    lexemes_.push_back({kind, std::move(text), {place_.line, place_.column, length}});
  }

  bool ReadOne() {
    const char c = Peek();
    if (IsLetter(c)) return ReadWord();
    if (IsDigit(c) || (c == '.' && IsDigit(Peek(1)))) return ReadNumber();
    if (c == '\'') return ReadQuoted(c, PartiqlToken::kString);
    if (c == '"') return ReadQuoted(c, PartiqlToken::kQuoted);
    return ReadSymbol();
  }

  bool ReadWord() {
    while (IsLetter(Peek()) || IsDigit(Peek())) Step();
    std::string word(text_.substr(begin_, at_ - begin_));
    std::string lower = word;
    for (char& c : lower) {
      if (c >= 'A' && c <= 'Z') c += 'a' - 'A';
    }
    if (std::ranges::find(kWordOperators, lower) != std::end(kWordOperators)) {
      Add(PartiqlToken::kOperator, std::move(lower));
    } else if (IsPartiqlKeyword(lower)) {
      Add(PartiqlToken::kKeyword, std::move(lower));
    } else {
      Add(PartiqlToken::kIdentifier, std::move(word));
    }
    return true;
  }

  // Exponent and scale must fit 32 bits: DynamoDB's parser holds them so.
  bool ReadNumber() {
    int64_t fraction = 0;
    while (IsDigit(Peek())) Step();
    if (Peek() == '.') {
      Step();
      for (; IsDigit(Peek()); ++fraction) Step();
    }
    if (Peek() == 'e' || Peek() == 'E') {
      const size_t sign = Peek(1) == '+' || Peek(1) == '-';
      if (!IsDigit(Peek(1 + sign))) return false;
      const bool negative = Peek(1) == '-';
      Step(1 + sign);
      const size_t digits = at_;
      while (IsDigit(Peek())) Step();
      int32_t exponent = 0;
      const auto [end, error] = std::from_chars(&text_[digits], text_.data() + at_, exponent);
      if (error != std::errc()) return false;
      const int64_t scale = fraction - (negative ? -int64_t{exponent} : int64_t{exponent});
      if (scale > std::numeric_limits<int32_t>::max()) return false;
    }
    Add(PartiqlToken::kNumber, std::string(text_.substr(begin_, at_ - begin_)));
    return true;
  }

  // A quote within is written twice.
  bool ReadQuoted(char quote, PartiqlToken kind) {
    std::string value;
    for (Step(); at_ < text_.size(); Step()) {
      if (Peek() == quote) {
        if (Peek(1) != quote) {
          Step();
          Add(kind, std::move(value));
          return true;
        }
        Step();
      }
      value += Peek();
    }
    return false;
  }

  bool ReadSymbol() {
    struct Symbol {
      std::string_view text;
      PartiqlToken kind;
    };
    // Longer ones before those that they begin with.
    static constexpr Symbol kSymbols[] = {
        {"<<", PartiqlToken::kOpenBag},     {">>", PartiqlToken::kCloseBag},
        {"<>", PartiqlToken::kOperator},    {"!=", PartiqlToken::kOperator},
        {"<=", PartiqlToken::kOperator},    {">=", PartiqlToken::kOperator},
        {"||", PartiqlToken::kOperator},    {"<", PartiqlToken::kOperator},
        {">", PartiqlToken::kOperator},     {"=", PartiqlToken::kOperator},
        {"+", PartiqlToken::kOperator},     {"-", PartiqlToken::kOperator},
        {"/", PartiqlToken::kOperator},     {"%", PartiqlToken::kOperator},
        {"@", PartiqlToken::kOperator},     {"*", PartiqlToken::kStar},
        {"?", PartiqlToken::kParameter},    {"(", PartiqlToken::kOpen},
        {")", PartiqlToken::kClose},        {"[", PartiqlToken::kOpenBracket},
        {"]", PartiqlToken::kCloseBracket}, {"{", PartiqlToken::kOpenBrace},
        {"}", PartiqlToken::kCloseBrace},   {",", PartiqlToken::kComma},
        {":", PartiqlToken::kColon},        {".", PartiqlToken::kDot},
        {";", PartiqlToken::kSemicolon},
    };
    for (const Symbol& symbol : kSymbols) {
      if (!text_.substr(at_).starts_with(symbol.text)) continue;
      Step(symbol.text.size());
      Add(symbol.kind, std::string(symbol.text));
      return true;
    }
    return false;
  }

  std::string_view text_;
  size_t at_ = 0;
  size_t begin_ = 0;  // of the token that is read
  TextPlace here_, place_;
  std::vector<PartiqlLexeme> lexemes_;
};

}  // namespace

std::optional<std::vector<PartiqlLexeme>> TokenizePartiql(std::string_view statement) {
  return Lexer(statement).Run();
}

}  // namespace cruddur::expr
