#include "dynamo/repeatability.h"

#include <algorithm>

namespace cruddur::dynamo {
namespace {

using model::ReturnValues;

bool IsSpace(char c) { return c == ' ' || c == '\t' || c == '\r' || c == '\n'; }

bool EqualsIgnoreCase(std::string_view text, std::string_view upper) {
  return std::ranges::equal(text, upper, [](char a, char b) {
    return (a >= 'a' && a <= 'z' ? static_cast<char>(a - 'a' + 'A') : a) == b;
  });
}

// A word, or one of ',' and '='. Empty at the end.
std::string_view NextToken(std::string_view& text) {
  while (!text.empty() && IsSpace(text.front())) text.remove_prefix(1);
  size_t end = 0;
  auto is_sign = [](char c) { return c == ',' || c == '='; };
  if (!text.empty() && is_sign(text[0])) {
    end = 1;
  } else {
    while (end < text.size() && !IsSpace(text[end]) && !is_sign(text[end])) ++end;
  }
  std::string_view token = text.substr(0, end);
  text.remove_prefix(end);
  return token;
}

}  // namespace

bool IsRepeatableUpdate(std::string_view text) {
  // Functions, arithmetic and list indexes.
  if (text.find_first_of("([+-") != std::string_view::npos) return false;
  bool after_equals = false;
  for (std::string_view token = NextToken(text); !token.empty(); token = NextToken(text)) {
    if (EqualsIgnoreCase(token, "ADD")) return false;
    // "SET a = b, b = a" swaps again: only constants are the same each time.
    if (after_equals && !token.starts_with(':')) return false;
    after_equals = token == "=";
  }
  return !after_equals;
}

bool IsRepeatable(const model::PutItemRequest& request) {
  return !request.condition_expression && request.return_values == ReturnValues::kNone;
}

bool IsRepeatable(const model::DeleteItemRequest& request) {
  return !request.condition_expression && request.return_values == ReturnValues::kNone;
}

bool IsRepeatable(const model::UpdateItemRequest& request) {
  const bool shows_old = request.return_values == ReturnValues::kAllOld ||
                         request.return_values == ReturnValues::kUpdatedOld;
  return !request.condition_expression && !shows_old &&
         IsRepeatableUpdate(request.update_expression.value_or(""));
}

}  // namespace cruddur::dynamo
